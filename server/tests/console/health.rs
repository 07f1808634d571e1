//! How a provider's provisioning goes, on its page, on its tile and as a part of its own.

use serde_json::json;
use store::accounts::Role;
use store::usage::{self, Usage};
use store::{StoreError, tokens};
use time::Duration;

use super::AZURE;
use crate::support::{Client, Tenant, TestServer, on_each_engine};

const TILES: &str = "/settings/integrations/provisioning-sso";

/// As if the company's token had been used some time ago.
fn used(server: &TestServer, acme: &Tenant<'_>, ago: Duration, requests: i64, failures: i64) {
    let (tenant, token) = (acme.id.clone(), acme.token_id.clone());
    let at = server.store.now() - ago;
    let stored: Result<(), StoreError> = server.block_on(server.store.write(move |conn| {
        Box::pin(async move {
            let integration_id = tokens::get(conn, &tenant, &token).await?.ok_or(StoreError::Stale)?.integration_id;
            let context = tokens::TokenContext {
                tenant_id: tenant.clone(),
                integration_id,
                token_id: token.clone(),
                last_used_at: None,
                allowed_networks: None,
                custom_attributes: false,
                is_trial: false,
            };
            tokens::touch(conn, &context, "127.0.0.1", "test", at).await?;
            usage::add(conn, &tenant, &token, Usage { requests, failures }, at).await
        })
    }));
    stored.expect("stored");
}

#[test]
fn the_state_follows_what_azure_does() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let state = |word: &str| {
            let (page, tiles, part) = (admin.page(AZURE), admin.page(TILES), admin.page(&format!("{AZURE}/health")));
            for shown in [&page, &tiles, &part] {
                assert!(shown.contains(&format!("</svg>{word}</span>")), "{word}: {shown}");
            }
            part
        };
        let part = state("Waiting for the first call");
        assert!(part.contains("Press Test Connection in the Azure portal") && !part.contains("<html"), "{part}");
        used(server, &acme, Duration::hours(3), 1_200, 2);
        let part = state("Quiet");
        assert!(part.contains("No call for 3 hours; Azure calls about every 40 minutes."), "{part}");
        assert!(part.contains("Was due about 23 Nov 2026, 06:40 UTC"), "{part}");
        used(server, &acme, Duration::ZERO, 10, 1);
        let part = state("Healthy");
        assert!(part.contains("About 23 Nov 2026, 09:40 UTC"), "{part}");
        assert!(part.contains("1,210 requests, of which 3 failed. Most in one hour: 1,200 (06:00)."), "{part}");
        used(server, &acme, Duration::ZERO, 400, 400);
        let part = state("Failing");
        assert!(part.contains("403 of the last 1610 requests failed."), "{part}");
        acme.revoke(&acme.token_id);
        assert!(state("Failing").contains("No token works any more"));
    });
}

#[test]
fn the_card_counts_employees_and_groups_of_the_provider() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let client: Client = acme.scim();
        for name in ["a", "b"] {
            client.post("/Users", json!({ "userName": name })).expect(201);
        }
        client.post("/Groups", json!({"displayName": "g"})).expect(201);
        let part = acme.admin().page(&format!("{AZURE}/health"));
        assert!(part.contains("<dt>Employees</dt><dd>2</dd>") && part.contains("<dt>Groups</dt><dd>1</dd>"), "{part}");
    });
}

#[test]
fn only_those_who_manage_integrations_see_it() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let path = format!("{AZURE}/health");
        assert_eq!(acme.account("viewer@acme.test", Role::Viewer).get(&path).status, 403);
        assert_eq!(server.browser().get(&path).status, 303);
        let admin = acme.admin();
        assert_eq!(admin.get(&path).header("cache-control"), "no-store");
        for other in ["okta/health", "adfs/health", "nonsense/health"] {
            assert_eq!(admin.get(&format!("{TILES}/{other}")).status, 404, "{other}");
        }
    });
}
