//! No secret turns up where it does not belong: the real program with everything in its log, marked secrets in every
//! place where there are any, right and wrong requests, and then a search through all that came out or was stored.

mod marks;
mod program;
mod scanners;
mod story;

use std::cell::RefCell;
use std::io::Read;

use serde_json::json;
use store::testing::{Engine, TemporaryFolder, TestDatabase};

use crate::support::Client;
use crate::support::browser::{Browser, plain, value_of};
use crate::support::idp::{CERTIFICATE, ISSUER, Says};
use crate::traces::Collector;
use marks::Marks;
use program::{Program, files};
use story::Story;

const PASSWORD: &str = "marked-password-of-ada";
const NEW_PASSWORD: &str = "marked-password-of-ada-2";
const WRONG_PASSWORD: &str = "marked-password-that-is-wrong";
const CLI_PASSWORD: &str = "marked-password-of-ben";
const SMTP_PASSWORD: &str = "marked-password-of-smtp";
const COLLECTOR_KEY: &str = "marked-key-of-the-collector";
const DATABASE_PASSWORD: &str = "marked-password-of-database";
const AZURE: &str = "/settings/integrations/provisioning-sso/azure";
const ANSWER: &str = "the answer that is meant to show it";

fn story(engine: Engine) -> Vec<String> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(TestDatabase::create(engine));
    // PostgreSQL for tests asks for no password; one that is given goes through the same hands.
    let url = database.url.replacen("postgres://postgres@", &format!("postgres://postgres:{DATABASE_PASSWORD}@"), 1);
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
    let collector = Collector::start();
    let settings = vec![
        ("SPACEIQ_DATABASE_URL", url),
        ("SPACEIQ_SMTP_URL", format!("smtp://notices:{SMTP_PASSWORD}@127.0.0.1:9")),
        ("SPACEIQ_SMTP_FROM", "spaceiq@console.test".to_owned()),
        ("SPACEIQ_METRICS_LISTEN", free.to_string()),
        ("SPACEIQ_FETCH_PRIVATE", "true".to_owned()),
        ("SPACEIQ_OTLP_URL", collector.url.clone()),
        ("OTEL_EXPORTER_OTLP_HEADERS", format!("x-key={COLLECTOR_KEY}")),
    ];
    let program = Program::start(&settings);
    let story = Story { marks: Marks::default(), leaks: RefCell::default(), settings, url: program.url.clone() };
    for (name, secret) in [
        ("the password", PASSWORD),
        ("the new password", NEW_PASSWORD),
        ("the wrong password", WRONG_PASSWORD),
        ("the password from the terminal", CLI_PASSWORD),
        ("the mail server's password", SMTP_PASSWORD),
        ("the collector's key", COLLECTOR_KEY),
        ("the database's password", DATABASE_PASSWORD),
    ] {
        story.marks.add(name, secret);
    }
    story.marks.add("the setup code", &program.setup);
    let admin = sets_up(&story, &program.setup);
    let token = issues(&story, &admin);
    provisions(&story, &token);
    signs_on(&story, &admin, &token);
    manages(&story, &admin);
    uses_the_terminal(&story);
    let metrics = Client::new(format!("http://{free}"), None).get("/metrics");
    assert_eq!(metrics.status, 200);
    story.look("/metrics", &metrics, &[]);
    for (output, bytes) in program.stop() {
        assert!(output == "standard output" || bytes.len() > 20_000, "the log has everything: {}", bytes.len());
        story.note(story.marks.found(output, &bytes, &[]));
    }
    let traces = collector.bodies();
    assert!(!traces.is_empty(), "requests were told of");
    for body in &traces {
        story.note(story.marks.found("a trace", body, &[]));
    }
    searches_what_is_stored(&story, &database);
    story.leaks.take()
}

fn sets_up(story: &Story, code: &str) -> Browser {
    let admin = Browser::at(story.url.clone());
    let form = admin.get(&format!("/setup?code={code}"));
    story.look("/setup", &form, &["the setup code"]);
    let fields = |password| [("code", code), ("company", "Acme"), ("email", "ada@acme.test"), ("password", password)];
    let refused = admin.post("/setup", &[("code", code), ("company", ""), ("email", "ada"), ("password", PASSWORD)]);
    assert_eq!(refused.status, 422);
    story.look("/setup refused", &refused, &["the setup code"]);
    assert_eq!(story.post(&admin, "/setup", &fields(PASSWORD)).status, 303);
    let stranger = Browser::at(story.url.clone());
    for fields in [
        [("email", "ada@acme.test"), ("password", WRONG_PASSWORD)],
        [("email", "nobody@acme.test"), ("password", PASSWORD)],
        [("email", "\u{202e}"), ("password", NEW_PASSWORD)],
    ] {
        assert_eq!(story.post(&stranger, "/login", &fields).status, 422);
    }
    // What the browser would never do: a password in the address, and a body that is no form.
    story.get(&stranger, &format!("/login?email=ada@acme.test&passw={}", "x"));
    let odd = stranger.send("POST", "/login", &[("sec-fetch-site", "same-origin")], Some(PASSWORD.as_bytes()));
    story.look("/login with no form", &odd, &[]);
    let foreign = stranger.post_from("cross-site", "/login", &[("email", "ada@acme.test"), ("password", PASSWORD)]);
    story.look("/login from elsewhere", &foreign, &[]);
    assert_eq!(story.post(&stranger, "/login", &[("email", "ada@acme.test"), ("password", PASSWORD)]).status, 303);
    story.post(&stranger, "/logout", &[]);
    admin
}

fn issues(story: &Story, admin: &Browser) -> String {
    let key = value_of(&story.get(admin, "/settings/integrations/provisioning-sso"), "request_key");
    let answer = admin.post(AZURE, &[("request_key", &key)]);
    let html = plain(&answer.text);
    let start = html.find("siq_scim_").expect("a token");
    let token = html[start..].split('"').next().expect("a closed value").to_owned();
    story.look(ANSWER, &answer, &[]);
    story.marks.add("the token", &token);
    let id = value_of(&html, "token_id");
    story.post(admin, AZURE, &[("request_key", &key)]);
    assert_eq!(story.post(admin, &format!("{AZURE}/activate"), &[("token_id", &id)]).status, 303);
    for tab in ["provisioning", "sso"] {
        story.get(admin, &format!("{AZURE}?tab={tab}"));
    }
    story.post(admin, &format!("{AZURE}/test"), &[]);
    token
}

/// Right and wrong requests; the token also where it does not belong.
fn provisions(story: &Story, token: &str) {
    let scim = Client::new(format!("{}/scim", story.url), Some(token));
    let stranger = Client::new(format!("{}/scim", story.url), None);
    let created = scim.post("/Users", json!({ "userName": "ada@acme.test", "active": true }));
    created.expect(201);
    story.look("POST /Users", &created, &[]);
    story.look("a password", &scim.post("/Users", json!({ "userName": "eve", "password": NEW_PASSWORD })), &[]);
    for body in [json!({ "userName": "ada@acme.test" }), json!({}), json!([]), json!({ "userName": 7 })] {
        story.look("a wrong POST", &scim.post("/Users", body), &[]);
    }
    for path in
        ["/Users", "/Users?filter=userName%20eq", "/Nothing", "/Users/none", "/Bulk", "/Me", "/ServiceProviderConfig"]
    {
        story.look(path, &scim.get(path), &[]);
    }
    for (headers, path) in [
        (vec![("authorization", format!("Basic {token}"))], "/Users".to_owned()),
        (vec![("authorization", format!("Bearer {token}x"))], "/Users".to_owned()),
        (vec![("authorization", token.to_owned())], "/Users".to_owned()),
        (vec![("x-token", token.to_owned()), ("cookie", format!("token={token}"))], "/Users".to_owned()),
        (vec![], format!("/Users?access_token={token}")),
        (vec![], format!("/Users/{token}")),
        (vec![], format!("/{token}")),
    ] {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = stranger.send("GET", &path, &headers, None);
        assert_eq!(answer.status, 401, "{path}");
        story.look("a token where it does not belong", &answer, &[]);
    }
    let no_json =
        stranger.send("POST", "/Users", &[("authorization", &format!("Bearer {token}"))], Some(&[b'x'; 10_000]));
    story.look("no JSON", &no_json, &[]);
}

fn signs_on(story: &Story, admin: &Browser, token: &str) {
    let fields = [
        ("issuer", ISSUER),
        ("certificate", CERTIFICATE),
        ("redirect_url", "https://idp.test/sso"),
        ("match_by", "user_name"),
        ("allow_unsolicited", "yes"),
    ];
    assert_eq!(story.post(admin, &format!("{AZURE}/sso"), &fields).status, 303);
    let page = story.get(admin, &format!("{AZURE}?tab=sso"));
    let start = page.find("/saml/").expect("an address");
    let path = page[start..].split("/callback").next().expect("an end").to_owned();
    let browser = Browser::at(story.url.clone());
    let before = browser.cookies();
    let begun = browser.get(&format!("{path}/login"));
    assert_eq!(begun.status, 303);
    story.remember_cookies(&browser, &before);
    let base = format!("{}{path}", story.url);
    for (id, name) in
        [("_marked-assertion-of-nobody", "nobody@acme.test"), ("_marked-assertion-of-ada", "ada@acme.test")]
    {
        let says = Says { id, base: &base, name, request: None, now: time::OffsetDateTime::now_utc() };
        let response = says.response();
        story.marks.add("the assertion's signature", &response[response.len() / 2..response.len() / 2 + 200]);
        for broken in [response.clone(), response.replacen('A', "B", 3), response] {
            let before = browser.cookies();
            let answer = browser.post_from("cross-site", &format!("{path}/callback"), &[("SAMLResponse", &broken)]);
            story.look("a response", &answer, &[]);
            story.remember_cookies(&browser, &before);
        }
    }
    story.get(&browser, "/my-record");
    let stolen = browser.post_from("cross-site", &format!("{path}/callback"), &[("SAMLResponse", token)]);
    story.look("a token as a response", &stolen, &[]);
}

fn manages(story: &Story, admin: &Browser) {
    let key = value_of(&story.get(admin, "/settings/accounts"), "request_key");
    let invited = admin.post("/settings/accounts", &[("request_key", &key), ("email", "cy@acme.test"), ("role", "it")]);
    let html = plain(&invited.text);
    let start = html.find("/invitation?code=").expect("a link") + "/invitation?code=".len();
    let code = html[start..].split(['"', '<', '&']).next().expect("an end").to_owned();
    story.marks.add("the invitation's code", &code);
    story.look(ANSWER, &invited, &["the invitation's code"]);
    let cy = Browser::at(story.url.clone());
    let form = cy.get(&format!("/invitation?code={code}"));
    story.look("/invitation", &form, &["the invitation's code"]);
    story.look(
        "/invitation",
        &cy.post("/invitation", &[("code", &code), ("password", "short")]),
        &["the invitation's code"],
    );
    let fields = |current, new| [("current_password", current), ("new_password", new)];
    for (current, new, status) in
        [(WRONG_PASSWORD, NEW_PASSWORD, 422), (PASSWORD, "short", 422), (PASSWORD, NEW_PASSWORD, 303)]
    {
        assert_eq!(story.post(admin, "/settings/profile/password", &fields(current, new)).status, status);
    }
    for page in [
        "/employees",
        "/groups",
        "/provisioning-log",
        "/audit-log",
        "/settings",
        "/settings/profile",
        "/settings/notices",
        "/settings/accounts",
        "/nothing",
        "/employees/none",
        "/healthz",
        "/readyz",
    ] {
        story.get(admin, page);
    }
    let export = admin.post("/provisioning-log/export", &[("format", "json")]);
    story.look("the export", &export, &[]);
}

fn uses_the_terminal(story: &Story) {
    let account =
        ["account", "create", "--tenant", "Acme", "--email", "ben@acme.test", "--role", "admin", "--password-stdin"];
    story.run(&account, &format!("{CLI_PASSWORD}\n"), &[]);
    story.run(&account, &format!("{CLI_PASSWORD}\n"), &[]);
    let issued = story.run(&["token", "issue", "--tenant", "Acme", "--provider", "okta", "--name", "x"], "", &[]);
    let token = story.marks.add("the token from the terminal", issued.trim());
    story.run(&["token", "list", "--tenant", "Acme", "--json"], "", &[]);
    story.run(&["doctor"], "", &[]);
    story.run(&["doctor", "--json", "--smtp-url", &format!("smtp://notices:{SMTP_PASSWORD}%zz@127.0.0.1:9")], "", &[]);
    story.run(&["serve", "--help"], "", &[]);
    story.run(
        &["tenant", "list", "--database-url", &format!("postgres://u:{DATABASE_PASSWORD}@127.0.0.1:9/none")],
        "",
        &[],
    );
    story.run(
        &["tenant", "list", "--database-url", &format!("mysql://u:{DATABASE_PASSWORD}@127.0.0.1:9/none")],
        "",
        &[],
    );
    story.run(&["check", "--url", &format!("{}/scim", story.url), "--token-stdin"], &token, &[]);
    story.run(&["rehearse", "--url", "http://127.0.0.1:9/scim", "--token-stdin", "--users", "1"], &token, &[]);
    story.run(&["audit", "verify"], "", &[]);
    let reporter = Client::new(story.url.clone(), None);
    story.look("/token-report", &reporter.send("POST", "/token-report", &[], Some(token.as_bytes())), &[]);
}

/// The database as it is, and a backup of it.
fn searches_what_is_stored(story: &Story, database: &TestDatabase) {
    let folder = TemporaryFolder::new();
    let backup = folder.path().join("backup").display().to_string();
    story.run(&["backup", &backup], "", &[]);
    let mut unpacked = Vec::new();
    let packed = std::fs::File::open(&backup).expect("a backup");
    flate2::read::MultiGzDecoder::new(packed).read_to_end(&mut unpacked).expect("a compressed file");
    assert!(unpacked.len() > 10_000, "{} bytes", unpacked.len());
    story.note(story.marks.found("the backup", &unpacked, &[]));
    let copied = folder.path().join("copy.db").display().to_string();
    let from = story.settings[0].1.clone();
    story.run(&["copy", "--from", &from, "--to", &format!("sqlite:{copied}")], "", &[]);
    let mut seen = 0;
    for (path, bytes) in files(folder.path()).into_iter().chain(files(database.folder())) {
        seen += bytes.len();
        story.note(story.marks.found(&path.file_name().expect("a name").to_string_lossy(), &bytes, &[]));
    }
    assert!(seen > 100_000, "{seen} bytes");
}

#[test]
fn secrets_are_where_they_belong_and_nowhere_else() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mut leaks = story(engine);
        leaks.sort();
        leaks.dedup();
        assert_eq!(leaks, Vec::<String>::new(), "{engine:?}");
    }
}
