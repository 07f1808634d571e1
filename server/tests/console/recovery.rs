//! What a provider did by mistake can be taken back: one change, one person, or all of them at once.

use serde_json::{Value, json};
use store::{audit, events};
use time::Duration;

use crate::support::browser::{Browser, plain, value_of};
use crate::support::{Tenant, TestServer, id, on_each_engine};

const PROVIDER: &str = "/settings/integrations/provisioning-sso/azure";

/// So many employees, each in the group that is given.
fn hire(acme: &Tenant<'_>, count: usize) -> (Vec<String>, String) {
    let scim = acme.scim();
    let ids: Vec<String> = (0..count)
        .map(|number| {
            let user = scim.post("/Users", json!({"userName": format!("person{number}"), "active": true})).expect(201);
            id(&user).to_owned()
        })
        .collect();
    let members: Vec<Value> = ids.iter().map(|id| json!({ "value": id })).collect();
    let group = scim.post("/Groups", json!({"displayName": "Staff", "members": members})).expect(201);
    (ids, id(&group).to_owned())
}

fn disable(acme: &Tenant<'_>, id: &str) {
    let operations = json!([{"op": "Replace", "path": "active", "value": "False"}]);
    let answer = acme.scim().patch(&format!("/Users/{id}"), operations).expect(200);
    assert_eq!(answer["active"], false, "the answer is what Azure set");
}

fn delete(acme: &Tenant<'_>, id: &str) {
    acme.scim().delete(&format!("/Users/{id}")).expect(204);
    acme.scim().get(&format!("/Users/{id}")).expect(404);
}

/// Eleven of fifty are gone: five disabled, six deleted.
fn offboard_too_many(acme: &Tenant<'_>) -> (Vec<String>, String) {
    let (ids, group) = hire(acme, 50);
    for (number, id) in ids[..11].iter().enumerate() {
        if number % 2 == 0 { delete(acme, id) } else { disable(acme, id) }
    }
    (ids, group)
}

fn decide(browser: &Browser, decision: &str) -> String {
    let page = browser.page(&format!("{PROVIDER}/brake"));
    let brake = value_of(&page, "brake");
    browser.submit(&format!("{PROVIDER}/brake"), &[("brake", &brake), ("decision", decision)])
}

#[test]
fn an_integration_that_takes_too_many_waits_for_an_admin() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (ids, _) = hire(&acme, 50);
        let admin = acme.admin();
        for id in &ids[..10] {
            delete(&acme, id);
        }
        assert!(!admin.page("/employees").contains("See who, and decide"));
        disable(&acme, &ids[10]);
        for page in ["/employees", "/employees/deleted", PROVIDER, "/settings/integrations/provisioning-sso"] {
            let shown = admin.page(page);
            assert!(shown.contains("disabled or deleted 11 of its 50 employees within an hour"), "{page}: {shown}");
            assert!(shown.contains(&format!("{PROVIDER}/brake")), "{page}");
        }
        // Who leaves while it waits is counted at the next look.
        assert!(!admin.page("/employees").contains("Others followed"));
        delete(&acme, &ids[11]);
        disable(&acme, &ids[12]);
        for page in ["/employees", PROVIDER, &format!("{PROVIDER}/brake")] {
            let shown = admin.page(page);
            assert!(
                shown.contains("11 of its 50 employees") && shown.contains("Others followed: 13 in all."),
                "{shown}"
            );
        }
        // Everything else goes on: what Azure sends is answered as before, and a name that is free can be taken.
        let again = acme.scim().post("/Users", json!({"userName": "person0"})).expect(201);
        assert_ne!(id(&again), ids[0]);
        acme.scim().filter("/Users", r#"userName eq "person1""#).expect(200);
        // Who may not decide is told all the same.
        let viewer = acme.account("viewer@acme.test", store::accounts::Role::Viewer);
        let shown = viewer.page("/employees");
        assert!(shown.contains("Someone with the role Admin or IT decides") && !shown.contains("/brake"));
        let acts = server.read(async |conn| audit::latest(conn, &acme.id, 5).await);
        assert!(acts.iter().any(|(actor, action, _)| actor == "system" && action == "brake.pull"), "{acts:?}");
    });
}

#[test]
fn one_click_brings_all_of_them_back() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (ids, group) = offboard_too_many(&acme);
        let again = acme.scim().post("/Users", json!({"userName": "person0"})).expect(201);
        let admin = acme.admin();
        server.clock.advance(Duration::seconds(1));
        let page = decide(&admin, "restore");
        assert!(page.contains("restored them on") && page.contains("someone has this user name"), "{page}");
        for id in &ids[1..11] {
            let user = acme.scim().get(&format!("/Users/{id}")).expect(200);
            assert_eq!(user["active"], true);
            assert_eq!(user["groups"][0]["value"], group, "with their groups");
        }
        acme.scim().get(&format!("/Users/{}", ids[0])).expect(404);
        acme.scim().get(&format!("/Users/{}", id(&again))).expect(200);
        assert!(!admin.page("/employees").contains("See who, and decide"));
        // The clock stands still: a refusal that is written down a little later may sort before or behind.
        let events = server.read(async |conn| events::of_resource(conn, &acme.id, &ids[2], 5).await);
        assert!(events.iter().any(|event| event.action == events::Action::Restored), "{events:?}");
        assert!(admin.page("/provisioning-log").contains("Restored"));
    });
}

#[test]
fn what_was_meant_so_is_confirmed_and_can_still_be_restored() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (ids, _) = offboard_too_many(&acme);
        let admin = acme.admin();
        let page = admin.page(&format!("{PROVIDER}/brake"));
        let brake = value_of(&page, "brake");
        assert!(decide(&admin, "confirm").contains("that it was meant so"));
        // A page that is out of date decides nothing.
        let stale = admin.post(&format!("{PROVIDER}/brake"), &[("brake", &brake), ("decision", "restore")]);
        assert_eq!(stale.status, 409);
        assert!(plain(&stale.text).contains("someone else has decided"));
        acme.scim().get(&format!("/Users/{}", ids[0])).expect(404);
        let page = admin.page(&format!("/employees/deleted/{}", ids[0]));
        let path = format!("/employees/deleted/{}/restore", ids[0]);
        admin.submit(&path, &[("seen", &value_of(&page, "seen"))]);
        acme.scim().get(&format!("/Users/{}", ids[0])).expect(200);
    });
}

#[test]
fn a_deleted_employee_is_found_and_restored() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (ids, group) = hire(&acme, 2);
        let admin = acme.admin();
        assert!(admin.page("/employees/deleted").contains("Nobody was deleted lately"));
        acme.scim()
            .patch(&format!("/Users/{}", ids[0]), json!([{"op": "add", "path": "title", "value": "Chief"}]))
            .expect(200);
        delete(&acme, &ids[0]);
        assert!(admin.page("/employees/deleted").contains("person0"));
        // The old address leads there.
        let moved = admin.get(&format!("/employees/{}", ids[0]));
        let address = format!("/employees/deleted/{}", ids[0]);
        assert_eq!((moved.status, moved.header("location")), (303, address.as_str()));
        let page = admin.page(&address);
        assert!(page.contains("Chief") && page.contains("Staff") && page.contains("Kept until 23 Dec 2026"), "{page}");
        // While somebody else has the name, it says so and nothing can be done.
        let other = acme.scim().post("/Users", json!({"userName": "Person0"})).expect(201);
        let seen = value_of(&page, "seen");
        let refused = admin.post(&format!("{address}/restore"), &[("seen", &seen)]);
        assert_eq!(refused.status, 409);
        assert!(plain(&refused.text).contains("Someone else has the user name person0 now"));
        delete(&acme, id(&other));
        let page = admin.submit(&format!("{address}/restore"), &[("seen", &seen)]);
        assert!(page.contains("person0 is back."), "{page}");
        let user = acme.scim().get(&format!("/Users/{}", ids[0])).expect(200);
        assert_eq!((&user["title"], &user["groups"][0]["value"]), (&json!("Chief"), &json!(group)));
        let acts = server.read(async |conn| audit::latest(conn, &acme.id, 1).await);
        assert_eq!((acts[0].1.as_str(), acts[0].2.as_str()), ("employee.restore", "person0"));
        assert_eq!(admin.get(&address).status, 404, "nobody is there any more");
    });
}

fn last_event(server: &TestServer, acme: &Tenant<'_>, resource: &str) -> String {
    server.read(async |conn| events::of_resource(conn, &acme.id, resource, 1).await).remove(0).id
}

#[test]
fn a_change_is_undone_from_the_log() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (ids, group) = hire(&acme, 2);
        let (admin, path) = (acme.admin(), format!("/Users/{}", ids[0]));
        server.clock.advance(Duration::seconds(1));
        acme.scim().patch(&path, json!([{"op": "add", "value": {"title": "Chief", "nickName": "Nick"}}])).expect(200);
        let event = last_event(server, &acme, &ids[0]);
        assert!(admin.page(&format!("/provisioning-log/{event}")).contains("/undo\""), "the page leads there");
        let form = format!("/provisioning-log/{event}/undo");
        let page = admin.page(&form);
        assert!(page.contains("These get the values they had before: Nickname, Title."), "{page}");
        let seen = value_of(&page, "seen");
        let done = admin.submit(&form, &[("seen", &seen)]);
        assert!(done.contains("The change was undone."), "{done}");
        let user = acme.scim().get(&path).expect(200);
        assert!(user.get("title").is_none() && user.get("nickName").is_none(), "{user}");
        // A second time it is no longer what the page said.
        let stale = admin.post(&form, &[("seen", &seen)]);
        assert_eq!(stale.status, 409);
        let text = plain(&stale.text);
        assert!(text.contains("Nothing was done") && text.contains("have changed again since"), "{text}");
        // Members too.
        server.clock.advance(Duration::seconds(1));
        let gone = json!([{"op": "remove", "path": format!("members[value eq \"{}\"]", ids[1])}]);
        acme.scim().patch(&format!("/Groups/{group}"), gone).expect(200);
        let form = format!("/provisioning-log/{}/undo", last_event(server, &acme, &group));
        let page = admin.page(&form);
        assert!(page.contains("1 member whom it removed come"), "{page}");
        admin.submit(&form, &[("seen", &value_of(&page, "seen"))]);
        let members = acme.scim().get(&format!("/Groups/{group}")).expect(200)["members"].clone();
        assert_eq!(members.as_array().map(Vec::len), Some(2));
    });
}

#[test]
fn what_changed_nothing_offers_no_undo() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (ids, _) = hire(&acme, 1);
        let admin = acme.admin();
        server.clock.advance(Duration::seconds(1));
        let same = json!([{"op": "replace", "path": "active", "value": true}]);
        acme.scim().patch(&format!("/Users/{}", ids[0]), same).expect(200);
        let event = last_event(server, &acme, &ids[0]);
        assert!(!admin.page(&format!("/provisioning-log/{event}")).contains("/undo\""));
        assert!(admin.page(&format!("/provisioning-log/{event}/undo")).contains("changed nothing"));
        // A viewer is not offered one.
        let viewer = acme.account("viewer@acme.test", store::accounts::Role::Viewer);
        server.clock.advance(Duration::seconds(1));
        disable(&acme, &ids[0]);
        let event = last_event(server, &acme, &ids[0]);
        assert!(!viewer.page(&format!("/provisioning-log/{event}")).contains("/undo\""));
    });
}

#[test]
fn taking_back_asks_for_a_recent_sign_in() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (ids, _) = offboard_too_many(&acme);
        let admin = acme.admin();
        server.clock.advance(Duration::minutes(11));
        let event = last_event(server, &acme, &ids[1]);
        for path in [
            format!("{PROVIDER}/brake"),
            format!("/provisioning-log/{event}/undo"),
            format!("/employees/deleted/{}/restore", ids[0]),
        ] {
            let answer = admin.post(&path, &[("seen", "1"), ("decision", "restore")]);
            assert_eq!(answer.status, 200);
            assert!(plain(&answer.text).contains("confirm_password"), "{path}");
        }
        acme.scim().get(&format!("/Users/{}", ids[0])).expect(404);
    });
}

/// The twelve people of a rehearsal come and go; that is no reason to worry, and nobody of them is kept.
#[test]
fn the_consoles_own_tests_pull_no_brake() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (admin, now) = (acme.admin(), server.store.now());
        let secret = store::tokens::TokenSecret::generate(server.store.random());
        let (tenant, text) = (acme.id.clone(), secret.expose().to_owned());
        let integrations = server.read(async |conn| store::integrations::list(conn, &acme.id).await);
        let integration = integrations[0].id.clone();
        let begun: Result<(), store::StoreError> = server.block_on(server.store.write(move |conn| {
            Box::pin(async move {
                let id = store::TokenId("trial".to_owned());
                store::tokens::begin_trial(conn, &tenant, &integration, (&id, &secret), "test", now).await
            })
        }));
        begun.expect("a trial");
        let scim = acme.scim_with(&text);
        for number in 0..12 {
            let user = scim.post("/Users", json!({"userName": format!("trial{number}")})).expect(201);
            scim.delete(&format!("/Users/{}", id(&user))).expect(204);
        }
        assert!(admin.page("/employees/deleted").contains("Nobody was deleted lately"));
        assert!(!admin.page("/employees").contains("See who, and decide"));
    });
}
