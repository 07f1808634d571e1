//! Two companies on one server: whatever one of them asks, it neither sees nor changes what is the other's.

use std::fmt::Write;

use ::scim::urn;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::{Client, Engine, Tenant, TestServer, id};

/// Every operation there is, aimed at resources of either company.
#[derive(Debug, Clone)]
enum Step {
    Create { group: bool, name: u8 },
    Read { target: usize },
    Put { target: usize, name: u8 },
    Patch { target: usize, name: u8 },
    Delete { target: usize },
    AddMember { group: usize, member: usize },
    RemoveMember { group: usize, member: usize },
    Manager { target: usize, manager: usize },
    List { group: bool, by: usize },
    Search { by: usize },
    Walk { foreign_cursor: bool },
    Bulk { target: usize, name: u8 },
}

fn steps() -> impl Strategy<Value = Vec<(bool, Step)>> {
    let (at, name) = (0..12_usize, 0..6_u8);
    let step = prop_oneof![
        4 => (any::<bool>(), name.clone()).prop_map(|(group, name)| Step::Create { group, name }),
        2 => at.clone().prop_map(|target| Step::Read { target }),
        2 => (at.clone(), name.clone()).prop_map(|(target, name)| Step::Put { target, name }),
        2 => (at.clone(), name.clone()).prop_map(|(target, name)| Step::Patch { target, name }),
        1 => at.clone().prop_map(|target| Step::Delete { target }),
        3 => (at.clone(), at.clone()).prop_map(|(group, member)| Step::AddMember { group, member }),
        1 => (at.clone(), at.clone()).prop_map(|(group, member)| Step::RemoveMember { group, member }),
        1 => (at.clone(), at.clone()).prop_map(|(target, manager)| Step::Manager { target, manager }),
        1 => (any::<bool>(), at.clone()).prop_map(|(group, by)| Step::List { group, by }),
        1 => at.clone().prop_map(|by| Step::Search { by }),
        1 => any::<bool>().prop_map(|foreign_cursor| Step::Walk { foreign_cursor }),
        2 => (at, name).prop_map(|(target, name)| Step::Bulk { target, name }),
    ];
    proptest::collection::vec((any::<bool>(), step), 1..30)
}

struct Side<'s> {
    scim: Client,
    tenant: Tenant<'s>,
}

/// All that was ever created, by both, with the side it belongs to.
type Everything = Vec<(bool, &'static str, String)>;

fn play(sides: &[Side<'_>; 2], steps: &[(bool, Step)]) {
    let mut all: Everything = Vec::new();
    for (side, step) in steps {
        let (own, other) = (&sides[usize::from(*side)], &sides[usize::from(!*side)]);
        let before = everything_of(other);
        let foreign: Vec<String> = all.iter().filter(|(of, ..)| of != side).map(|(.., id)| id.clone()).collect();
        let said = perform(*side, own, other, step, &mut all);
        for id in &foreign {
            // What the client itself sent may come back in an error or as a manager's value; nothing else may.
            assert!(!said.contains(&format!("/{id}\"")), "{step:?}: {said}");
        }
        assert!(!said.contains(&other.tenant.id.0) && !said.contains(&marker(!*side)), "{step:?}: {said}");
        assert_eq!(everything_of(other), before, "{step:?} changed the other company");
    }
}

/// Stands in every name that a side uses.
fn marker(side: bool) -> String {
    if side { "blue".to_owned() } else { "green".to_owned() }
}

fn everything_of(side: &Side<'_>) -> (Value, Value) {
    (side.scim.get("/Users?count=1000").expect(200), side.scim.get("/Groups?count=1000").expect(200))
}

#[expect(clippy::too_many_lines, reason = "one arm for each operation there is")]
fn perform(side: bool, own: &Side<'_>, other: &Side<'_>, step: &Step, all: &mut Everything) -> String {
    let scim = &own.scim;
    let nobody = (side, "/Users", "none".to_owned());
    let pick = |at: usize, all: &Everything| {
        let chosen = if all.is_empty() { &nobody } else { &all[at % all.len()] };
        let own = chosen.0 == side;
        (own, format!("{}/{}", chosen.1, chosen.2), chosen.2.clone())
    };
    let body = |name: u8| json!({"userName": format!("{}{name}", marker(side)), "displayName": format!("{}{name}", marker(side))});
    let replace = |path: &str, value: Value| json!([{"op": "replace", "path": path, "value": value}]);
    let mut said = String::new();
    let mut hear = |answer: crate::support::Answer, own_target: bool| {
        assert!(own_target || [400, 404, 409].contains(&answer.status), "{step:?}: {} {}", answer.status, answer.text);
        writeln!(said, "{}", answer.text).expect("text");
        answer
    };
    match step {
        Step::Create { group, name } => {
            let endpoint = if *group { "/Groups" } else { "/Users" };
            let answer = hear(scim.post(endpoint, body(*name)), true);
            if answer.status == 201 {
                all.push((side, endpoint, id(&answer.json()).to_owned()));
            }
        }
        Step::Read { target } => {
            let (own, path, _) = pick(*target, all);
            hear(scim.get(&path), own);
        }
        Step::Put { target, name } => {
            let (own, path, _) = pick(*target, all);
            hear(scim.put(&path, body(*name)), own);
        }
        Step::Patch { target, name } => {
            let (own, path, _) = pick(*target, all);
            hear(scim.patch(&path, replace("displayName", format!("{}{name}", marker(side)).into())), own);
        }
        Step::Delete { target } => {
            let (own, path, _) = pick(*target, all);
            hear(scim.delete(&path), own);
        }
        Step::AddMember { group, member } => {
            let ((own_group, path, _), (own_member, _, member)) = (pick(*group, all), pick(*member, all));
            let add = json!([{"op": "add", "path": "members", "value": [{"value": member}]}]);
            if path.starts_with("/Groups") {
                hear(scim.patch(&path, add), own_group && own_member);
            }
            let created = scim.post(
                "/Groups",
                json!({"displayName": format!("{}-x{}", marker(side), all.len()), "members": [{"value": member}]}),
            );
            let created = hear(created, own_member);
            if created.status == 201 {
                all.push((side, "/Groups", id(&created.json()).to_owned()));
            }
        }
        Step::RemoveMember { group, member } => {
            let ((own, path, _), (_, _, member)) = (pick(*group, all), pick(*member, all));
            if path.starts_with("/Groups") {
                hear(
                    scim.patch(&path, json!([{"op": "remove", "path": format!("members[value eq \"{member}\"]")}])),
                    own,
                );
            }
        }
        Step::Manager { target, manager } => {
            let ((own, path, _), (_, _, manager)) = (pick(*target, all), pick(*manager, all));
            let answer = scim.patch(&path, replace(&format!("{}:manager", urn::ENTERPRISE), manager.into()));
            hear(answer, own);
        }
        Step::List { group, by } => {
            let (own, _, id) = pick(*by, all);
            let (endpoint, name) = if *group { ("/Groups", "members") } else { ("/Users", "groups") };
            for filter in [
                format!("id eq \"{id}\""),
                format!("{name} eq \"{id}\""),
                format!("not ({name} eq \"{id}\")"),
                "id pr".to_owned(),
            ] {
                let answer = hear(scim.filter(endpoint, &filter), true);
                let found = answer.expect(200)["totalResults"] != 0;
                assert!(own || filter.contains("not") || filter == "id pr" || !found, "{filter}");
            }
            hear(scim.get(&format!("{endpoint}?sortBy=displayName&count=1000")), true).expect(200);
        }
        Step::Search { by } => {
            let (_, _, id) = pick(*by, all);
            let filter = format!("id eq \"{id}\" or displayName sw \"{}\"", marker(!side));
            let body = json!({"schemas": [urn::SEARCH], "filter": filter});
            for endpoint in ["/.search", "/Users/.search", "/Groups/.search"] {
                hear(scim.post(endpoint, body.clone()), true).expect(200);
            }
        }
        Step::Walk { foreign_cursor } => {
            let start = if *foreign_cursor { &other.scim } else { scim };
            let page = start.get("/Users?cursor=&count=1").expect(200);
            if let Some(cursor) = page["nextCursor"].as_str() {
                hear(scim.get(&format!("/Users?cursor={cursor}&count=1000")), true);
            }
        }
        Step::Bulk { target, name } => {
            let (own, path, target) = pick(*target, all);
            let operations = json!([
                {"method": "PATCH", "path": path, "data": {"schemas": [urn::PATCH], "Operations": replace("externalId", "x".into())}},
                {"method": "POST", "path": "/Users", "bulkId": "u", "data": body(*name)},
                {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {"displayName": format!("{}-b{name}", marker(side)),
                    "members": [{"value": "bulkId:u"}, {"value": target}]}},
                {"method": "PUT", "path": path, "data": body(*name)},
                {"method": "DELETE", "path": path},
            ]);
            let answer =
                scim.post("/Bulk", json!({"schemas": [urn::BULK_REQUEST], "Operations": operations})).expect(200);
            for result in answer["Operations"].as_array().expect("results") {
                let status = result["status"].as_str().expect("a status");
                let creates = result["bulkId"] == "u";
                assert!(own || creates || ["400", "404", "409"].contains(&status), "{step:?}: {result}");
                if let (true, Some(at)) = (status == "201", result["location"].as_str()) {
                    let endpoint = if at.contains("/Users/") { "/Users" } else { "/Groups" };
                    all.push((side, endpoint, at.rsplit('/').next().expect("an id").to_owned()));
                }
                // A failed operation repeats the address that the client wrote.
                if result.get("response").is_none() {
                    writeln!(said, "{result}").expect("text");
                }
            }
        }
    }
    said
}

fn nobody_crosses(engine: Engine) {
    let server = TestServer::start(engine);
    let mut runner =
        TestRunner::new(Config { cases: 24, failure_persistence: None, max_shrink_iters: 60, ..Config::default() });
    let counter = std::cell::Cell::new(0);
    let result = runner.run(&steps(), |steps| {
        counter.set(counter.get() + 1);
        let side = |name: &str| {
            let tenant = server.tenant(&format!("{name} {}", counter.get()));
            Side { scim: tenant.scim(), tenant }
        };
        play(&[side("Green"), side("Blue")], &steps);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn nobody_crosses_on_sqlite() {
    nobody_crosses(Engine::Sqlite);
}

#[test]
fn nobody_crosses_on_postgresql() {
    nobody_crosses(Engine::Postgres);
}
