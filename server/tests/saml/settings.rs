//! The tab, and what it gives to identity providers.

use store::accounts::Role;
use time::Duration;

use super::{Company, FIELDS, FORM, TAB};
use crate::support::browser::{PASSWORD, plain, value_of};
use crate::support::idp::CERTIFICATE;
use crate::support::on_each_engine;

#[test]
fn what_the_identity_provider_needs_is_there_before_anything_is_saved() {
    on_each_engine(|server| {
        let (acme, globex) = (server.tenant("Acme"), server.tenant("Globex"));
        let admin = acme.admin();
        let page = admin.page(TAB);
        for label in [
            "SAML Issuer URL",
            "X.509 Certificate",
            "SAML Redirect URL",
            "Azure Portal URL (optional)",
            "SAML CallBack Endpoint URL (read-only)",
            "SAML Audience URI (read-only)",
        ] {
            assert!(page.contains(&format!(">{label}</label>")), "{label} in {page}");
        }
        let address =
            |page: &str| page.split_once("/callback\"").expect("an address").0.rsplit_once('"').expect("").1.to_owned();
        let base = address(&page);
        assert!(base.starts_with("https://console.test/saml/"), "{base}");
        assert_ne!(base, address(&globex.admin().page(TAB)), "each company has its own");
        assert_eq!(base, address(&admin.page(TAB)), "it stays");
        let metadata = server.browser().get(&format!("{}/metadata", base.trim_start_matches("https://console.test")));
        assert_eq!(metadata.header("content-type"), "application/samlmetadata+xml");
        assert!(metadata.text.contains(&format!("entityID=\"{base}\"")), "{}", metadata.text);
        assert!(metadata.text.contains(&format!("Location=\"{base}/callback\"")), "{}", metadata.text);
        assert_eq!(server.browser().get("/saml/..%2f/metadata").status, 404);
    });
}

/// The words of each provider's own guide.
#[test]
fn each_provider_is_addressed_in_its_own_words() {
    on_each_engine(|server| {
        let admin = server.tenant("Acme").admin();
        for (provider, words, logout) in [
            ("azure", &["SAML Issuer URL", "Azure Portal URL (optional)", ">Activate<"][..], false),
            ("okta", &["SAML Identity Provider Issuer", "SAML Single Sign On URL", ">Save and Activate<"], true),
            ("onelogin", &["SAML Issuer URL", ">Activate<"], true),
            ("google", &["SAML Endpoint URL", "SSO Redirect URL"], false),
            ("pingone", &["SAML Identity Provider Issuer URL"], false),
            ("adfs", &["SAML Identity Provider Issuer", "SAML Audience URI"], false),
            ("custom", &["SAML Issuer URL", "SAML CallBack Endpoint URL"], false),
        ] {
            let page = admin.page(&format!("/settings/integrations/provisioning-sso/{provider}?tab=sso"));
            for word in words {
                assert!(page.contains(word), "{provider}: {word} in {page}");
            }
            assert_eq!(page.contains("Logout Redirect"), logout, "{provider}");
        }
    });
}

#[test]
fn what_is_wrong_is_said_beside_what_was_typed() {
    on_each_engine(|server| {
        let admin = server.tenant("Acme").admin();
        for (field, value, words) in [
            ("issuer", "", "identifier exactly"),
            ("issuer", "two words", "without spaces"),
            ("certificate", "", "whole certificate"),
            ("certificate", "-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----", "whole certificate"),
            ("certificate", "-----BEGIN RSA PRIVATE KEY-----", "private key"),
            ("redirect_url", "http://idp.test/sso", "https://"),
            ("redirect_url", "javascript:alert(1)", "https://"),
            ("redirect_url", "https://idp.test@evil.test/", "https://"),
            ("match_by", "name", "Choose one"),
        ] {
            let fields = FIELDS.map(|known| if known.0 == field { (field, value) } else { known });
            let answer = admin.post(FORM, &fields);
            let page = plain(&answer.text);
            assert_eq!(answer.status, 422, "{field}={value}");
            assert!(page.contains(&format!("id=\"{field}-error\"")) && page.contains(words), "{field}={value}: {page}");
            if field != "issuer" {
                assert_eq!(value_of(&page, "issuer"), "https://idp.test/", "what was typed is kept");
            }
        }
        let neither = admin.post(FORM, &[FIELDS[0], FIELDS[1], FIELDS[3]]);
        assert!(neither.status == 422 && neither.text.contains("redirect_url-error"), "no way to begin at all");
        let page = admin.page(TAB);
        assert!(page.contains("Sign-on is off"), "nothing was saved: {page}");
    });
}

#[test]
fn what_was_saved_is_shown_with_fingerprint_and_end() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let page = acme.admin.page(TAB);
        assert!(page.contains("Sign-on is on") && page.contains("Until "), "{page}");
        assert!(page.contains(&CERTIFICATE.lines().nth(1).expect("base64")[..40]), "the certificate itself");
        let fingerprint = page.split_once("class=\"fingerprint\">").expect("a fingerprint").1;
        let fingerprint = fingerprint.split_once('<').expect("closed").0;
        assert_eq!(fingerprint.split(':').count(), 32, "{fingerprint}");
        let acts = server.read(async |conn| store::audit::latest(conn, &acme.tenant.id, 5).await);
        assert!(acts.iter().any(|act| act.1 == "sso.set" && act.2 == "azure"), "{acts:?}");
    });
}

#[test]
fn the_end_of_a_certificate_is_said_ahead() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let page = || acme.tenant.server().signed_in(&format!("admin@{}.test", acme.tenant.id)).page(TAB);
        assert!(!acme.admin.page(TAB).contains("certificate for sign-on expires"));
        let end = time::macros::datetime!(2036-11-21 00:00 UTC);
        for (before, words) in [
            (Duration::days(50), "within 60 days"),
            (Duration::days(20), "within 30 days"),
            (Duration::days(5), "within 7 days"),
        ] {
            server.clock.advance(end - before - server.store.now());
            let page = page();
            assert!(page.contains(words), "{words} in {page}");
        }
        server.clock.advance(Duration::days(10));
        assert!(page().contains("certificate for sign-on expired on"));
        let answer = acme.tenant.server().signed_in(&format!("admin@{}.test", acme.tenant.id)).post(FORM, &FIELDS);
        assert!(answer.status == 422 && answer.text.contains("has expired"), "{}", answer.text);
    });
}

#[test]
fn settings_want_the_role_and_a_password_entered_lately() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        for (email, role) in [("power@acme.test", Role::Power), ("viewer@acme.test", Role::Viewer)] {
            let browser = acme.tenant.account(email, role);
            assert_eq!(browser.get(TAB).status, 403);
            for form in [FORM.to_owned(), format!("{FORM}/disable")] {
                assert_eq!(browser.post(&form, &FIELDS).status, 403, "{email} {form}");
            }
        }
        assert_eq!(acme.admin.post_from("cross-site", FORM, &FIELDS).status, 403);
        server.clock.advance(Duration::minutes(11));
        for form in [FORM.to_owned(), format!("{FORM}/disable")] {
            let asked = acme.admin.post(&form, &FIELDS);
            assert!(asked.status == 200 && asked.text.contains("Confirm it is you"), "{form}");
        }
        assert!(acme.admin.page(TAB).contains("Sign-on is on"), "nothing was done");
        let mut fields = FIELDS.to_vec();
        fields.push(("confirm_password", PASSWORD));
        fields[0] = ("issuer", "https://idp.test/other");
        acme.admin.submit(FORM, &fields);
        assert!(acme.admin.page(TAB).contains("https://idp.test/other"));
    });
}
