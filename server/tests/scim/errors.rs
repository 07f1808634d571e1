//! Bad input: the right status and keyword, words that say what to change, nothing stored.

use serde_json::{Value, json};

use crate::support::{id, on_each_engine};

#[test]
fn broken_bodies_are_named_and_nothing_is_stored() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let post = |body: &[u8]| scim.send("POST", "/Users", &[("content-type", "application/scim+json")], Some(body));
        let deep = format!("{{\"userName\":\"u\",\"x\":{}{}}}", "[".repeat(2000), "]".repeat(2000));
        for (body, word) in [
            (&b""[..], "no body"),
            (b"   ", "no body"),
            (b"{", "not valid JSON"),
            (b"{\"userName\":\"u\"}}", "not valid JSON"),
            (b"[]", "object"),
            (b"\"x\"", "object"),
            (b"null", "object"),
            (b"{\"userName\":\"u\",\"userName\":\"v\"}", "twice"),
            (b"{\"userName\":\"u\",\"USERNAME\":\"v\"}", "twice"),
            (b"{\"userName\":\"u\\u0000\"}", "U+0000"),
            (b"{\"userName\":\"\\ud800\"}", "not valid JSON"),
            (b"{\"userName\":\"\xff\"}", "not valid JSON"),
            (b"{\"userName\":\"u\",\"n\":1e999}", "not valid JSON"),
            (deep.as_bytes(), "nesting"),
        ] {
            post(body).refused(400, "invalidSyntax", word);
        }
        assert_eq!(scim.get("/Users").expect(200)["totalResults"], 0);
    });
}

#[test]
fn values_that_do_not_fit_are_refused_by_name() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let long = "x".repeat(1025);
        let many: Vec<Value> = (0..501).map(|at| json!({"value": format!("{at}@x.test")})).collect();
        for (body, word) in [
            (json!({}), "userName"),
            (json!({"userName": ""}), "userName"),
            (json!({"userName": "  "}), "userName"),
            (json!({"userName": null}), "userName"),
            (json!({"userName": ["a", "b"]}), "userName"),
            (json!({"userName": {"a": 1}}), "userName"),
            (json!({"userName": long}), "userName"),
            (json!({"userName": "u", "externalId": long}), "externalId"),
            (json!({"userName": "u", "displayName": long}), "displayName"),
            (json!({"userName": "u", "name": {"familyName": long}}), "name.familyName"),
            (json!({"userName": "u", "emails": [{"value": long}]}), "emails"),
            (json!({"userName": "u", "emails": many}), "emails"),
            (json!({"userName": "u", "active": "perhaps"}), "active"),
            (json!({"userName": "u", "name": "Ada"}), "name"),
            (json!({"userName": "u", "x509Certificates": [{"value": "*"}]}), "x509Certificates"),
            (json!({"userName": "u", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": 7}), "enterprise"),
        ] {
            scim.post("/Users", body).refused(400, "invalidValue", word);
        }
        scim.post("/Users", json!({"userName": "u", "schemas": "x"})).refused(400, "invalidSyntax", "schemas");
        scim.post("/Groups", json!({"members": []})).refused(400, "invalidValue", "displayName");
        scim.post("/Groups", json!({"displayName": "g", "members": [{"value": "nobody"}]})).refused(
            400,
            "invalidValue",
            "nobody",
        );
        scim.post("/Groups", json!({"displayName": "g", "members": [{"display": "x"}]})).refused(
            400,
            "invalidValue",
            "members",
        );
        assert_eq!(scim.get("").expect(200)["totalResults"], 0, "nothing was stored");
    });
}

#[test]
fn long_bodies_are_413_however_they_are_sent() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let scim = acme.scim();
        let body = json!({"userName": "u", "title": "x".repeat(1_048_576)});
        scim.post("/Users", body.clone()).refused(413, "", "bytes");
        let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.to_string().len());
        let head = format!(
            "POST /scim/Users HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
             authorization: Bearer {}\r\ntransfer-encoding: chunked\r\n\r\n",
            acme.token
        );
        let answer = server.raw(head + &chunk);
        assert!(answer.starts_with("HTTP/1.1 413"), "{}", &answer[..200.min(answer.len())]);
        let fits = json!({"userName": "u", "title": "x".repeat(1_000_000)});
        assert_eq!(scim.post("/Users", fits).expect(201)["title"].as_str().map(str::len), Some(1_000_000));
    });
}

#[test]
fn long_or_deep_filters_and_paths_are_refused() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u"})).expect(201);
        let grouped = format!("{}title pr{}", "(".repeat(30), ")".repeat(30));
        let wide = vec!["title pr"; 101].join(" or ");
        let long = format!("title eq \"{}\"", "x".repeat(9000));
        for filter in [&grouped, &wide, &long] {
            scim.filter("/Users", filter).refused(400, "invalidFilter", "The filter");
            let body = json!({"schemas": [::scim::urn::SEARCH], "filter": filter});
            scim.post("/.search", body).refused(400, "invalidFilter", "The filter");
            let path = format!("emails[{filter}].value");
            let operation = json!([{"op": "replace", "path": path, "value": "x"}]);
            scim.patch(&format!("/Users/{}", id(&user)), operation).refused(400, "invalidPath", "path");
        }
        let many = vec![json!({"op": "add", "path": "title", "value": "x"}); 2001];
        scim.patch(&format!("/Users/{}", id(&user)), many).refused(400, "tooMany", "2000");
    });
}

#[test]
fn unknown_ids_are_404_for_every_method() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let long = "x".repeat(3000);
        for endpoint in ["/Users", "/Groups"] {
            for id in ["none", "00000000-0000-0000-0000-000000000000", "%00", "%27%20or%201=1", "%C3%BC", "%FF", &long]
            {
                let path = format!("{endpoint}/{id}");
                let body = json!({"userName": "u", "displayName": "u"});
                let patch = json!([{"op": "replace", "path": "displayName", "value": "x"}]);
                for answer in [scim.get(&path), scim.put(&path, body), scim.patch(&path, patch), scim.delete(&path)] {
                    assert!([400, 404].contains(&answer.status), "{path}: {} {}", answer.status, answer.text);
                    answer.refused(answer.status, "", "");
                }
            }
        }
    });
}
