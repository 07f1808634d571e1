//! An initial cycle, one with changes, and one with people who leave.

use std::collections::{BTreeSet, HashMap};

use ::rehearse::cycle::{Job, Settings};
use ::rehearse::dialect::Dialect;
use ::rehearse::people::{Directory, Evolution, Person, Standing, evolve, generate};
use ::rehearse::report::Action;
use serde_json::Value;

use super::with_client;
use crate::support::{Client, TestServer, on_each_engine};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The endpoint's resources, page by page, by one of their attributes.
fn by(scim: &Client, endpoint: &str, attribute: &str) -> HashMap<String, Value> {
    let mut all = HashMap::new();
    let mut start = 1;
    loop {
        let page = scim.get(&format!("{endpoint}?startIndex={start}&count=500")).expect(200);
        let resources = page["Resources"].as_array().expect("a page").clone();
        if resources.is_empty() {
            return all;
        }
        start += resources.len();
        for resource in resources {
            let key = resource[attribute].as_str().expect("the attribute").to_owned();
            assert!(all.insert(key, resource).is_none(), "{endpoint}: nobody is there twice");
        }
    }
}

/// What is stored is what the source says, person by person. This does not use the client's own comparison, nor its
/// mapping.
fn assert_equal(scim: &Client, directory: &Directory, ids: &HashMap<&str, &str>, dialect: Dialect) {
    let users = by(scim, "/Users", "id");
    for person in &directory.people {
        let stored = &users[ids[person.object_id.as_str()]];
        assert_person(stored, person, ids);
    }
    let gone = users.len() - directory.people.len();
    assert!(gone == 0 || dialect == Dialect::Okta, "only Okta leaves people who are deleted for good: {gone}");
    let known: BTreeSet<&str> = directory.people.iter().map(|person| ids[person.object_id.as_str()]).collect();
    let left = users.iter().filter(|(id, _)| !known.contains(id.as_str()));
    left.for_each(|(_, user)| assert_eq!(user["active"], false, "{user}"));
    let groups = by(scim, "/Groups", "displayName");
    assert_eq!(groups.len(), directory.teams.len());
    for team in &directory.teams {
        let stored = groups[&team.display_name]["members"].as_array().cloned().unwrap_or_default();
        let stored: BTreeSet<&str> = stored.iter().filter_map(|member| member["value"].as_str()).collect();
        let wanted: BTreeSet<&str> = team.members.iter().map(|member| ids[member.as_str()]).collect();
        assert_eq!(stored, wanted, "{}", team.display_name);
    }
}

fn assert_person(stored: &Value, person: &Person, ids: &HashMap<&str, &str>) {
    let label = person.label();
    let active = person.standing == Standing::Enabled && person.role.is_some();
    assert_eq!(stored["active"], active, "{label}");
    let text = |attribute: &str| person.get(attribute).map_or(Value::Null, Value::from);
    assert_eq!(stored["userName"], text("userPrincipalName"));
    for (found, attribute) in [
        (&stored["externalId"], "mailNickname"),
        (&stored["displayName"], "displayName"),
        (&stored["title"], "jobTitle"),
        (&stored["name"]["givenName"], "givenName"),
        (&stored["name"]["familyName"], "surname"),
        (&stored["emails"][0]["value"], "mail"),
        (&stored["addresses"][0]["locality"], "city"),
        (&stored["addresses"][0]["streetAddress"], "streetAddress"),
        (&stored[ENTERPRISE]["department"], "department"),
        (&stored[ENTERPRISE]["employeeNumber"], "employeeId"),
    ] {
        assert_eq!(*found, text(attribute), "{label}: {attribute}");
    }
    let phones = stored["phoneNumbers"].as_array().cloned().unwrap_or_default();
    let phone = |kind: &str| {
        phones.iter().find(|phone| phone["type"] == kind).map_or(Value::Null, |phone| phone["value"].clone())
    };
    assert_eq!((phone("work"), phone("mobile")), (text("telephoneNumber"), text("mobile")), "{label}");
    let manager = person.manager.as_ref().map_or(Value::Null, |manager| ids[manager.as_str()].into());
    // Of those who have left, nothing but `active` is sent any more.
    if person.role.is_some() && person.standing != Standing::Deleted {
        assert_eq!(stored[ENTERPRISE]["manager"]["value"], manager, "{label}: manager");
    }
}

/// The three cycles; after each one source and store are the same.
fn play(server: &TestServer, dialect: Dialect, (users, groups): (usize, usize)) {
    let acme = server.tenant("Acme");
    let scim = acme.scim();
    let mut directory = generate(users, groups, 7);
    with_client(&acme, &acme.token, |client| {
        let mut job = Job::new(client, Settings::new(dialect), &());
        assert_eq!(job.test_connection(), Ok(()));
        let none = Evolution::default();
        for evolution in [none, Evolution { change: 10, ..none }, Evolution { offboard: 5, ..none }] {
            evolve(&mut directory, evolution, 11);
            let report = job.cycle(&directory);
            assert!(report.succeeded(), "{:?} {:?}", report.failures, report.quarantine);
            assert!(report.users.values().sum::<usize>() >= users / 25, "{:?}", report.users);
            assert_equal(&scim, &directory, &job.target_ids(), dialect);
            assert_eq!(job.verify(&directory).map(|verdict| verdict.differences), Ok(Vec::new()));
        }
        let report = job.cycle(&directory);
        assert_eq!((report.requests(), report.succeeded()), (0, true), "nothing has changed, nothing is sent");
    });
}

#[test]
fn two_thousand_people_of_azure() {
    on_each_engine(|server| play(server, Dialect::Azure, (2000, 100)));
}

/// The other dialects with fewer people: what they add is how changes are written, and 300 people have all of those.
#[test]
fn every_other_dialect() {
    for dialect in [Dialect::Azure062020, Dialect::Okta, Dialect::OneLogin] {
        on_each_engine(|server| play(server, dialect, (300, 25)));
    }
}

#[test]
fn a_restarted_job_finds_everybody_again() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let mut directory = generate(60, 5, 7);
        for dialect in Dialect::ALL {
            with_client(&acme, &acme.token, |client| {
                let mut job = Job::new(client, Settings::new(dialect), &());
                let report = job.cycle(&directory);
                assert!(report.succeeded(), "{:?} {:?}", report.failures, report.quarantine);
                let created = report.users.get(&Action::Create).copied().unwrap_or_default();
                assert_eq!(created, if dialect == Dialect::Azure { 60 } else { 0 }, "{}", dialect.name());
                directory.people[0].attributes.insert("jobTitle".to_owned(), dialect.name().to_owned());
                let stages = job.on_demand(&directory.people[0].clone());
                assert_eq!(
                    stages.iter().map(|stage| stage.name).collect::<Vec<_>>(),
                    [
                        "Import user",
                        "Determine if user is in scope",
                        "Match user between source and target system",
                        "Perform action"
                    ]
                );
                assert_eq!(stages[3].detail, "updated");
                assert_eq!(job.verify(&directory).map(|verdict| verdict.differences), Ok(Vec::new()));
            });
        }
    });
}
