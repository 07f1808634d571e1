//! Bodies that are more, or something else, than they seem.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use store::audit;

use crate::console::roles::router_routes;
use crate::support::browser::plain;
use crate::support::on_each_engine;

const JSON: (&str, &str) = ("content-type", "application/scim+json");

#[test]
fn compressed_bodies_are_refused_and_not_unpacked() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&vec![b' '; 64 * 1024 * 1024]).expect("packed");
        let bomb = packed.finish().expect("packed");
        let plain = json!({"userName": "ada"}).to_string();
        for coding in ["gzip", "deflate", "br", "zstd", "identity, gzip", "x"] {
            for body in [&bomb[..], plain.as_bytes()] {
                let answer = scim.send("POST", "/Users", &[JSON, ("content-encoding", coding)], Some(body));
                answer.refused(415, "", "Content-Encoding");
            }
        }
        let answer = scim.send("POST", "/Users", &[JSON, ("content-encoding", "Identity")], Some(plain.as_bytes()));
        assert_eq!(answer.status, 201, "{}", answer.text);
    });
}

#[test]
fn no_form_is_taken_that_is_compressed() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let routes = router_routes(server, |path| !path.contains("/scim") && !path.contains("axum_fallback"));
        let forms: Vec<_> = routes.into_iter().filter(|(_, methods)| methods.contains("POST")).collect();
        assert!(forms.len() > 40 && forms.iter().any(|(path, _)| path.ends_with("/callback")), "{forms:?}");
        let acts = || server.read(async |conn| audit::latest(conn, &acme.id, 1000).await).len();
        let before = acts();
        let (mut wrong, token) = (Vec::new(), format!("token={}", acme.token));
        let send = |path: &str, coding| {
            let headers = [
                ("content-type", "application/x-www-form-urlencoded"),
                ("sec-fetch-site", "same-origin"),
                ("content-encoding", coding),
            ];
            admin.send("POST", path, &headers, Some(token.as_bytes()))
        };
        for (path, _) in &forms {
            let path = path.replace("{}", "azure");
            for coding in ["gzip", "br", "identity, gzip", ""] {
                let answer = send(&path, coding);
                if answer.status != 415 || !answer.text.contains("Content-Encoding") {
                    wrong.push(format!("{path} {coding:?}: {}", answer.status));
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
        assert_eq!((acts(), admin.get("/employees").status), (before, 200), "nothing was done, and nobody signed out");
        acme.scim().get("/Users").expect(200);
        assert_eq!(send("/token-report", "Identity").status, 202, "which changes nothing");
    });
}

/// RFC 8265 §1 and §8.3: names of different letters are different, however alike they look. People have to see it.
#[test]
fn names_that_look_alike_are_two_and_are_marked() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let scim = acme.scim();
        for name in ["ada@acme.test", "\u{430}da@acme.test", "ad\u{3b1}@acme.test", "\u{ff41}da@acme.test"] {
            scim.post("/Users", json!({"userName": name})).expect(201);
        }
        scim.post("/Users", json!({"userName": "ADA@ACME.test"})).expect(409);
        let list = plain(&acme.admin().page("/employees"));
        for mark in ["U+0430", "U+03B1", "U+FF41"] {
            assert!(list.contains(mark), "{mark} in {list}");
        }
    });
}

#[test]
fn json_that_is_deep_doubled_or_no_text_is_refused() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let deep = |open: &str, close: &str| format!("{{\"userName\":{}1{}}}", open.repeat(5_000), close.repeat(5_000));
        for body in [
            deep("[", "]").into_bytes(),
            deep("{\"a\":", "}").into_bytes(),
            br#"{"userName":"ada","userName":"eve"}"#.to_vec(),
            br#"{"userName":"ada","name":{"givenName":"a","givenName":"b"}}"#.to_vec(),
            b"{\"userName\":\"\xff\"}".to_vec(),
            b"\xff\xfe{\0}\0".to_vec(),
            br#"{"userName":"\ud800"}"#.to_vec(),
            br#"{"userName":"ada"}{"userName":"eve"}"#.to_vec(),
            br#"{"userName":"ada"} x"#.to_vec(),
            br#"{"userName":NaN}"#.to_vec(),
            br#"{"userName":1e999}"#.to_vec(),
            b"[]".to_vec(),
            b"null".to_vec(),
            Vec::new(),
        ] {
            let answer = scim.send("POST", "/Users", &[JSON], Some(&body));
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
            assert_eq!(answer.status, 400, "{shown}: {}", answer.text);
        }
        assert_eq!(scim.get("/Users").expect(200)["totalResults"], 0);
    });
}
