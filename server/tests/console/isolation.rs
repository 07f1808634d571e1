//! Nothing of another company is shown or changed.

use serde_json::json;

use super::AZURE;
use crate::support::{id, on_each_engine};

#[test]
fn ids_of_another_company_are_unknown() {
    on_each_engine(|server| {
        let (acme, other) = (server.tenant("Acme"), server.tenant("Other"));
        let user = acme.scim().post("/Users", json!({"userName": "ada", "displayName": "Ada of Acme"})).expect(201);
        let (admin, stranger) = (acme.admin(), other.admin());
        let page = format!("/employees/{}", id(&user));
        assert!(admin.page(&page).contains("Ada of Acme"));
        assert_eq!(stranger.get(&page).status, 404);
        assert!(!stranger.page("/employees?q=ada").contains("Ada of Acme"));
        let token = acme.token_id.as_str();
        for verb in ["rotate", "revoke"] {
            let path = format!("{AZURE}/tokens/{token}/{verb}");
            assert_eq!(stranger.get(&path).status, 404);
            let fields =
                [("request_key", "k"), ("overlap", "0"), ("confirmation", &acme.token[acme.token.len() - 4..])];
            assert_eq!(stranger.post(&path, &fields).status, 404);
        }
        assert_eq!(stranger.post(&format!("{AZURE}/discard"), &[("token_id", token)]).status, 404);
        assert_eq!(acme.scim().get("/Users").status, 200, "its token still works");
    });
}

#[test]
fn a_token_opens_no_page_and_a_session_no_endpoint() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let bearer = format!("Bearer {}", acme.token);
        let client = crate::support::Client::new(server.url(""), None);
        assert_eq!(client.send("GET", "/employees", &[("authorization", &bearer)], None).status, 303);
        let cookies = admin.cookies();
        server.stranger().send("GET", "/Users", &[("cookie", &cookies)], None).refused(401, "", "token");
    });
}
