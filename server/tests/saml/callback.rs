//! Who gets in, and who does not.

use serde_json::json;
use store::accounts::{self, Decision, Outcome, Role, Standing};
use store::sso::{self, AccountLink};
use store::{AccountId, StoreError};
use time::Duration;

use super::{Company, FIELDS, FORM, RECORD};
use crate::support::browser::plain;
use crate::support::idp::{CERTIFICATE, OTHER_CERTIFICATE};
use crate::support::{id, on_each_engine};

#[test]
fn an_employee_sees_their_own_record_and_nothing_else() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let browser = server.browser();
        assert_eq!(browser.get(RECORD).status, 401);
        let answer = acme.post(&browser, &acme.response("_1", None));
        assert_eq!((answer.status, answer.header("location")), (303, RECORD), "RelayState leads nowhere");
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-employee="), "{cookie}");
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        let page = browser.page(RECORD);
        assert!(page.contains("ada@Acme.test") && page.contains("Acme"), "{page}");
        for closed in ["/employees", "/settings", "/settings/integrations"] {
            assert_eq!(browser.get(closed).status, 303, "{closed} wants an account");
        }
        let out = browser.post_from("cross-site", "/my-record/sign-out", &[]);
        assert_eq!((out.status, browser.get(RECORD).status), (403, 200), "no other site signs them out");
        assert_eq!(browser.post("/my-record/sign-out", &[]).status, 200);
        assert_eq!(browser.get(RECORD).status, 401);
    });
}

#[test]
fn a_request_is_answered_once_and_to_the_browser_that_made_it() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let (browser, other) = (server.browser(), server.browser());
        let request = acme.begin(&browser);
        let response = acme.response("_1", Some(&request));
        acme.refused(&other, &response, "unknown_request");
        acme.begin(&other);
        acme.refused(&other, &response, "unknown_request");
        assert_eq!(acme.post(&browser, &response).status, 303);
        assert_eq!(browser.get(RECORD).status, 200);
        acme.refused(&browser, &acme.response("_2", Some(&request)), "unknown_request");
        let late = acme.begin(&browser);
        server.clock.advance(Duration::minutes(10));
        acme.refused(&browser, &acme.response("_3", Some(&late)), "unknown_request");
    });
}

#[test]
fn the_cookie_of_a_request_comes_back_from_another_site() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let answer = server.browser().get(&acme.path("/login"));
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-saml-request="), "{cookie}");
        assert!(cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=None; Secure"), "{cookie}");
    });
}

#[test]
fn an_assertion_signs_in_once() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let response = acme.response("_1", None);
        assert_eq!(acme.post(&server.browser(), &response).status, 303);
        acme.refused(&server.browser(), &response, "replayed");
        server.clock.advance(Duration::minutes(8));
        acme.refused(&server.browser(), &response, "expired");
    });
}

#[test]
fn another_companys_response_is_of_no_use() {
    on_each_engine(|server| {
        let (acme, globex) = (Company::new(server, "Acme"), Company::new(server, "Globex"));
        globex.tenant.scim().post("/Users", json!({"userName": "ada@Acme.test", "active": true})).expect(201);
        globex.refused(&server.browser(), &acme.response("_1", None), "wrong_destination");
        assert_eq!(acme.reasons(), Vec::<String>::new());
    });
}

#[test]
fn only_one_active_employee_is_let_in() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let scim = acme.tenant.scim();
        let ada = scim.get("/Users").expect(200)["Resources"][0].clone();
        let signed_in = acme.signed_in("_1");
        let active = |value: bool| {
            let change = json!([{"op": "replace", "path": "active", "value": value}]);
            scim.patch(&format!("/Users/{}", id(&ada)), change).expect(200);
        };
        active(false);
        assert_eq!(signed_in.get(RECORD).status, 401, "out at once");
        let response = acme.response("_2", None);
        acme.refused(&server.browser(), &response, "inactive");
        active(true);
        acme.refused(&server.browser(), &response, "replayed");
        assert_eq!(scim.delete(&format!("/Users/{}", id(&ada))).status, 204);
        assert_eq!(signed_in.get(RECORD).status, 401);
        scim.post("/Users", json!({"userName": "bob@Acme.test", "active": true})).expect(201);
        let now = server.store.now();
        let says = |name: &str, id: &str| {
            crate::support::idp::Says { id, base: &acme.base, name, request: None, now }.response()
        };
        acme.refused(&server.browser(), &says("ada@Acme.test", "_3"), "unknown_person");
        acme.refused(&server.browser(), &says("%", "_4"), "unknown_person");
        assert_eq!(acme.post(&server.browser(), &says("BOB@acme.TEST", "_5")).status, 303, "as userName compares");
    });
}

#[test]
fn what_is_turned_off_lets_nobody_in() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let signed_in = acme.signed_in("_1");
        let browser = server.browser();
        let request = acme.begin(&browser);
        acme.admin.submit(&format!("{FORM}/disable"), &[]);
        assert_eq!(signed_in.get(RECORD).status, 401);
        assert_eq!(acme.post(&browser, &acme.response("_2", Some(&request))).status, 404);
        assert_eq!(browser.get(&acme.path("/login")).status, 404);
        acme.admin.submit(FORM, &FIELDS);
        acme.refused(&browser, &acme.response("_3", Some(&request)), "unknown_request");
        acme.signed_in("_4");
        let azure = "/settings/integrations/provisioning-sso/azure/delete";
        let seen = crate::support::browser::value_of(&acme.admin.page(azure), "seen");
        let response = acme.response("_5", None);
        acme.admin.submit(azure, &[("employees", "keep"), ("seen", &seen)]);
        assert_eq!(acme.post(&browser, &response).status, 404);
    });
}

#[test]
fn the_certificate_of_now_and_the_next_one_count_and_no_other() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let with = |one: &'static str, next: &'static str| {
            let mut fields = FIELDS.to_vec();
            fields[1] = ("certificate", one);
            fields.push(("next_certificate", next));
            acme.admin.submit(FORM, &fields);
        };
        with(OTHER_CERTIFICATE, "");
        acme.refused(&server.browser(), &acme.response("_1", None), "bad_signature");
        with(OTHER_CERTIFICATE, CERTIFICATE);
        acme.signed_in("_1");
    });
}

#[test]
fn sign_on_from_the_identity_provider_can_be_turned_off() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        acme.admin.submit(FORM, &FIELDS[..4]);
        acme.refused(&server.browser(), &acme.response("_1", None), "unsolicited");
        let browser = server.browser();
        let request = acme.begin(&browser);
        assert_eq!(acme.post(&browser, &acme.response("_2", Some(&request))).status, 303);
    });
}

#[test]
fn only_a_linked_account_leads_to_the_console() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        // The same address as the employee's user name, which must mean nothing.
        acme.tenant.account("ada@Acme.test", Role::Admin);
        let browser = acme.signed_in("_1");
        assert_eq!(browser.get("/employees").status, 303, "no account follows from a name");
        let tenant = acme.tenant.id.clone();
        let account = server.read(async |conn| accounts::find_for_sign_in(conn, "ada@Acme.test").await).remove(0);
        let employee = id(&acme.tenant.scim().get("/Users").expect(200)["Resources"][0]).to_owned();
        let link = AccountLink {
            account_id: AccountId(account.id.0.clone()),
            employee_id: employee,
            linked_by: "test".to_owned(),
        };
        let now = server.store.now();
        let linked: Result<(), StoreError> = server.block_on(
            server.store.write(move |conn| Box::pin(async move { sso::link(conn, &tenant, &link, now).await })),
        );
        linked.expect("linked");
        let browser = server.browser();
        let answer = acme.post(&browser, &acme.response("_2", None));
        assert_eq!((answer.status, answer.header("location")), (303, "/employees"));
        assert!(browser.page("/employees").contains("ada@Acme.test"));
        let seen = account.standing();
        let decision = Decision { by: None, seen, wanted: Standing { enabled: false, ..seen } };
        let disabled: Result<_, StoreError> = server.block_on(server.store.write(move |conn| {
            Box::pin(async move { accounts::decide(conn, &account.tenant_id, &account.id, decision, now).await })
        }));
        assert!(matches!(disabled, Ok(Some(Outcome::Done(_)))), "{disabled:?}");
        let answer = acme.post(&server.browser(), &acme.response("_3", None));
        assert_eq!(answer.header("location"), RECORD, "a disabled account opens nothing");
    });
}

#[test]
fn what_is_no_response_is_refused_and_told_apart_only_in_the_log() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let browser = server.browser();
        acme.refused(&browser, "", "message_missing");
        acme.refused(&browser, "!", "message_not_base64");
        acme.refused(&browser, "PHg+", "message_not_xml");
        assert_eq!(acme.post(&browser, &"A".repeat(300_000)).status, 400, "not even read");
        assert_eq!(browser.get(&acme.path("/callback")).status, 405);
        let nobody = browser.post_from("cross-site", "/saml/0123/callback", &[("SAMLResponse", "PHg+")]);
        assert!(nobody.status == 404 && plain(&nobody.text).contains("Nothing here"));
    });
}

/// Whoever floods the server with nonsense does not fill the audit log, and keeps nobody out.
#[test]
fn a_flood_of_refusals_is_not_written_down() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let browser = server.browser();
        let before = server.read(async |conn| store::audit::latest(conn, &acme.tenant.id, 1000).await).len();
        for _ in 0..110 {
            assert_eq!(acme.post(&browser, "!").status, 403);
        }
        let after = server.read(async |conn| store::audit::latest(conn, &acme.tenant.id, 1000).await).len();
        assert_eq!(after - before, 100);
        assert_eq!(browser.get(&acme.path("/login")).status, 303);
        acme.signed_in("_1");
    });
}
