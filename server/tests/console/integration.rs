//! The Integrations screen, and who may see it.

use store::accounts::Role;

use super::AZURE;
use crate::support::on_each_engine;

#[test]
fn tiles_stand_under_active_or_available_and_can_be_searched() {
    on_each_engine(|server| {
        let admin = server.tenant("Acme").admin();
        let page = admin.page("/settings/integrations/provisioning-sso");
        let (active, available) = page.split_once("id=\"available\"").expect("two lists");
        assert!(active.contains("<h3>Azure</h3>") && active.contains("Configure"), "{page}");
        for name in ["Okta", "OneLogin", "Google", "PingOne", "ADFS", "Custom SAML &amp; SCIM"] {
            assert!(available.contains(&format!("<h3>{name}</h3>")), "{name}: {page}");
        }
        let found = admin.page("/settings/integrations/third-party?q=ONELOG");
        assert!(found.contains("<h3>OneLogin</h3>") && !found.contains("<h3>Okta</h3>"), "{found}");
        let entra = admin.page("/settings/integrations/provisioning-sso?q=entra");
        assert!(entra.contains("<h3>Azure</h3>"), "found by what Azure is called now");
        assert!(admin.page("/settings/integrations/meeting-rooms").contains("Nothing in this category"));
        assert_eq!(admin.get("/settings/integrations/nonsense").status, 404);
        assert_eq!(admin.get("/settings/integrations/provisioning-sso/nonsense").status, 404);
    });
}

#[test]
fn each_provider_has_a_dialog_with_its_own_steps() {
    on_each_engine(|server| {
        let admin = server.tenant("Acme").admin();
        for (provider, words) in [
            ("azure", "Provisioning Mode"),
            ("okta", "HTTP Header"),
            ("onelogin", "SCIM Base URL"),
            ("google", "Autoprovisioning"),
            ("pingone", "SCIM Outbound"),
            ("custom", "SCIM base URL"),
        ] {
            let page = admin.page(&format!("/settings/integrations/provisioning-sso/{provider}"));
            assert!(page.contains(words) && page.contains("https://console.test/scim"), "{provider}: {page}");
            assert!(page.contains(">Provisioning</a>") && page.contains(">SSO</a>"));
        }
        let adfs = admin.page("/settings/integrations/provisioning-sso/adfs");
        assert!(!adfs.contains(">Provisioning</a>") && !adfs.contains("Generate token"), "{adfs}");
    });
}

#[test]
fn only_admin_and_it_reach_integrations() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        for (role, expected) in [(Role::Admin, 200), (Role::It, 200), (Role::Power, 403), (Role::Viewer, 403)] {
            let browser = acme.account(&format!("{}@acme.test", role.name()), role);
            assert_eq!(browser.get("/employees").status, 200);
            for path in ["/settings/integrations/third-party", AZURE] {
                assert_eq!(browser.get(path).status, expected, "{role:?} {path}");
            }
            let posted = browser.post(AZURE, &[("request_key", role.name())]).status;
            assert_eq!(posted, expected, "{role:?} generates");
            assert_eq!(browser.page("/settings/integrations").contains("READ MORE"), expected == 200);
        }
        let stranger = server.browser();
        assert_eq!(stranger.get(AZURE).status, 303);
        assert_eq!(stranger.post(AZURE, &[("request_key", "k")]).status, 303);
    });
}
