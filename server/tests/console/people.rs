//! Employees and groups, as a browser without scripts meets them.

use scim::urn;
use serde_json::{Value, json};
use store::accounts::Role;
use store::integrations::Provider;

use crate::support::browser::{Browser, plain};
use crate::support::{Client, id, on_each_engine};

fn hire(client: &Client, person: Value) -> String {
    id(&client.post("/Users", person).expect(201)).to_owned()
}

fn found(client: &Client, name: &str, members: &[&str]) -> String {
    let members: Vec<Value> = members.iter().map(|member| json!({ "value": member })).collect();
    id(&client.post("/Groups", json!({ "displayName": name, "members": members })).expect(201)).to_owned()
}

/// The names in a list, in its order.
fn names(page: &str) -> Vec<String> {
    let rows = page.split("<th scope=\"row\">").skip(1);
    rows.map(|row| row.split("<bdi>").nth(1).and_then(|name| name.split('<').next()).unwrap_or_default().to_owned())
        .collect()
}

/// The address of a link by its `rel`.
fn link(page: &str, rel: &str) -> Option<String> {
    let tag = page.split("<a ").find(|tag| tag.contains(&format!("rel=\"{rel}\"")))?;
    Some(tag.split("href=\"").nth(1)?.split('"').next()?.replace("&amp;", "&"))
}

#[test]
fn a_list_is_walked_in_both_directions_and_keeps_what_was_asked_for() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (client, admin) = (acme.scim(), acme.admin());
        for number in 0..60 {
            hire(&client, json!({"userName": format!("u{number:02}"), "displayName": format!("Person {number:02}")}));
        }
        let first = admin.page("/employees?q=pers&sort=name-desc");
        assert_eq!((names(&first).len(), names(&first)[0].as_str()), (50, "Person 59"));
        assert!(first.contains("Showing 50 of 60") && link(&first, "prev").is_none(), "{first}");
        let next = link(&first, "next").expect("a next page");
        assert!(next.contains("q=pers") && next.contains("sort=name-desc"), "{next}");
        let second = admin.page(&next);
        assert_eq!((names(&second).len(), names(&second)[9].as_str()), (10, "Person 00"));
        assert!(link(&second, "next").is_none());
        assert_eq!(names(&admin.page(&link(&second, "prev").expect("a way back"))), names(&first));
        assert!(admin.page("/employees?after=gone").contains("The list has changed meanwhile"));
        assert!(admin.page("/employees?sort=nonsense&status=x&provider=x").contains("Person 00"), "as if not there");
    });
}

#[test]
fn employees_are_narrowed_by_words_status_provider_and_group() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let okta = acme.scim_with(&acme.token_for(Provider::Okta, None).0);
        let (client, admin) = (acme.scim(), acme.admin());
        let ada = hire(
            &client,
            json!({"userName": "ada@acme.test", "displayName": "Ada Lovelace", urn::ENTERPRISE: {"department": "R&D Lab"}}),
        );
        hire(&client, json!({"userName": "zoe", "displayName": "Zoë Éclair", "active": false}));
        hire(&okta, json!({"userName": "bob", "displayName": "Bob Ada-Smith", "title": "Analyst"}));
        let group = found(&client, "Staff", &[&ada]);
        let names_at = |query: &str| names(&admin.page(&format!("/employees?{query}")));
        assert_eq!(names_at(""), ["Ada Lovelace", "Bob Ada-Smith", "Zoë Éclair"]);
        for (query, wanted) in [
            ("q=ada", &["Ada Lovelace", "Bob Ada-Smith"][..]),
            ("q=lab+love", &["Ada Lovelace"]),
            ("q=ada%40ac", &["Ada Lovelace"]),
            ("q=ZOE+eclair", &["Zoë Éclair"]),
            ("q=analyst", &["Bob Ada-Smith"]),
            ("q=velace", &[]),
            ("status=inactive", &["Zoë Éclair"]),
            ("status=active&q=e", &[]),
            ("provider=okta", &["Bob Ada-Smith"]),
            (&format!("group={group}"), &["Ada Lovelace"]),
            (&format!("group={group}&q=bob"), &[]),
            ("sort=changed", &["Bob Ada-Smith", "Zoë Éclair", "Ada Lovelace"]),
        ] {
            let mut names = names_at(query);
            if query == "sort=changed" {
                names.sort();
                assert_eq!(names.len(), wanted.len(), "{query}: the clock stands still");
            } else {
                assert_eq!(names, wanted, "{query}");
            }
        }
        let nobody = admin.page("/employees?q=nobody");
        assert!(nobody.contains("Nobody matches") && nobody.contains("Show all employees"), "{nobody}");
        assert!(nobody.contains("value=\"nobody\"") && nobody.contains("Finds the beginnings of words"), "{nobody}");
        assert!(admin.page(&format!("/employees?group={group}")).contains("Members of "));
    });
}

/// More groups than a list can offer: a name is typed, whole or by the beginnings of its words.
#[test]
fn a_group_among_very_many_is_typed() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (client, admin) = (acme.scim(), acme.admin());
        let ada = hire(&client, json!({"userName": "ada", "displayName": "Ada"}));
        hire(&client, json!({"userName": "bob", "displayName": "Bob"}));
        let sales = found(&client, "Sales Europe", &[&ada]);
        found(&client, "Sales Asia", &[]);
        let page = admin.page("/employees");
        assert!(page.contains("<select id=\"filter-group\"") && page.contains("Sales Asia"), "{page}");
        let operations: Vec<Value> = (0..100)
            .map(|at| json!({"method": "POST", "path": "/Groups", "bulkId": at.to_string(), "data": {"displayName": format!("Team {at}")}}))
            .collect();
        client.post("/Bulk", json!({"schemas": [urn::BULK_REQUEST], "Operations": operations})).expect(200);
        let page = admin.page("/employees");
        assert!(page.contains("<input id=\"filter-group\" type=\"search\" name=\"group\""), "{page}");
        assert!(!page.contains("<select id=\"filter-group\""), "{page}");
        for asked in ["sales+europe", "SALES+EUROPE", "eu", "sal+eur", &sales] {
            let page = admin.page(&format!("/employees?group={asked}"));
            assert_eq!(names(&page), ["Ada"], "{asked}");
            assert!(page.contains("Members of ") && page.contains("value=\"Sales Europe\""), "{asked}: {page}");
        }
        let several = admin.page("/employees?group=sales&status=active");
        assert!(several.contains("Which group?") && names(&several).is_empty(), "{several}");
        let address = format!("/employees?status=active&amp;group={sales}");
        assert!(several.contains(&address) && several.contains("Sales Asia"), "{several}");
        assert!(!several.contains("There are others"));
        assert!(admin.page("/employees?group=team").contains("There are others: type more of the name."));
        let unknown = admin.page("/employees?group=marketing");
        assert!(unknown.contains("No group is called so") && names(&unknown).is_empty(), "{unknown}");
        assert!(unknown.contains("value=\"marketing\""), "what was typed stays");
        assert!(admin.page("/employees?group=%00").contains("No group is called so"));
        assert!(admin.page("/employees?q=a%00%40b").contains("Nobody matches"), "a database may know no such letter");
    });
}

#[test]
fn a_person_has_sections_manager_reports_groups_and_a_timeline() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (client, admin) = (acme.scim(), acme.admin());
        let grace = hire(&client, json!({"userName": "grace", "displayName": "Grace Hopper"}));
        let ada = hire(
            &client,
            json!({
                "userName": "ada", "displayName": "Ada Lovelace", "title": "Analyst",
                "emails": [{"value": "ada@acme.test", "type": "work", "primary": true}],
                "addresses": [{"type": "work", "locality": "London"}],
                urn::ENTERPRISE: {"department": "R&D", "manager": {"value": grace}},
            }),
        );
        let group = found(&client, "Staff", &[&ada]);
        client
            .patch(&format!("/Users/{ada}"), json!([{"op": "replace", "path": "title", "value": "Countess"}]))
            .expect(200);
        client
            .patch(&format!("/Users/{ada}"), json!([{"op": "Replace", "path": "active", "value": "False"}]))
            .expect(200);
        let page = admin.page(&format!("/employees/{ada}"));
        for text in [
            "Azure owns these fields",
            "<h2>Name</h2>",
            "<h2>Contact</h2>",
            "Email (work, primary)",
            "<h2>Work</h2>",
            "<h2>Addresses</h2>",
            "<h2>Account</h2>",
            "Deactivated on 23 Nov 2026, 09:00 UTC by Azure",
            "op: Replace was read in lower case.",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(
            page.contains(&format!("href=\"/employees/{grace}\""))
                && page.contains(&format!("href=\"/groups/{group}\""))
        );
        let (before, after) = page.split_once("<del>").expect("a value before");
        assert!(after.contains("Analyst") && after.contains("Countess") || before.contains("Countess"), "{page}");
        let events: Vec<&str> = page.match_indices("/provisioning-log/").map(|(at, _)| &page[at..at + 54]).collect();
        assert_eq!(events.len(), 3, "created, updated, disabled, each with its place in the log");
        let manager = admin.page(&format!("/employees/{grace}"));
        assert!(manager.contains("Direct reports") && manager.contains("Ada Lovelace"), "{manager}");
        assert!(manager.contains("(inactive)") && manager.contains("In no group."), "{manager}");
    });
}

#[test]
fn a_group_lists_its_members_page_by_page() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (client, admin) = (acme.scim(), acme.admin());
        let people: Vec<String> = (0..51)
            .map(|number| {
                hire(&client, json!({"userName": format!("u{number:02}"), "displayName": format!("P{number:02}")}))
            })
            .collect();
        let mut members: Vec<&str> = people.iter().map(String::as_str).collect();
        let inner = found(&client, "Inner <circle>", &[]);
        members.push(&inner);
        let group = found(&client, "Everyone here", &members);
        let list = admin.page("/groups");
        assert_eq!(names(&list), ["Everyone here", "Inner &lt;circle&gt;"]);
        assert!(list.contains("52 members") && list.contains("0 members"), "{list}");
        assert_eq!(names(&admin.page("/groups?q=here")), ["Everyone here"]);
        assert!(admin.page("/groups?q=nothing").contains("No group matches"));
        let page = admin.page(&format!("/groups/{group}"));
        assert_eq!((names(&page).len(), names(&page)[0].as_str()), (50, "P00"));
        assert!(page.contains("52 members") && page.contains("Groups in it") && page.contains("Azure owns"), "{page}");
        assert!(page.contains(&format!("href=\"/groups/{inner}\"")), "{page}");
        let rest = admin.page(&link(&page, "next").expect("a next page"));
        assert_eq!(names(&rest), ["P50"]);
        client.patch(&format!("/Groups/{group}"), json!([{"op": "remove", "path": "members"}])).expect(200);
        let empty = admin.page(&format!("/groups/{group}"));
        assert!(empty.contains("No employee is a member.") && empty.contains("52 members removed."), "{empty}");
    });
}

#[test]
fn raw_json_is_what_the_endpoint_answers() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (client, admin) = (acme.scim(), acme.admin());
        let long = "ä".repeat(100_000);
        let ada = hire(&client, json!({"userName": "a\u{202e}da", "title": long}));
        let group = found(&client, "Staff", &[&ada]);
        let file = admin.get(&format!("/employees/{ada}/scim.json"));
        assert_eq!(
            file.header("content-disposition"),
            format!("attachment; filename=\"{}.json\"", ada.replace('-', ""))
        );
        assert_eq!(file.header("cache-control"), "no-store");
        let mut answered = client.get(&format!("/Users/{ada}")).expect(200);
        let mut shown = file.expect(200);
        // The two are asked for at different addresses.
        for answer in [&mut answered, &mut shown] {
            answer["meta"]["location"] = Value::Null;
            answer["groups"][0]["$ref"] = Value::Null;
        }
        assert_eq!(shown, answered);
        let page = admin.page(&format!("/employees/{ada}"));
        assert!(page.contains("a\\u202eda") && !page.contains('\u{202e}'), "named, and not at work");
        assert!(page.contains("Long values are cut here") && page.len() < 150_000, "{}", page.len());
        let file = admin.get(&format!("/groups/{group}/scim.json")).expect(200);
        assert_eq!((file["displayName"].as_str(), file.get("members")), (Some("Staff"), None));
    });
}

/// What a directory may send: markup, directions, letters without width, a mebibyte.
#[test]
fn hostile_text_is_shown_and_does_nothing() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (client, admin) = (acme.scim(), acme.admin());
        let name = "<script>alert(1)</script>\u{202e}txt.exe\u{200b}";
        let long = format!("{}=cmd|' /C calc'!A0", "x".repeat(1_000_000));
        let ada = hire(
            &client,
            json!({"userName": "ada", "displayName": name, "title": long, "nickName": "\"'><img src=x onerror=1>"}),
        );
        let group = found(&client, name, &[&ada]);
        client
            .patch(&format!("/Users/{ada}"), json!([{"op": "replace", "path": "nickName", "value": name}]))
            .expect(200);
        for path in [
            "/employees".to_owned(),
            format!("/employees/{ada}"),
            "/groups".to_owned(),
            format!("/groups/{group}"),
            "/employees?q=%3Cscript%3E".to_owned(),
        ] {
            let answer = admin.get(&path);
            let page = plain(&answer.text);
            assert_eq!(answer.status, 200, "{path}");
            assert!(!page.contains("<script>alert") && !page.contains("<img"), "{path}");
            assert!(!page.contains(['\u{202e}', '\u{200b}']), "{path}");
            assert!(page.contains(">U+202E</span>"), "{path}: {page}");
            assert!(page.len() < 150_000, "{path}: {} bytes", page.len());
        }
    });
}

#[test]
fn everyone_who_signed_in_sees_people_and_nobody_else_does() {
    on_each_engine(|server| {
        let (acme, other) = (server.tenant("Acme"), server.tenant("Other"));
        let client = acme.scim();
        let ada = hire(&client, json!({"userName": "ada", "displayName": "Ada of Acme"}));
        let group = found(&client, "Staff of Acme", &[&ada]);
        let paths = [
            "/employees".to_owned(),
            "/groups".to_owned(),
            format!("/employees/{ada}"),
            format!("/employees/{ada}/scim.json"),
            format!("/groups/{group}"),
            format!("/groups/{group}/scim.json"),
            format!("/employees?group={group}"),
            format!("/employees?after={ada}"),
        ];
        let viewer = acme.account("viewer@acme.test", Role::Viewer);
        let (stranger, nobody): (Browser, Browser) = (other.admin(), server.browser());
        for path in &paths {
            assert_eq!(viewer.get(path).status, 200, "{path}");
            assert_eq!(nobody.get(path).status, 303, "{path}");
            let answer = stranger.get(path);
            assert!(!answer.text.contains("of Acme"), "{path}");
            assert_eq!(answer.status, if path.contains("s/") { 404 } else { 200 }, "{path}");
        }
        let (empty, none) = (viewer.page("/groups?q=x"), stranger.page("/groups"));
        assert!(empty.contains("No group matches") && none.contains("No groups yet"), "{none}");
    });
}
