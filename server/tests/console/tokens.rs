//! The life of a token in the console.

use store::events;
use time::Duration;

use super::{AZURE, activate, generate, shown};
use crate::support::browser::{plain, value_of};
use crate::support::{TestServer, on_each_engine};

/// The status that a client with this token gets.
fn status(server: &TestServer, token: &str) -> u16 {
    crate::support::Client::new(server.url("/scim"), Some(token)).get("/Users").status
}

/// A company's admin, on an integration that has no token yet.
fn admin(server: &TestServer) -> crate::support::browser::Browser {
    let code = server.setup_code();
    let fields = [
        ("code", code.as_str()),
        ("company", "Acme"),
        ("email", "ada@acme.test"),
        ("password", "correct horse battery"),
    ];
    let browser = server.browser();
    browser.submit("/setup", &fields);
    browser
}

#[test]
fn a_token_works_from_activate_on_and_is_shown_once() {
    on_each_engine(|server| {
        let admin = admin(server);
        let (token, id) = generate(&admin);
        assert_eq!(status(server, &token), 401, "shown, not activated");
        let page = admin.submit(&format!("{AZURE}/activate"), &[("token_id", &id)]);
        assert!(page.contains("Configure") && !page.contains(&token), "{page}");
        assert_eq!(status(server, &token), 200);
        let page = admin.page(AZURE);
        assert!(!page.contains(&token) && page.contains(&token[token.len() - 4..]), "only its last letters");
        let again = admin.submit(&format!("{AZURE}/activate"), &[("token_id", &id)]);
        assert!(again.contains("Azure is active"), "a second click finds what it asked for");
        let acts = server.read(async |conn| {
            let tenant = store::tenants::list(conn).await?.remove(0).id;
            store::audit::latest(conn, &tenant, 20).await
        });
        assert_eq!(acts.iter().filter(|act| act.1 == "token.activate").count(), 1, "{acts:?}");
    });
}

#[test]
fn a_form_sent_twice_issues_once() {
    on_each_engine(|server| {
        let admin = admin(server);
        let key = value_of(&admin.page("/settings/integrations/provisioning-sso"), "request_key");
        let first = admin.post(AZURE, &[("request_key", &key)]);
        assert_eq!((first.status, first.header("cache-control")), (200, "no-store"));
        let again = admin.post(AZURE, &[("request_key", &key)]);
        assert_eq!(again.status, 409);
        assert!(!again.text.contains(&shown(&first.text).0) && !again.text.contains("name=\"token_id\""));
        assert_eq!(admin.post(AZURE, &[]).status, 400, "a form without its key is not ours");
        assert_eq!(admin.post("/settings/integrations/provisioning-sso/adfs", &[("request_key", "k")]).status, 404);
    });
}

#[test]
fn discarded_and_superseded_tokens_never_work() {
    on_each_engine(|server| {
        let admin = admin(server);
        let (first, first_id) = generate(&admin);
        let (second, second_id) = generate(&admin);
        let late = admin.post(&format!("{AZURE}/activate"), &[("token_id", &first_id)]);
        assert_eq!(late.status, 409, "a stale tab cannot activate the token of an older form");
        admin.submit(&format!("{AZURE}/discard"), &[("token_id", &second_id)]);
        assert_eq!(admin.post(&format!("{AZURE}/activate"), &[("token_id", &second_id)]).status, 409);
        assert_eq!((status(server, &first), status(server, &second)), (401, 401));
    });
}

#[test]
fn rotation_overlaps_for_as_long_as_was_chosen() {
    on_each_engine(|server| {
        let admin = admin(server);
        let old = activate(&admin);
        let id = value_of_link(&admin.page(AZURE), "rotate");
        let key = value_of(&admin.page(&format!("{AZURE}/tokens/{id}/rotate")), "request_key");
        let rotate = |overlap: &str| {
            admin.post(&format!("{AZURE}/tokens/{id}/rotate"), &[("request_key", &key), ("overlap", overlap)])
        };
        assert_eq!(rotate("9y").status, 400);
        let answer = rotate("1h");
        let (new, _) = shown(&plain(&answer.text));
        assert_eq!((status(server, &old), status(server, &new)), (200, 200));
        assert_eq!(rotate("1h").status, 409, "sent twice");
        assert!(admin.page(AZURE).contains("Two tokens work already"));
        server.clock.advance(Duration::minutes(60));
        let admin = server.signed_in("ada@acme.test");
        assert_eq!((status(server, &old), status(server, &new)), (401, 200));
        let id = value_of_link(&admin.page(AZURE), "rotate");
        let key = value_of(&admin.page(&format!("{AZURE}/tokens/{id}/rotate")), "request_key");
        admin.post(&format!("{AZURE}/tokens/{id}/rotate"), &[("request_key", &key), ("overlap", "0")]);
        assert_eq!(status(server, &new), 401, "no overlap: ended at once");
    });
}

#[test]
fn revoking_wants_the_last_letters_and_holds_at_once() {
    on_each_engine(|server| {
        let admin = admin(server);
        let token = activate(&admin);
        let path = format!("{AZURE}/tokens/{}/revoke", value_of_link(&admin.page(AZURE), "revoke"));
        for typed in ["", "xxxx"] {
            let refused = admin.post(&path, &[("confirmation", typed)]);
            assert_eq!(refused.status, 422);
            assert!(refused.text.contains("aria-invalid=\"true\""));
        }
        assert_eq!(status(server, &token), 200);
        let page = admin.submit(&path, &[("confirmation", &token[token.len() - 4..])]);
        assert!(page.contains("is revoked"), "{page}");
        assert_eq!(status(server, &token), 401);
        let acts = server.read(async |conn| {
            let tenant = store::tenants::list(conn).await?.remove(0).id;
            store::audit::latest(conn, &tenant, 10).await
        });
        let revoked = acts.iter().filter(|(_, action, _)| action == "token.revoke").count();
        assert_eq!(revoked, 1, "{acts:?}");
        assert!(acts.iter().all(|(actor, ..)| actor == "ada@acme.test"));
    });
}

#[test]
fn the_form_says_what_is_wrong_and_keeps_what_was_typed() {
    on_each_engine(|server| {
        let admin = admin(server);
        let fields = [("request_key", "k1"), ("label", "Mine"), ("lifetime", "30"), ("networks", "everywhere")];
        let answer = admin.post(AZURE, &fields);
        let page = plain(&answer.text);
        assert_eq!(answer.status, 422);
        assert!(page.contains("everywhere is no network") && page.contains("value=\"Mine\""), "{page}");
        assert!(page.contains("href=\"#networks\"") && page.contains("id=\"networks-error\""));
    });
}

#[test]
fn a_token_is_taken_only_from_its_networks() {
    on_each_engine(|server| {
        let admin = admin(server);
        for (networks, expected) in [("203.0.113.0/24", 403), ("203.0.113.0/24, 127.0.0.0/8", 200)] {
            let answer = admin.post(AZURE, &[("request_key", networks), ("networks", networks)]);
            let (token, id) = shown(&plain(&answer.text));
            admin.submit(&format!("{AZURE}/activate"), &[("token_id", &id)]);
            assert_eq!(status(server, &token), expected, "{networks}");
        }
    });
}

#[test]
fn what_cannot_be_seen_in_a_name_is_shown() {
    on_each_engine(|server| {
        let admin = admin(server);
        let answer = admin.post(AZURE, &[("request_key", "k"), ("label", "Azure\u{202e}txt")]);
        let (_, id) = shown(&plain(&answer.text));
        admin.submit(&format!("{AZURE}/activate"), &[("token_id", &id)]);
        for path in [AZURE.to_owned(), format!("{AZURE}/tokens/{id}/revoke"), format!("{AZURE}/tokens/{id}/rotate")] {
            let page = admin.page(&path);
            assert!(page.contains(">U+202E</span>") && !page.contains('\u{202e}'), "{path}: {page}");
        }
    });
}

#[test]
fn an_end_that_is_near_is_said_in_time() {
    on_each_engine(|server| {
        let admin = admin(server);
        let answer = admin.post(AZURE, &[("request_key", "k"), ("label", "Short"), ("lifetime", "30")]);
        admin.submit(&format!("{AZURE}/activate"), &[("token_id", &shown(&plain(&answer.text)).1)]);
        let said = |days: i64| {
            server.clock.advance(Duration::days(days));
            server.signed_in("ada@acme.test").page(AZURE)
        };
        assert!(said(1).contains("Rotate it in time."));
        assert!(said(16).contains("Rotate it this week."));
        assert!(said(11).contains("Rotate it today"));
        assert!(said(3).contains("Expired"));
    });
}

#[test]
fn the_card_tells_who_used_the_token_and_how_often() {
    on_each_engine(|server| {
        let admin = admin(server);
        let token = activate(&admin);
        let client = crate::support::Client::new(server.url("/scim"), Some(&token));
        let agent = [("user-agent", "Okta SCIM Client 1.0.0")];
        client.send("GET", "/Users", &agent, None);
        client.send("GET", "/Users/none", &agent, None);
        let mut page = String::new();
        // Counts are written down a moment later, off the request's path.
        for _ in 0..200 {
            page = admin.page(AZURE);
            if page.contains("Okta, 127.0.0.1") {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        assert!(page.contains("Okta, 127.0.0.1") && page.contains("request"), "{page}");
    });
}

#[test]
fn deleting_an_integration_ends_its_tokens_and_deactivates_when_asked() {
    on_each_engine(|server| {
        let admin = admin(server);
        let token = activate(&admin);
        let client = crate::support::Client::new(server.url("/scim"), Some(&token));
        let user = client.post("/Users", serde_json::json!({"userName": "ada"})).expect(201);
        let delete = format!("{AZURE}/delete");
        assert!(admin.page(&delete).contains("Delete this integration?"));
        assert_eq!(admin.post(&delete, &[]).status, 400, "the choice is not guessed");
        // Events of one millisecond have no order.
        server.clock.advance(Duration::seconds(1));
        let page = admin.submit(&delete, &[("employees", "deactivate")]);
        assert!(page.contains("1 of its employees were deactivated") || page.contains("1 employee"), "{page}");
        assert_eq!(status(server, &token), 401);
        let id = user["id"].as_str().expect("an id").to_owned();
        let actions = server.read(async |conn| {
            let tenant = store::tenants::list(conn).await?.remove(0).id;
            events::of_resource(conn, &tenant, &id, 5).await
        });
        assert_eq!(actions[0].action, events::Action::Disabled);
        assert!(admin.page(&format!("/employees/{id}")).contains("Inactive"));
        let again = activate(&admin);
        assert_eq!(status(server, &again), 200, "it can be activated again");
    });
}

/// The token's id in the first link to `…/tokens/ID/verb`.
#[track_caller]
fn value_of_link(html: &str, verb: &str) -> String {
    let end = html.find(&format!("/{verb}\"")).unwrap_or_else(|| panic!("no link to {verb} in {html}"));
    html[..end].rsplit('/').next().expect("an id").to_owned()
}
