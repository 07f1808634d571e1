//! Which methods and media types the endpoints take.

use serde_json::json;

use crate::support::{id, on_each_engine};

#[test]
fn wrong_methods_are_405_with_allow() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for (path, wrong, allowed) in [
            ("/Users", vec!["PUT", "PATCH", "DELETE", "OPTIONS"], vec!["GET", "HEAD", "POST"]),
            ("/Users/1", vec!["POST", "OPTIONS"], vec!["GET", "HEAD", "PUT", "PATCH", "DELETE"]),
            ("/Groups/1", vec!["POST"], vec!["GET", "HEAD", "PUT", "PATCH", "DELETE"]),
            ("/.search", vec!["GET", "PUT"], vec!["POST"]),
            ("/Users/.search", vec!["GET"], vec!["POST"]),
            ("/Bulk", vec!["GET", "PUT"], vec!["POST"]),
            ("/Schemas", vec!["POST", "PUT", "PATCH", "DELETE"], vec!["GET", "HEAD"]),
            ("/ResourceTypes/User", vec!["POST", "DELETE"], vec!["GET", "HEAD"]),
            ("/ServiceProviderConfig", vec!["POST"], vec!["GET", "HEAD"]),
        ] {
            for method in wrong {
                let answer = scim.send(method, path, &[], None);
                answer.refused(405, "", "method");
                let mut allow: Vec<_> = answer.header("allow").split(',').map(str::trim).collect();
                allow.sort_unstable();
                let mut wanted = allowed.clone();
                wanted.sort_unstable();
                assert_eq!(allow, wanted, "{method} {path}");
            }
        }
    });
}

#[test]
fn unknown_routes_are_404_in_scim() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for path in ["/Shoes", "/users", "/Users/1/2", "/v2/Shoes", "/Bulk/1", "/Me/x", "/ServiceProviderConfig/1"] {
            scim.get(path).refused(404, "", "not found");
        }
    });
}

#[test]
fn head_answers_as_get_without_a_body() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u"})).expect(201);
        let path = format!("/Users/{}", id(&user));
        let (head, get) = (scim.send("HEAD", &path, &[], None), scim.get(&path));
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        assert_eq!(head.header("etag"), get.header("etag"));
        assert_eq!(head.header("content-type"), "application/scim+json");
        assert_eq!(scim.send("HEAD", "/Users/none", &[], None).status, 404);
    });
}

#[test]
fn both_base_urls_and_a_slash_at_the_end_work() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for base in ["", "/v2"] {
            let scim = scim.below(base);
            for path in ["", "/Users", "/Users/", "/Users/?count=1", "/Groups/", "/Schemas/", "/?aadOptscim062020"] {
                scim.get(path).expect(200);
            }
            let user = scim.post("/Users/", json!({"userName": format!("u{base}")})).expect(201);
            let location = format!("https://console.test/scim{base}/Users/{}", id(&user));
            assert_eq!(user["meta"]["location"], location, "links lead back the way the client came");
            scim.get(&format!("/Users/{}/", id(&user))).expect(200);
        }
    });
}

#[test]
fn bodies_are_json_and_answers_are_scim_whatever_is_accepted() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for (at, media_type) in ["application/scim+json", "application/json", "Application/SCIM+JSON; charset=utf-8"]
            .into_iter()
            .enumerate()
        {
            let body = json!({"userName": format!("u{at}")}).to_string();
            let answer = scim.send("POST", "/Users", &[("content-type", media_type)], Some(body.as_bytes()));
            answer.expect(201);
            assert_eq!(answer.header("content-type"), "application/scim+json");
        }
        for headers in
            [&[("content-type", "text/plain")][..], &[("content-type", "application/x-www-form-urlencoded")], &[]]
        {
            let refused = scim.send("POST", "/Users", headers, Some(br#"{"userName":"no"}"#));
            refused.refused(415, "", "application/scim+json");
        }
        for accept in ["application/json", "application/scim+json", "text/html", "*/*", "nonsense"] {
            let answer = scim.send("GET", "/Users", &[("accept", accept)], None);
            assert_eq!(answer.expect(200)["totalResults"], 3, "{accept}");
            assert_eq!(answer.header("content-type"), "application/scim+json");
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    });
}

#[test]
fn me_says_honestly_that_a_token_is_no_person() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            scim.send(method, "/Me", &[], None).refused(501, "", "/Me");
        }
    });
}
