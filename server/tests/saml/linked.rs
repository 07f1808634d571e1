//! Links between accounts and employees, and those who would get into another's account through one.

use serde_json::json;
use store::accounts::Role;
use store::integrations::Provider;
use store::sso;

use super::{Company, FIELDS, FORM, RECORD};
use crate::support::browser::{plain, value_of};
use crate::support::idp::{CERTIFICATE, OTHER_CERTIFICATE, Says};
use crate::support::on_each_engine;

const CONSOLE: &str = "/employees";
const ROOT: &str = "root@acme.test";

/// Whoever holds a SCIM token gives the admin's employee the name that they themselves have at the identity provider.
#[test]
fn a_new_name_from_scim_opens_no_account() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let page = acme.linked_account(ROOT, Role::Admin, "ada@Acme.test");
        assert_eq!(acme.comes_as("ADA@acme.test", "_1").1, CONSOLE);
        let ada = acme.employee_id("ada@Acme.test");
        acme.change(&ada, "userName", "mallory@Acme.test");
        let (mallory, place) = acme.comes_as("mallory@Acme.test", "_2");
        assert_eq!((place.as_str(), mallory.get(CONSOLE).status), (RECORD, 303), "no account follows");
        let (subject, detail) = acme.acts_of("sso.unconfirmed").remove(0);
        assert!(subject == ROOT && detail.contains("another name") && detail.contains("mallory@Acme.test"), "{detail}");
        acme.refused(&server.browser(), &acme.says("ada@Acme.test", "_3"), "unknown_person");
        let list = plain(&acme.admin.page("/settings/accounts"));
        assert!(list.contains("whose names are to be confirmed"), "{list}");
        let people = plain(&acme.admin.page("/settings/integrations/provisioning-sso/azure/sso/people"));
        assert!(people.contains(ROOT) && people.contains("under another name"), "{people}");
        let asked = acme.admin.page(&format!("{page}/link"));
        assert!(asked.contains("ada@Acme.test") && asked.contains("mallory@Acme.test"), "{asked}");
        let seen = value_of(&asked, "seen").replace("&quot;", "\"");
        acme.change(&ada, "userName", "eve@Acme.test");
        let late = acme.admin.post(&format!("{page}/link"), &[("seen", &seen)]);
        assert!(late.status == 409 && plain(&late.text).contains("Nothing was confirmed"), "{}", late.text);
        assert_eq!(acme.comes_as("eve@Acme.test", "_4").1, RECORD);
        acme.change(&ada, "userName", "mallory@Acme.test");
        acme.admin.submit(&format!("{page}/link"), &[("seen", &seen)]);
        assert_eq!(acme.comes_as("mallory@Acme.test", "_5").1, CONSOLE, "the admin says that it is still they");
        assert_eq!(acme.acts_of("sso.confirm").remove(0).0, ROOT);
        assert!(!acme.admin.page("/settings/accounts").contains("to be confirmed"));
    });
}

#[test]
fn a_new_address_or_external_id_from_scim_opens_no_account() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let ada = acme.employee_id("ada@Acme.test");
        acme.change(&ada, "emails", json!([{"value": "ada@x.test"}]));
        acme.change(&ada, "externalId", "A1");
        for (number, (by, path, own, other, value)) in [
            ("email", "emails", "ada@x.test", "eve@x.test", json!([{"value": "ada@x.test"}, {"value": "eve@x.test"}])),
            ("external_id", "externalId", "A1", "E1", json!("E1")),
        ]
        .into_iter()
        .enumerate()
        {
            let mut fields = FIELDS.to_vec();
            fields[3] = ("match_by", by);
            acme.admin.submit(FORM, &fields);
            let page = acme.linked_account(&format!("{number}@acme.test"), Role::Admin, "ada@Acme.test");
            assert_eq!(acme.comes_as(own, &format!("_a{number}")).1, CONSOLE);
            acme.change(&ada, path, value);
            assert_eq!(acme.comes_as(other, &format!("_b{number}")).1, RECORD, "{by}");
            acme.admin.submit(&format!("{page}/unlink"), &[]);
        }
    });
}

/// Another employee gets the name that was the admin's: the link is of the employee, too.
#[test]
fn a_name_that_went_to_another_employee_opens_no_account() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        acme.linked_account(ROOT, Role::Admin, "ada@Acme.test");
        acme.change(&acme.employee_id("ada@Acme.test"), "userName", "gone@Acme.test");
        acme.tenant.scim().post("/Users", json!({"userName": "ada@Acme.test", "active": true})).expect(201);
        assert_eq!(acme.comes_as("ada@Acme.test", "_1").1, RECORD);
    });
}

#[test]
fn other_settings_want_the_link_confirmed_anew() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        acme.linked_account(ROOT, Role::Admin, "ada@Acme.test");
        let ada = acme.employee_id("ada@Acme.test");
        acme.change(&ada, "externalId", "ada@Acme.test");
        let (browser, place) = acme.comes_as("ada@Acme.test", "_1");
        assert_eq!(place, CONSOLE);
        let mut fields = FIELDS.to_vec();
        fields[3] = ("match_by", "external_id");
        acme.admin.submit(FORM, &fields);
        assert_eq!(acme.comes_as("ada@Acme.test", "_2").1, RECORD);
        assert!(acme.acts_of("sso.unconfirmed")[0].1.contains("was changed since"));
        fields[3] = FIELDS[3];
        acme.admin.submit(FORM, &fields);
        assert_eq!(acme.comes_as("ada@Acme.test", "_3").1, CONSOLE, "as it was confirmed");
        fields[0] = ("issuer", "https://other.test/");
        acme.admin.submit(FORM, &fields);
        assert_eq!(browser.get(CONSOLE).status, 303, "who came from the former issuer is out");
    });
}

/// IT manages integrations and no accounts: a key of its own must not make it an admin.
#[test]
fn a_certificate_that_it_brings_opens_no_account() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let page = acme.linked_account(ROOT, Role::Admin, "ada@Acme.test");
        let it = acme.tenant.account("it@acme.test", Role::It);
        let with = |next: &'static str| {
            let mut fields = FIELDS.to_vec();
            fields.push(("next_certificate", next));
            fields
        };
        it.submit(FORM, &with(""));
        let (browser, place) = acme.comes_as("ada@Acme.test", "_1");
        assert_eq!(place, CONSOLE, "the same certificate as before");
        acme.admin.submit(FORM, &with(OTHER_CERTIFICATE));
        assert_eq!(acme.comes_as("ada@Acme.test", "_2").1, CONSOLE, "an admin brought it");
        it.submit(FORM, &with(""));
        assert_eq!(acme.comes_as("ada@Acme.test", "_3").1, CONSOLE, "one less");
        let mut swapped = with(CERTIFICATE);
        swapped[1] = ("certificate", OTHER_CERTIFICATE);
        it.submit(FORM, &swapped);
        assert_eq!(browser.get(CONSOLE).status, 303, "out at once");
        assert_eq!(acme.comes_as("ada@Acme.test", "_4").1, RECORD);
        assert!(acme.acts_of("sso.unconfirmed")[0].1.contains("was not confirmed for this provider"));
        assert!(acme.acts_of("sso.set")[0].1.contains("links_to_confirm"));
        let seen = value_of(&acme.admin.page(&format!("{page}/link")), "seen").replace("&quot;", "\"");
        assert_eq!(it.post(&format!("{page}/link"), &[("seen", &seen)]).status, 403);
        acme.admin.submit(&format!("{page}/link"), &[("seen", &seen)]);
        assert_eq!(acme.comes_as("ada@Acme.test", "_5").1, CONSOLE);
    });
}

#[test]
fn another_provider_of_the_company_opens_no_account() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        acme.linked_account(ROOT, Role::Admin, "ada@Acme.test");
        let it = acme.tenant.account("it@acme.test", Role::It);
        it.submit("/settings/integrations/provisioning-sso/okta/sso", &FIELDS);
        let base = format!("https://console.test/saml/{}", sso::instance_id(&acme.tenant.id, Provider::Okta));
        let says = Says { id: "_1", base: &base, name: "ada@Acme.test", request: None, now: server.store.now() };
        let path = format!("{}/callback", base.trim_start_matches("https://console.test"));
        let answer = server.browser().post_from("cross-site", &path, &[("SAMLResponse", &says.response())]);
        assert_eq!((answer.status, answer.header("location")), (303, RECORD), "{}", answer.text);
    });
}
