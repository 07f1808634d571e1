//! Forms that another site has a browser send, and hosts that somebody made up.

use serde_json::json;
use store::audit;

use crate::console::roles::router_routes;
use crate::support::on_each_engine;

/// What a browser says of a form that another site sent.
const ELSEWHERE: [&[(&str, &str)]; 8] = [
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "cross-site"), ("origin", "https://console.test.evil.test")],
    &[("origin", "https://evil.test")],
    &[("origin", "null")],
    &[("origin", "https://evil.test"), ("x-forwarded-host", "evil.test")],
    &[("origin", "https://console.test@evil.test")],
    &[("origin", "https://console.testevil.test")],
];

#[test]
fn no_form_of_another_site_is_taken_anywhere() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let outside = ["/scim", "/token-report", "axum_fallback", "/callback"];
        let routes = router_routes(server, |path| !outside.iter().any(|outside| path.contains(outside)));
        let forms: Vec<_> = routes.into_iter().filter(|(_, methods)| methods.contains("POST")).collect();
        assert!(forms.len() > 30, "{forms:?}");
        let acts = || server.read(async |conn| audit::latest(conn, &acme.id, 1000).await).len();
        let before = acts();
        let (mut wrong, form) = (Vec::new(), [("content-type", "application/x-www-form-urlencoded")]);
        for (path, _) in &forms {
            let path = path.replace("{}", "azure");
            for says in ELSEWHERE {
                let headers = [&form[..], says].concat();
                let status = admin.send("POST", &path, &headers, Some(b"a=b")).status;
                if status != 403 {
                    wrong.push(format!("{path} {says:?}: {status}"));
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
        assert_eq!((acts(), admin.get("/employees").status), (before, 200), "nothing was done, and nobody signed out");
    });
}

#[test]
fn no_made_up_host_is_ever_said_again() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let headers = [
            ("host", "evil.test"),
            ("x-forwarded-host", "evil.test"),
            ("forwarded", "host=evil.test;proto=http"),
            ("x-original-url", "/settings"),
            ("x-rewrite-url", "/settings"),
            ("x-http-method-override", "DELETE"),
        ];
        for path in ["/login", "/", "/settings", "/setup", "/none", "/saml/00000000000000000000000000000000/metadata"] {
            let answer = server.browser().send("GET", path, &headers, None);
            let said = format!("{:?} {}", answer.headers, answer.text);
            assert!(!said.contains("evil.test"), "{path}: {said}");
        }
        let scim = acme.scim();
        let json = [&headers[..], &[("content-type", "application/scim+json")]].concat();
        let ada = scim.send("POST", "/Users", &json, Some(json!({"userName": "ada"}).to_string().as_bytes()));
        assert_eq!(ada.status, 201, "{}", ada.text);
        let said = format!("{:?} {}", ada.headers, ada.text);
        assert!(!said.contains("evil.test") && said.contains("https://console.test/scim/Users/"), "{said}");
        assert_eq!(scim.get("/Users").expect(200)["totalResults"], 1, "a method in a header is none");
    });
}
