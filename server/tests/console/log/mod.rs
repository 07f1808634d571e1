//! The provisioning log, its events and files, and the audit log.

mod files;

use std::time::{Duration, Instant};

use serde_json::json;
use store::accounts::Role;
use store::integrations::Provider;

use crate::support::browser::{Browser, plain};
use crate::support::{id, on_each_engine};

const LOG: &str = "/provisioning-log";

/// What fails is written down a little later: the page, once it says so.
#[track_caller]
fn page_with(browser: &Browser, path: &str, words: &str) -> String {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let page = browser.page(path);
        if text(&page).contains(words) {
            return page;
        }
        assert!(Instant::now() < end, "{path} never said \"{words}\": {}", text(&page));
        std::thread::yield_now();
    }
}

/// What can be read on a page.
fn text(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text += part.split_once('>').map_or("", |(_, text)| text);
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What can be read in the lines of a list.
fn lines(html: &str) -> String {
    text(html.split("<tbody").nth(1).unwrap_or_default())
}

/// The address of the first event whose line says this.
#[track_caller]
fn event(page: &str, words: &str) -> String {
    let line = page
        .split("<tr")
        .skip(1)
        .find(|line| text(line).contains(words))
        .unwrap_or_else(|| panic!("no {words}: {}", text(page)));
    let start = line.find("/provisioning-log/").expect("a link");
    line[start..].split('"').next().expect("an address").to_owned()
}

#[test]
fn every_write_and_failure_is_a_line_in_words() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (scim, admin) = (acme.scim(), acme.admin());
        assert!(text(&admin.page(LOG)).contains("Waiting for the first request"));
        let ada = scim.post("/Users", json!({"userName": "ada", "displayName": "Ada Lovelace"})).expect(201);
        let path = format!("/Users/{}", id(&ada));
        scim.patch(&path, json!([{"op": "Replace", "path": "title", "value": "Countess"}])).expect(200);
        scim.patch(&path, json!([{"op": "Replace", "path": "active", "value": "False"}])).expect(200);
        scim.patch(&path, json!([{"op": "replace", "value": {"active": true}}])).expect(200);
        scim.patch(&path, json!([{"op": "replace", "value": {"active": true}}])).expect(200);
        let group = scim.post("/Groups", json!({"displayName": "Floor 4"})).expect(201);
        let floor = format!("/Groups/{}", id(&group));
        scim.patch(&floor, json!([{"op": "add", "path": "members", "value": [{"value": id(&ada)}]}])).expect(200);
        scim.patch(&floor, json!([{"op": "remove", "path": "members"}])).expect(200);
        scim.get("/Users").expect(200);
        scim.post("/Users", json!({"userName": "ADA"})).refused(409, "uniqueness", "userName");
        scim.get("/Users?filter=x").refused(400, "invalidFilter", "filter");
        scim.patch("/Users/nobody", json!([{"op": "remove", "path": "title"}])).refused(404, "", "nobody");
        scim.delete(&path).expect(204);
        server.stranger().get("/Users");
        let page = page_with(&admin, LOG, "Refused a request from 127.0.0.1");
        let page = text(&if text(&page).contains("Could not update user nobody") {
            page
        } else {
            page_with(&admin, LOG, "Could not update user nobody")
        });
        for words in [
            "Created Ada Lovelace",
            "Updated Ada Lovelace title: empty → “Countess”",
            "Disabled Ada Lovelace",
            "coerced",
            "Enabled Ada Lovelace again",
            "Sent Ada Lovelace without a change",
            "Created Floor 4",
            "Added 1 member to Floor 4",
            "Removed 1 member from Floor 4",
            "Could not create ADA userName: another resource already has this value",
            "409 uniqueness",
            "Could not answer GET /scim/Users",
            "400 invalidFilter",
            "Could not update user nobody",
            "Deleted Ada Lovelace",
            "Refused a request from 127.0.0.1",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert_eq!(page.matches("GET ·").count(), 2, "what was read is not listed: {page}");
    });
}

#[test]
fn an_event_tells_what_to_do_and_hides_whom_it_is_about() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (scim, admin) = (acme.scim(), acme.admin());
        let body = json!({"userName": "ada@acme.test", "displayName": "Ada", "password": "hunter2", "shoeSize": 9});
        scim.send_json("POST", "/Users", &[("client-request-id", "c-0042")], &body).expect(201);
        scim.send_json("POST", "/Users", &[("client-request-id", "c-0042")], &body).refused(409, "uniqueness", "");
        let list = page_with(&admin, &format!("{LOG}?correlation=c-0042"), "Could not create ada@acme.test");
        let failed = text(&admin.page(&event(&list, "Could not create")));
        for words in ["How to fix", "match on userName", "Correlation id c-0042", "409 uniqueness", "POST /scim/Users"]
        {
            assert!(failed.contains(words), "{words}: {failed}");
        }
        let address = event(&list, "Created Ada");
        let page = admin.page(&address);
        assert!(text(&page).contains("Ignored shoeSize") && text(&page).contains("Changed attributes"), "{page}");
        let body = page.split("What was sent").nth(1).expect("a body");
        assert!(!body.contains("acme.test") && body.contains("•••") && !page.contains("hunter2"), "{body}");

        let reveal = format!("{address}/reveal");
        let shown = admin.post(&reveal, &[]);
        assert_eq!((shown.status, shown.header("cache-control")), (200, "no-store"));
        let shown = plain(&shown.text);
        let body = shown.split("What was sent").nth(1).expect("a body");
        assert!(body.contains("ada@acme.test") && body.contains("not kept") && !shown.contains("hunter2"), "{body}");
        assert!(
            !admin.page(&address).split("What was sent").nth(1).expect("a body").contains("acme.test"),
            "this once"
        );
        let audit = text(&admin.page("/audit-log?action=events.reveal"));
        assert!(audit.contains("Looked at personal data of event"), "{audit}");

        for role in [Role::Power, Role::Viewer] {
            let other = acme.account(&format!("{}@acme.test", role.name()), role);
            assert!(!other.page(&address).contains("Show personal data"));
            assert_eq!(other.post(&reveal, &[]).status, 403, "{role:?}");
        }
        let it = acme.account("it@acme.test", Role::It);
        assert_eq!(it.post(&reveal, &[]).status, 200);
        assert_eq!(it.get(&reveal).header("location"), address);
        assert_eq!(it.post(&format!("{LOG}/none/reveal"), &[]).status, 404);
        let stranger = server.tenant("Other").admin();
        assert_eq!((stranger.get(&address).status, stranger.post(&reveal, &[]).status), (404, 404));
        assert!(!stranger.page(LOG).contains("Ada"));
    });
}

#[test]
fn roles_see_what_is_theirs() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        acme.scim().post("/Users", json!({"userName": "ada"})).expect(201);
        for role in Role::ALL {
            let person = acme.account(&format!("{}@acme.test", role.name()), role);
            let page = person.page(LOG);
            let audit = role.reads_audit();
            assert_eq!(page.contains("/audit-log"), audit, "{role:?}");
            assert_eq!(page.contains("Export CSV"), audit, "{role:?}");
            assert_eq!(person.get("/audit-log").status, if audit { 200 } else { 403 });
            assert_eq!(
                person.post(&format!("{LOG}/export"), &[("format", "csv")]).status,
                if audit { 200 } else { 403 }
            );
        }
        assert_eq!(server.browser().get(LOG).status, 303);
        assert_eq!(server.browser().post(&format!("{LOG}/export"), &[("format", "csv")]).status, 303);
    });
}

#[test]
fn refusals_say_why_and_alike_ones_are_one() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let (revoked, revoked_id) = acme.token_for(Provider::Okta, None);
        acme.revoke(&revoked_id);
        for _ in 0..5 {
            acme.scim_with(&revoked).get("/Users").refused(401, "", "token");
        }
        acme.scim_with("wrong").get("/Users").refused(401, "", "token");
        let last_four = &revoked[revoked.len() - 4..];
        let address = format!("{LOG}?outcome=refused&via={}", revoked_id.as_str());
        let page = page_with(&admin, &address, &format!("…{last_four}"));
        assert!(!page.contains(&revoked));
        let one = text(&admin.page(&event(&page, last_four)));
        assert!(one.contains("revoked on") && one.contains("by test") && one.contains("How to fix"), "{one}");
        page_with(&admin, &format!("{LOG}?outcome=problems"), "None");

        // A second company: what no token tells could be either's, and is shown to neither.
        let other = server.tenant("Other");
        let theirs = other.admin();
        server.clock.advance(time::Duration::minutes(2));
        acme.scim_with("wrong").post("/Users", json!({})).refused(401, "", "token");
        other.scim().post("/Users", json!({})).refused(400, "invalidValue", "userName");
        let page = page_with(&theirs, LOG, "Could not create");
        assert!(!lines(&page).contains("Refused"), "{}", lines(&page));
        assert!(!text(&admin.page(LOG)).contains("POST ·"));
    });
}

#[test]
fn filters_stand_in_the_address_and_pages_have_no_numbers() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (scim, admin) = (acme.scim(), acme.admin());
        for number in 0..60 {
            scim.post("/Users", json!({"userName": format!("person-{number:02}")})).expect(201);
            server.clock.advance(time::Duration::seconds(1));
        }
        let first = admin.page(&format!("{LOG}?action=created"));
        assert!(text(&first).contains("person-59") && !text(&first).contains("person-09"));
        let older = link(&first, "next");
        assert!(older.contains("action=created"), "the filter stays: {older}");
        let second = admin.page(&older);
        assert!(
            text(&second).contains("person-09")
                && text(&second).contains("person-00")
                && !second.contains("rel=\"next\"")
        );
        let back = admin.page(&link(&second, "prev"));
        assert!(
            text(&back).contains("person-59")
                && text(&back).contains("person-10")
                && !text(&back).contains("person-09")
        );
        let found = text(&admin.page(&format!("{LOG}?q=PERSON-07")));
        assert!(found.contains("Created person-07") && !found.contains("person-08"), "{found}");
        assert!(text(&admin.page(&format!("{LOG}?q=nobody"))).contains("Nothing matches"));
        assert!(text(&admin.page(&format!("{LOG}?from=2026-11-24"))).contains("Nothing matches"));
        assert!(text(&admin.page(&format!("{LOG}?from=2026-11-23&to=2026-11-23"))).contains("person-59"));
        for strange in ["?outcome=x&action=y&from=z&before=%00", "?via=%00", "?q=%00", "?after=zzz", "?q=%F0%9F%98%80"]
        {
            admin.page(&format!("{LOG}{strange}"));
        }

        let newest = event(&first, "person-59").rsplit('/').next().expect("an id").to_owned();
        let fresh = format!("{LOG}/new?after={newest}&action=created");
        assert_eq!(admin.get(&fresh).status, 204);
        scim.post("/Users", json!({"userName": "late"})).expect(201);
        scim.post("/Groups", json!({"displayName": "late"})).expect(201);
        let answer = admin.get(&fresh);
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        assert_eq!(text(&plain(&answer.text)), "2 new events, show");
        assert!(answer.text.contains("href=\"/provisioning-log?action=created\""), "{}", answer.text);
        assert_eq!(server.browser().get(&fresh).status, 303);
    });
}

/// The address of a step between pages.
#[track_caller]
fn link(html: &str, rel: &str) -> String {
    let tag =
        html.split("<a ").find(|tag| tag.contains(&format!("rel=\"{rel}\""))).unwrap_or_else(|| panic!("no {rel}"));
    tag.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an address").replace("&amp;", "&")
}

#[test]
fn each_operation_of_a_bulk_request_is_a_line() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (scim, admin) = (acme.scim(), acme.admin());
        scim.post("/Users", json!({"userName": "taken"})).expect(201);
        let post = |name: &str| json!({"method": "POST", "path": "/Users", "bulkId": name, "data": {"userName": name, "password": "hunter2"}});
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [post("fresh"), post("taken"), {"method": "BREW", "path": "/Users"}],
        });
        scim.post("/Bulk", body).expect(200);
        let page = page_with(&admin, LOG, "Could not create taken");
        assert!(
            lines(&page).contains("Created fresh") && lines(&page).contains("Could not answer BREW"),
            "{}",
            lines(&page)
        );
        assert_eq!(page.matches("<tr").count(), 1 + 4, "the request as a whole is no line of its own");
        let one = admin.page(&event(&page, "Could not create taken"));
        assert!(text(&one).contains("POST /scim/Bulk → /Users") && !one.contains("hunter2"), "{}", text(&one));
    });
}
