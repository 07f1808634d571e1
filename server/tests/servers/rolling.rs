//! A newer version of the program adds to the database while this one runs, and while this one is started again.

use serde_json::json;
use store::testing::{Engine, TemporaryFolder, TestDatabase};

use super::{command, furnish};
use crate::cli::spaceiq_on;
use crate::support::browser::PASSWORD;
use crate::support::{Process, id};

/// What people and providers do in a day: all of it has to be taken, and to be there afterwards.
fn a_day(server: &Process, database: &str, (token, day): (&str, &str)) {
    let scim = server.scim(token);
    let ada = scim.post("/Users", json!({"userName": format!("ada {day}"), "displayName": "Ada"})).expect(201);
    let member = json!({"displayName": format!("Staff {day}"), "members": [{"value": id(&ada)}]});
    let staff = scim.post("/Groups", member).expect(201);
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    scim.patch(&format!("/Users/{}", id(&ada)), off).expect(200);
    scim.delete(&format!("/Groups/{}", id(&staff))).expect(204);
    let company = format!("Rehearsal {day}");
    command(database, &["tenant", "create", "--name", &company]);
    let theirs = command(database, &["token", "issue", "--tenant", &company, "--provider", "azure", "--name", "x"]);
    let url = format!("{}/scim", server.url);
    let size = ["--users", "30", "--groups", "4", "--change", "10%", "--offboard", "3"];
    let rehearsed = spaceiq_on(database, &[&["rehearse", "--url", &url, "--token-stdin"], &size[..]].concat(), &theirs);
    assert!(rehearsed.out.contains("the target equals the source"), "{}{}", rehearsed.out, rehearsed.err);
    let browser = server.browser();
    let answer = browser.post("/login", &[("email", "ada@acme.test"), ("password", PASSWORD)]);
    assert_eq!(answer.status, 303, "{}", answer.text);
    for page in ["/employees", "/groups", "/provisioning-log", "/audit-log", "/settings/accounts", "/settings/notices"]
    {
        assert_eq!(browser.get(page).status, 200, "{page}");
    }
    assert!(browser.page("/employees").contains(&format!("ada {day}")));
    assert_eq!(browser.post("/logout", &[]).status, 303);
    assert!(command(database, &["audit", "verify"]).contains("whole"));
}

#[test]
fn a_newer_version_may_add_to_the_database_meanwhile() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = runtime.block_on(TestDatabase::create(engine));
        let url = database.url.as_str();
        let server = Process::start(url, &[]);
        let token = furnish(url);
        a_day(&server, url, (&token, "1"));
        runtime.block_on(database.expand());
        a_day(&server, url, (&token, "2"));
        server.ask_to_stop();
        assert!(server.stopped().success());
        let again = Process::start(url, &[]);
        a_day(&again, url, (&token, "3"));
        let doctor = spaceiq_on(url, &["doctor"], "");
        assert!(doctor.out.contains("a newer program has added to the database"), "{}", doctor.out);
        let folder = TemporaryFolder::new();
        let file = folder.path().join("backup").display().to_string();
        command(url, &["backup", &file]);
        // What this version does not know it could not copy as it is meant.
        let target = format!("sqlite:{}", folder.path().join("copy.db").display());
        let copied = spaceiq_on(url, &["copy", "--from", url, "--to", &target], "");
        assert!(copied.code == 1 && copied.err.contains("bring both to one version"), "{}", copied.err);
    }
}
