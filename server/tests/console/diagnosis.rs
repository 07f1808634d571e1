//! Why the provider's own test fails, on its page.

use std::time::{Duration, Instant};

use store::integrations::Provider;

use super::AZURE;
use crate::support::browser::Browser;
use crate::support::on_each_engine;

/// Refusals and uses are written down a little later: asks for the page until it is as it should be.
#[track_caller]
fn until(admin: &Browser, right: impl Fn(&str) -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let page = admin.page(AZURE);
        if right(&page) {
            return;
        }
        assert!(Instant::now() < end, "it never became so: {page}");
        std::thread::yield_now();
    }
}

#[test]
fn the_azure_page_says_why_its_test_fails() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let page = admin.page(AZURE);
        assert!(page.contains("If the test in Azure fails") && page.contains("No request of Azure"), "{page}");
        let pending = acme.pending_token(Provider::Azure);
        acme.scim_with(&pending).get("/Users").expect(401);
        let never = format!("ending in {}, which was never activated", &pending[pending.len() - 4..]);
        until(&admin, |page| page.contains(&never));
        server.clock.advance(time::Duration::minutes(5));
        acme.scim().get("/Users").expect(200);
        until(&admin, |page| !page.contains("If the test in Azure fails"));
        server.clock.advance(time::Duration::minutes(5));
        acme.revoke(&acme.token_id);
        acme.scim().get("/Users").expect(401);
        let revoked = format!("ending in {}, which was revoked", &acme.token[acme.token.len() - 4..]);
        until(&admin, |page| page.contains(&revoked));
    });
}
