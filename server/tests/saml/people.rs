//! Which employee an account is, and whom no assertion would name.

use serde_json::json;
use store::accounts::Role;

use super::{Company, RECORD};
use crate::support::browser::plain;
use crate::support::on_each_engine;

const PEOPLE: &str = "/settings/integrations/provisioning-sso/azure/sso/people";

#[test]
fn an_account_is_linked_and_unlinked_by_an_admin() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        acme.tenant.account("bob@acme.test", Role::Admin);
        let it = acme.tenant.account("it@acme.test", Role::It);
        let of = |email: &str| {
            let found = server.read(async |conn| store::accounts::find_for_sign_in(conn, email).await).remove(0);
            format!("/settings/accounts/{}", found.id)
        };
        let bob = of("bob@acme.test");
        let nobody = acme.admin.post(&format!("{bob}/link"), &[("employee", "nobody@acme.test")]);
        assert!(nobody.status == 422 && nobody.text.contains("No employee has this user name"), "{}", nobody.text);
        assert!(nobody.text.contains("nobody@acme.test"), "what was typed is kept");
        let beyond = it.post(&format!("{bob}/link"), &[("employee", "ada@Acme.test")]);
        assert_eq!(beyond.status, 403, "nobody gets a role that they may not give");
        assert_eq!(acme.post(&server.browser(), &acme.response("_1", None)).header("location"), RECORD);
        let list = plain(&acme.admin.submit(&format!("{bob}/link"), &[("employee", " ADA@acme.test ")]));
        assert!(list.contains("Employee ") && list.contains("ada@Acme.test"), "{list}");
        let taken = acme.admin.post(&format!("{}/link", of("it@acme.test")), &[("employee", "ada@Acme.test")]);
        assert!(taken.status == 422 && taken.text.contains("has a link already"), "{}", taken.text);
        let browser = server.browser();
        assert_eq!(acme.post(&browser, &acme.response("_2", None)).header("location"), "/employees");
        assert!(browser.page("/employees").contains("bob@acme.test"), "as that account");
        assert!(plain(&acme.admin.page(&format!("{bob}/link"))).contains("End the link"));
        acme.admin.submit(&format!("{bob}/unlink"), &[]);
        assert_eq!(browser.get("/employees").status, 303, "signed out at once");
        assert_eq!(acme.post(&server.browser(), &acme.response("_3", None)).header("location"), RECORD);
        let acts = server.read(async |conn| store::audit::latest(conn, &acme.tenant.id, 50).await);
        for action in ["sso.link", "sso.unlink"] {
            assert!(acts.iter().any(|act| act.1 == action && act.2 == "bob@acme.test"), "{action}");
        }
    });
}

#[test]
fn whom_no_assertion_would_name_is_listed_page_by_page() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        assert!(acme.admin.page(PEOPLE).contains("Nobody stands out"));
        let scim = acme.tenant.scim();
        for number in 0..51 {
            scim.post("/Users", json!({"userName": format!("person{number}"), "active": true})).expect(201);
        }
        scim.post("/Users", json!({"userName": "departed", "active": false})).expect(201);
        let first = plain(&acme.admin.page(PEOPLE));
        assert_eq!(first.matches("is no email address").count(), 50, "{first}");
        let next = first.split_once("?after=").expect("a next page").1.split_once('"').expect("closed").0.to_owned();
        let second = plain(&acme.admin.page(&format!("{PEOPLE}?after={next}")));
        assert_eq!(second.matches("is no email address").count(), 1, "{second}");
        assert!(!second.contains("rel=\"next\"") && !second.contains("departed"), "{second}");
        let other = plain(&server.tenant("Globex").admin().page(PEOPLE));
        assert!(other.contains("Nobody stands out"), "{other}");
    });
}
