//! What the provisioning log costs: the same creations through the store's write door, without their events and with
//! them.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::try_join_all;
use scim::{Notes, ResourceKind, Schemas};
use store::employees::{self, Employee};
use store::events::{self, Action, Exchange, Kept, NewEvent, Origin, Outcome};
use store::groups::Moved;
use store::{Store, StoreError};

use crate::database::Engine;
use crate::load::Timing;
use crate::people::{person, user_name};
use crate::process;
use crate::race::{CONNECTIONS, Race};
use crate::report::Row;
use crate::seed::{self, Seeded};

/// Creations to a measurement.
const CREATIONS: usize = 5_000;

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    let without = create(race, engine, false).await?;
    let with = create(race, engine, true).await?;
    let cost = |row: &Row| row.server_cost() + row.database_cost();
    race.relate(
        format!("{}: CPU of a creation in the store, with its event to without", engine.name()),
        cost(&with) / cost(&without),
    );
    Ok(())
}

async fn create(race: &Race, engine: Engine, logged: bool) -> Result<Row> {
    let database = race.databases.create(engine).await?;
    race.program.company(&database, "Acme")?;
    let seeded = seed::people(&database, 0).await?;
    let (store, count) = (database.open().await?, race.size(CREATIONS));
    let (own, backend) = (std::process::id(), database.process().await?);
    let used = || anyhow::Ok((process::cpu(own)?, backend.map_or(Ok(Duration::ZERO), process::cpu_of_family)?));
    let (before, started) = (used()?, Instant::now());
    let share = count / CONNECTIONS;
    let each = (0..CONNECTIONS).map(async |client| {
        let mut latencies = Vec::new();
        for number in client * share..(client + 1) * share {
            let begun = Instant::now();
            one(&store, &seeded, number, logged).await?;
            latencies.push(u32::try_from(begun.elapsed().as_micros())?);
        }
        anyhow::Ok(latencies)
    });
    let mut latencies = try_join_all(each).await?.concat();
    latencies.sort_unstable();
    let (timing, after) = (Timing { wall: started.elapsed(), latencies }, used()?);
    drop(store);
    let row = Row {
        workload: format!("store: a creation {} its event", if logged { "with" } else { "without" }),
        engine: engine.name(),
        timing,
        server: after.0.saturating_sub(before.0),
        database: after.1.saturating_sub(before.1),
        client: Duration::ZERO,
        resident: process::resident(own)?,
        disk: database.disk().await?,
    };
    database.remove().await?;
    Ok(race.note(row))
}

async fn one(store: &Store, seeded: &Seeded, number: usize, logged: bool) -> Result<()> {
    let body = person(number);
    let text = body.to_string();
    let (now, id, event_id) = (store.now(), store.new_id(), store.new_id());
    let employee = Employee {
        id: id.clone(),
        integration_id: seeded.integration.clone(),
        document: seed::document(body)?,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let tenant = seeded.tenant.clone();
    let written: Result<(), StoreError> = store
        .write(move |conn| {
            Box::pin(async move {
                employees::insert(conn, &tenant, &employee, Schemas::standard()).await?;
                if !logged {
                    return Ok(());
                }
                let kept = || Some(Kept { text: text.clone(), size: None });
                let exchange = Exchange {
                    method: Some("POST".to_owned()),
                    path: Some("/scim/Users".to_owned()),
                    status: Some(201),
                    request: kept(),
                    response: kept(),
                    ..Exchange::default()
                };
                let event = NewEvent {
                    id: event_id,
                    action: Action::Created,
                    outcome: Outcome::Success,
                    kind: Some(ResourceKind::User),
                    resource_id: Some(&id),
                    subject: &user_name(number),
                    before: None,
                    after: Some(&employee.document),
                    members: &Moved::default(),
                    notes: &Notes::default(),
                    exchange: &exchange,
                    repeats: 1,
                };
                let origin = Origin { tenant: &tenant, integration: Some(&employee.integration_id), token: None };
                events::record(conn, origin, &event, now).await
            })
        })
        .await;
    Ok(written?)
}
