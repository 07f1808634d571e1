//! Every SCIM route with every kind of token that is none.

use store::integrations::Provider;
use time::Duration;

use crate::console::roles::router_routes;
use crate::support::{Client, on_each_engine};

#[test]
fn every_scim_route_is_closed_to_every_token_that_is_none() {
    on_each_engine(|server| {
        let (acme, globex) = (server.tenant("Acme"), server.tenant("Globex"));
        let user = acme.scim().post("/Users", serde_json::json!({"userName": "ada"})).expect(201);
        let (expired, _) = acme.token_for(Provider::Okta, Some(Duration::days(1)));
        let (revoked, id) = acme.token_for(Provider::Okta, None);
        acme.revoke(&id);
        server.clock.advance(Duration::days(1) + Duration::seconds(1));
        let mut swapped = acme.token.clone();
        swapped.replace_range(20..21, if &swapped[20..21] == "a" { "b" } else { "a" });
        let closed: Vec<(&str, Option<String>)> = vec![
            ("none", None),
            ("empty", Some(String::new())),
            ("expired", Some(expired)),
            ("revoked", Some(revoked)),
            ("not activated", Some(acme.pending_token(Provider::Google))),
            ("one letter other", Some(swapped)),
            ("in capitals", Some(acme.token.to_ascii_uppercase())),
            ("doubled", Some(format!("{0}{0}", acme.token))),
            ("with another behind it", Some(format!("{}, Bearer {}", acme.token, globex.token))),
        ];
        let routes = router_routes(server, |path| path.starts_with("/scim") && !path.contains("axum_fallback"));
        assert!(routes.len() > 20, "{routes:?}");
        let mut wrong = Vec::new();
        for path in routes.keys() {
            let path = path.replace("{}", crate::support::id(&user));
            for (what, token) in &closed {
                let client = Client::new(server.url(""), token.as_deref());
                for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
                    let status =
                        client.send(method, &path, &[("content-type", "application/json")], Some(b"{}")).status;
                    if status != 401 {
                        wrong.push(format!("{method} {path} with a token that is {what}: {status}"));
                    }
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
        let path = format!("/Users/{}", crate::support::id(&user));
        assert_eq!(globex.scim().get(&path).status, 404, "another company's token is a token, and finds nobody");
        acme.scim().get(&path).expect(200);
    });
}
