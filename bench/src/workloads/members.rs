//! Adding one member at a time to groups that are small, large and very large.

use anyhow::Result;
use serde_json::json;

use crate::client::Client;
use crate::database::Engine;
use crate::race::Race;
use crate::seed;

/// Members that are added to each group.
const ADDED: usize = 2_000;

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    let (added, sizes) =
        (race.size(ADDED), [10, 10_000, 100_000].map(|size| if size == 10 { 10 } else { race.size(size) }));
    let [.., largest] = sizes;
    let mut first = None;
    // Those who are added stand behind those who are members already.
    let stage = race.stage(engine, largest + added).await?;
    for (number, size) in sizes.into_iter().enumerate() {
        let ids = &stage.seeded.ids;
        let group = seed::group(&stage.database, &stage.seeded, &format!("Group {number}"), &ids[..size]).await?;
        let add = async |client: &mut Client, number: usize| {
            let body = json!({
                "schemas": [scim::urn::PATCH],
                "Operations": [{ "op": "Add", "path": "members", "value": [{ "value": ids[largest + number] }] }]
            });
            client.call("PATCH", &format!("/scim/Groups/{group}"), Some(&body.to_string())).await.map(drop)
        };
        let row = stage.measure(race, &format!("add a member to a group of {size}"), added, add).await?;
        let cost = row.server_cost() + row.database_cost();
        let first = *first.get_or_insert(cost);
        race.relate(format!("{}: CPU of an addition to {size} members to one to 10", engine.name()), cost / first);
    }
    stage.close().await
}
