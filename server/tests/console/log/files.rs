//! The log as a file, and the audit log.

use serde_json::{Value, json};
use store::accounts::Role;

use super::{LOG, lines, link, text};
use crate::support::on_each_engine;

#[test]
fn files_hold_what_the_list_does_and_no_formulas() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (scim, admin) = (acme.scim(), acme.admin());
        for number in 0..505 {
            scim.post("/Groups", json!({"displayName": format!("group-{number}")})).expect(201);
            server.clock.advance(time::Duration::milliseconds(1));
        }
        let formula = "=HYPERLINK(\"http://evil.test\",\"x\")";
        scim.post("/Users", json!({"userName": "evil@x.test", "displayName": formula, "title": "\u{202e}a,\r\nb"}))
            .expect(201);
        let csv = admin.post(&format!("{LOG}/export"), &[("format", "csv"), ("action", "created")]);
        assert_eq!(csv.status, 200, "{}", csv.text);
        assert!(csv.header("content-type").starts_with("text/csv") && csv.header("cache-control") == "no-store");
        assert!(csv.header("content-disposition").contains("provisioning-log.csv"));
        let lines: Vec<&str> = csv.text.split("\r\n").collect();
        assert_eq!(lines.len(), 1 + 506 + 1, "a heading, the events, and nothing after the last");
        assert!(lines[0].starts_with("\"time\",\"event\",\"what happened\""), "{}", lines[0]);
        assert!(lines[1].contains("\"Created =HYPERLINK(\"\"http://evil.test\"\",\"\"x\"\")\""), "{}", lines[1]);
        assert!(lines[1].contains("[U+202E]a,[U+000D][U+000A]b"), "{}", lines[1]);
        for line in &lines[..507] {
            let cells = line.trim_matches('"').split("\",\"");
            assert!(cells.clone().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{line}");
        }
        let ndjson = admin.post(&format!("{LOG}/export"), &[("format", "ndjson"), ("q", "evil")]);
        assert!(ndjson.header("content-type").starts_with("application/x-ndjson"));
        let objects: Vec<Value> = ndjson.text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!((objects.len(), &objects[0]["subject"], &objects[0]["status"]), (1, &json!(formula), &json!(201)));
        assert_ne!(objects[0]["request"]["userName"], "evil@x.test", "masked as on the page");
        let audit = text(&admin.page("/audit-log?action=events.export"));
        assert!(
            audit.contains("Exported the provisioning log /provisioning-log?action=created Format: csv"),
            "{audit}"
        );
        assert_eq!(admin.post(&format!("{LOG}/export"), &[]).status, 400);
        assert_eq!(admin.get(&format!("{LOG}/export")).status, 303);
    });
}

#[test]
fn the_audit_log_has_words_filters_and_pages() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        acme.account("ada@acme.test", Role::It);
        for _ in 0..50 {
            admin.post(&format!("{LOG}/export"), &[("format", "csv")]);
        }
        let first = admin.page("/audit-log");
        assert!(lines(&first).contains("Exported the provisioning log") && !lines(&first).contains("Signed in"));
        let second = admin.page(&link(&first, "next"));
        assert!(lines(&second).contains("Signed in"), "{}", text(&second));
        assert!(!link(&second, "prev").is_empty());
        let rows = |path: &str| admin.page(path).matches("<tr").count().saturating_sub(1);
        assert_eq!(rows("/audit-log?actor=ADA@acme.test"), 1);
        assert_eq!(rows("/audit-log?action=account.sign_in"), 2);
        assert_eq!(rows("/audit-log?from=2026-11-24"), 0);
        assert_eq!(rows("/audit-log?to=2026-11-23"), 50);
        assert!(!server.tenant("Other").admin().page("/audit-log").contains("ada@acme.test"));
        assert_eq!(server.browser().get("/audit-log").status, 303);
    });
}
