//! When a job waits, holds back, or leaves somebody out.

use std::time::Duration;

use ::rehearse::cycle::{Job, Settings};
use ::rehearse::dialect::Dialect;
use ::rehearse::people::{Standing, generate, read_csv};
use ::rehearse::report::Action;
use ::rehearse::scope::{Clause, Scope};
use ::rehearse::transport::{Client, HttpTransport, Patience, Target, Timer};
use serde_json::json;

use super::with_client;
use crate::support::{Engine, TestServer, on_each_engine};

#[test]
fn a_revoked_token_puts_the_job_into_quarantine() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let directory = generate(50, 2, 7);
        with_client(&acme, &acme.token, |client| {
            let mut job = Job::new(client, Settings::new(Dialect::Azure), &());
            assert!(job.cycle(&generate(10, 1, 7)).succeeded());
            acme.revoke(&acme.token_id);
            assert!(job.test_connection().is_err_and(|reason| reason.contains("does not accept the token")));
            let report = job.cycle(&directory);
            assert!(report.quarantine.as_ref().is_some_and(|why| why.starts_with("InvalidCredentials")), "{report:?}");
            assert!(report.requests() <= 8, "the rest is left alone: {}", report.requests());
        });
    });
}

/// A client that waits by moving the server's clock.
struct Patient<'s>(&'s TestServer);

impl Timer for Patient<'_> {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, time: Duration) {
        self.0.clock.advance(time.try_into().expect("a short pause"));
    }
}

#[test]
fn a_company_that_asks_too_often_is_waited_for() {
    let server = TestServer::start_with_rate_limit(Engine::Sqlite, 1);
    let acme = server.tenant("Acme");
    let target = Target::parse(&server.url("/scim")).expect("an address");
    let (transport, timer) = (HttpTransport::new(target, acme.token.clone()), Patient(&server));
    let client = Client::new(&transport, &timer, Patience { tries: 50, ..Patience::default() });
    let mut job = Job::new(&client, Settings::new(Dialect::Azure), &());
    let report = job.cycle(&generate(20, 1, 7));
    assert!(report.succeeded() && report.timings.retries > 0, "{report:?}");
}

#[test]
fn many_people_who_leave_at_once_are_left_alone() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let mut directory = generate(12, 1, 7);
        with_client(&acme, &acme.token, |client| {
            let settings = Settings { deletion_threshold: 3, ..Settings::new(Dialect::Azure) };
            let mut job = Job::new(client, settings, &());
            assert!(job.cycle(&directory).succeeded());
            directory.people.truncate(10);
            directory.people[3].role = None;
            directory.people[4].standing = Standing::Deleted;
            directory.people[5].set("jobTitle", "Chief");
            let report = job.cycle(&directory);
            assert!(report.quarantine.is_some_and(|why| why.starts_with("AccidentalDeletions: 4 people")));
            assert_eq!(report.users, [(Action::Update, 1)].into(), "other changes go on");
            directory.people[4].standing = Standing::Enabled;
            let report = job.cycle(&directory);
            assert_eq!(report.users, [(Action::Disable, 1), (Action::Delete, 2)].into());
            assert!(report.succeeded());
        });
    });
}

#[test]
fn default_access_and_scope_leave_people_out() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let text = "userPrincipalName,department,appRole,groups\n\
            ada@x.test,Sales,User,All\nbob@x.test,Sales,Default Access,All\n\
            eve@x.test,Sales,,All\nmax@x.test,Legal,User,All\n";
        let mut directory = read_csv(text).expect("a directory");
        with_client(&acme, &acme.token, |client| {
            let scope = Scope::new(vec![vec![Clause::parse("department EQUALS Sales").expect("a clause")]]);
            let mut job = Job::new(client, Settings { scope, ..Settings::new(Dialect::Azure) }, &());
            let report = job.cycle(&directory);
            assert_eq!(report.users, [(Action::Create, 1), (Action::Skip, 3)].into());
            assert_eq!(report.skips.len(), 3, "{:?}", report.skips);
            let group = acme.scim().get("/Groups").expect(200)["Resources"][0]["members"].clone();
            assert_eq!(group.as_array().map(Vec::len), Some(1), "who is not in scope is in no group");
            let stages = job.on_demand(&directory.people[1]);
            assert!(stages.len() == 2 && !stages[1].done && stages[1].detail.contains("Default Access"));
            directory.people[0].set("department", "Legal");
            directory.people[3].set("department", "Sales");
            let report = job.cycle(&directory);
            assert_eq!(report.users, [(Action::Create, 1), (Action::Disable, 1)].into());
            let ada = &acme.scim().filter("/Users", "userName eq \"ada@x.test\"").expect(200)["Resources"][0];
            assert_eq!((&ada["active"], &ada["groups"][0]["display"]), (&json!(false), &json!("All")));
        });
    });
}

#[test]
fn somebody_deleted_and_restored_keeps_id_and_groups() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let mut directory = generate(8, 1, 7);
        for dialect in Dialect::ALL {
            with_client(&acme, &acme.token, |client| {
                let mut job = Job::new(client, Settings::new(dialect), &());
                assert!(job.cycle(&directory).succeeded());
                let id = job.target_ids()[directory.people[2].object_id.as_str()].to_owned();
                directory.people[2].standing = Standing::Deleted;
                assert_eq!(job.cycle(&directory).users, [(Action::Disable, 1)].into());
                let stored = acme.scim().get(&format!("/Users/{id}")).expect(200);
                let tombstone = directory.people[2].get("userPrincipalName").expect("a name");
                assert_eq!((&stored["active"], &stored["userName"]), (&json!(false), &json!(tombstone)));
                directory.people[2].standing = Standing::Enabled;
                assert_eq!(job.cycle(&directory).users, [(Action::Update, 1)].into());
                assert_eq!(job.verify(&directory).map(|verdict| verdict.differences), Ok(Vec::new()));
                assert_eq!(job.target_ids()[directory.people[2].object_id.as_str()], id);
            });
        }
    });
}
