//! *Rehearse* and *Check* on a provider's page.

use serde_json::json;
use server::console::end_lost_rehearsals;
use store::accounts::Role;
use store::integrations::{self, Provider};
use store::rehearsals::{self, Kind};
use store::tokens::{self, TokenSecret};
use store::{StoreError, TokenId};

use super::AZURE;
use crate::support::browser::{Browser, plain};
use crate::support::{Client, Tenant, TestServer, on_each_engine};

/// Starts a run and asks for its page until it has ended.
fn run(admin: &Browser, what: &str) -> String {
    let path = format!("{AZURE}/{what}");
    let mut page = admin.submit(&path, &[]);
    while page.contains(">Running</span>") {
        let part = admin.fetch(&format!("{path}/report"));
        assert_eq!(part.status, 200);
        assert!(!plain(&part.text).contains("<html"), "the part alone");
        page = admin.page(&path);
    }
    page
}

fn everybody(scim: &Client) -> (u64, u64) {
    let total = |endpoint| scim.get(endpoint).expect(200)["totalResults"].as_u64().expect("a number");
    (total("/Users"), total("/Groups"))
}

#[test]
fn a_rehearsal_plays_azure_and_leaves_nothing_behind() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        acme.scim().post("/Users", json!({ "userName": "ada" })).expect(201);
        let admin = acme.admin();
        assert!(admin.page(AZURE).contains(&format!("href=\"{AZURE}/rehearsal\"")));
        assert!(admin.page(&format!("{AZURE}/rehearsal")).contains("Start rehearsal"));
        let page = run(&admin, "rehearsal");
        for words in [
            "Test Connection",
            "Provision on demand: Import user",
            "Provision on demand: Determine if user is in scope",
            "Provision on demand: Match user between source and target system",
            "Provision on demand: Perform action",
            "Initial cycle",
            "NotEffectivelyEntitled: assigned with the role Default Access only",
            "Compare source and target",
            "Clean up",
            ">Passed</span>",
            "Start again",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert_eq!(everybody(&acme.scim()), (1, 0), "the company's own people are as they were");
        let tokens = server.read(async |conn| tokens::list(conn, &acme.id).await);
        assert_eq!(tokens.len(), 1, "the token of the rehearsal is gone");
        server.clock.advance(time::Duration::minutes(1));
        assert_eq!(admin.fetch(&format!("{AZURE}/rehearsal/report")).status, 205, "there is no more to ask for");
    });
}

#[test]
fn a_check_says_what_was_sent_and_leaves_nothing_behind() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let page = run(&admin, "check");
        assert!(page.contains("A query for somebody who does not exist is an empty list"), "{page}");
        // This server's public address leads nowhere, and its tokens are no OAuth: the one fails twice, the other is said.
        assert!(page.contains("2 failed, 1 warned") && page.contains("https://console.test/scim"), "{page}");
        assert!(page.contains("an authentication scheme of type oauth2") && page.contains("<dt>Rule</dt>"), "{page}");
        assert_eq!(everybody(&acme.scim()), (0, 0));
    });
}

/// What a server leaves that stops in the middle of a run.
fn broken_off(server: &TestServer, acme: &Tenant<'_>) -> TokenSecret {
    let (tenant, now) = (acme.id.clone(), server.store.now());
    let secret = TokenSecret::generate(server.store.random());
    let given = TokenSecret::parse(secret.expose()).expect("a token");
    let stored: Result<(), StoreError> = server.block_on(server.store.write(move |conn| {
        Box::pin(async move {
            let found = integrations::find(conn, &tenant, Provider::Azure).await?.expect("an integration");
            rehearsals::begin(conn, (&tenant, &found.id), (Kind::Rehearsal, "r1"), "ada", now).await?;
            tokens::begin_trial(conn, &tenant, &found.id, (&TokenId("r1".to_owned()), &given), "ada", now).await
        })
    }));
    stored.expect("stored");
    secret
}

#[test]
fn what_a_stopped_server_left_is_removed_at_the_next_start() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let secret = broken_off(server, &acme);
        let scratch = acme.scim_with(secret.expose());
        scratch.post("/Users", json!({ "userName": "Rehearsal-r1-ada" })).expect(201);
        scratch.post("/Groups", json!({ "displayName": "rehearsal-r1-All" })).expect(201);
        acme.scim().post("/Users", json!({ "userName": "rehearsal-r10-is-a-strange-name" })).expect(201);
        let soon = server.store.now() + time::Duration::seconds(1);
        assert_eq!(server.block_on(end_lost_rehearsals(&server.store, soon)).expect("removed"), 2);
        assert_eq!(everybody(&acme.scim()), (1, 0));
        scratch.get("/Users").expect(401);
        assert_eq!(server.block_on(end_lost_rehearsals(&server.store, soon)).expect("nothing left"), 0);
    });
}

#[test]
fn one_run_at_a_time_until_it_is_lost() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        broken_off(server, &acme);
        assert!(admin.submit(&format!("{AZURE}/rehearsal"), &[]).contains("It is running already"));
        server.clock.advance(time::Duration::minutes(3));
        assert!(!admin.submit(&format!("{AZURE}/rehearsal"), &[]).contains("It is running already"));
    });
}

#[test]
fn only_who_manages_an_active_integration_may_run_it() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (admin, viewer) = (acme.admin(), acme.account("v@acme.test", Role::Power));
        for what in ["rehearsal", "check", "rehearsal/report"] {
            assert_eq!(viewer.get(&format!("{AZURE}/{what}")).status, 403);
        }
        assert_eq!(viewer.post(&format!("{AZURE}/rehearsal"), &[]).status, 403);
        assert_eq!(admin.post_from("cross-site", &format!("{AZURE}/rehearsal"), &[]).status, 403);
        let okta = "/settings/integrations/provisioning-sso/okta/rehearsal";
        assert_eq!(admin.get(okta).status, 404, "not active");
        assert_eq!(admin.post(okta, &[]).status, 404);
        assert_eq!(admin.get("/settings/integrations/provisioning-sso/adfs/check").status, 404);
        broken_off(server, &acme);
        let other = server.tenant("Other").admin();
        assert!(!other.page(&format!("{AZURE}/rehearsal")).contains("Running"), "another company's is not shown");
    });
}
