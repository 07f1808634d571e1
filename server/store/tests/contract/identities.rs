use serde_json::json;
use store::integrations::Provider;
use store::sessions::{self, Session};
use store::sso::{self, AccountLink, MatchBy, Settings, Trust};
use store::testing::Engine;
use store::{AccountId, IntegrationId, employees};
use time::Duration;

use crate::accounts::open_account;
use crate::support::World;

on_both_engines!(
    a_link_is_of_one_name_at_one_issuer,
    what_was_confirmed_goes_with_the_link,
    a_session_from_an_identity_provider_ends_with_the_link,
    whoever_is_inactive_is_not_in_again_when_they_come_back,
    an_inactive_namesake_is_in_nobodys_way,
    names_that_only_fold_alike_are_two,
);

fn settings(world: &World) -> Settings {
    Settings {
        tenant_id: world.tenant.clone(),
        integration_id: world.integration.clone(),
        enabled: true,
        issuer: "https://idp.test/".to_owned(),
        certificate: vec![1],
        next_certificate: None,
        redirect_url: None,
        portal_url: None,
        logout_url: None,
        allow_unsolicited: true,
        attribute: None,
        match_by: MatchBy::UserName,
        saved_at: world.store.now(),
        saved_by: "root".to_owned(),
    }
}

async fn save(world: &World, settings: &Settings) {
    let settings = settings.clone();
    work!(world, |conn| sso::save(conn, Provider::Azure, &settings).await).expect("saved");
}

/// A company in which an account is linked to the employee ada.
async fn linked(engine: Engine) -> (World, AccountId) {
    let world = World::new(engine).await;
    save(&world, &settings(&world)).await;
    let ada = world.employee("ada", json!({"userName": "Ada@x.test", "active": true}));
    work!(world, |conn| employees::insert(conn, &world.tenant, &ada, scim::Schemas::standard()).await).expect("hired");
    let account = open_account(&world, "root@x.test").await.expect("an account").id;
    link(&world, &account).await;
    (world, account)
}

async fn link(world: &World, account: &AccountId) {
    let link = AccountLink { account_id: account.clone(), employee_id: "ada".to_owned(), linked_by: "root".to_owned() };
    work!(world, |conn| sso::link(conn, &world.tenant, &link, world.store.now()).await).expect("linked");
}

async fn trust(world: &World, settings: &Settings, account: &AccountId, name: &str) -> Trust {
    read!(world, |conn| sso::trust(conn, settings, account, name))
}

async fn a_link_is_of_one_name_at_one_issuer(engine: Engine) {
    let (world, account) = linked(engine).await;
    let first = settings(&world);
    assert_eq!(trust(&world, &first, &account, "ada@X.test").await, Trust::Confirmed);
    assert_eq!(trust(&world, &first, &account, "eve@x.test").await, Trust::OtherName);
    for other in [
        Settings { issuer: "https://evil.test/".to_owned(), ..first.clone() },
        Settings { attribute: Some("mail".to_owned()), ..first.clone() },
        Settings { match_by: MatchBy::ExternalId, ..first.clone() },
    ] {
        assert_eq!(trust(&world, &other, &account, "ada@x.test").await, Trust::OtherSource);
    }
    let other = Settings { integration_id: IntegrationId("other".to_owned()), ..first.clone() };
    assert_eq!(trust(&world, &other, &account, "ada@x.test").await, Trust::Unconfirmed);
    let neighbour = world.neighbour().await;
    let theirs = Settings { tenant_id: neighbour.tenant.clone(), ..first.clone() };
    assert_eq!(trust(&world, &theirs, &account, "ada@x.test").await, Trust::Unconfirmed);
    let ada = read!(world, |conn| employees::get(conn, &world.tenant, "ada")).expect("ada");
    assert_eq!(read!(world, |conn| sso::doubts(conn, &world.tenant, &account, &ada.document)), []);
    world.raw("UPDATE linked_identities SET name = 'eve@x.test'").await.expect("tampered");
    let doubts = read!(world, |conn| sso::doubts(conn, &world.tenant, &account, &ada.document));
    assert_eq!(doubts, [(world.integration.clone(), Trust::OtherName)]);
    let names = read!(world, |conn| sso::identities_of(conn, &world.tenant, &ada.document));
    let chosen = account.clone();
    work!(world, |conn| { sso::confirm(conn, (&world.tenant, &chosen), &names, ("root", world.store.now())).await })
        .expect("confirmed");
    assert_eq!(trust(&world, &first, &account, "ada@x.test").await, Trust::Confirmed);
    assert_eq!(trust(&world, &first, &account, "eve@x.test").await, Trust::OtherName, "in the place of those before");
    work!(world, |conn| sso::forget_identities(conn, &world.tenant, &world.integration).await).expect("forgotten");
    assert_eq!(trust(&world, &first, &account, "ada@x.test").await, Trust::Unconfirmed);
}

async fn what_was_confirmed_goes_with_the_link(engine: Engine) {
    let (world, account) = linked(engine).await;
    let chosen = account.clone();
    work!(world, |conn| sso::unlink(conn, &world.tenant, &chosen).await).expect("unlinked");
    assert_eq!(world.number("SELECT count(*) FROM linked_identities").await, 0);
    link(&world, &account).await;
    work!(world, |conn| employees::delete(conn, &world.tenant, "ada", world.store.now()).await).expect("deleted");
    assert_eq!(world.number("SELECT count(*) FROM linked_identities").await, 0);
}

async fn begin(world: &World, account: &AccountId, number: u8, by: Option<IntegrationId>) {
    let session = Session {
        hash: [number; 32],
        tenant_id: world.tenant.clone(),
        account_id: account.clone(),
        integration_id: by,
        data: json!({}),
        expires_at: world.store.now() + Duration::hours(1),
    };
    work!(world, |conn| sessions::create(conn, &session).await).expect("it begins");
}

async fn is_in(world: &World, number: u8) -> bool {
    read!(world, |conn| sessions::load(conn, &[number; 32], world.store.now())).is_some()
}

async fn a_session_from_an_identity_provider_ends_with_the_link(engine: Engine) {
    let (world, account) = linked(engine).await;
    begin(&world, &account, 1, None).await;
    begin(&world, &account, 2, Some(world.integration.clone())).await;
    let found = read!(world, |conn| sessions::load(conn, &[2; 32], world.store.now())).expect("a session");
    assert_eq!(found.integration_id, Some(world.integration.clone()));
    for (undo, redo) in [
        ("UPDATE employees SET active = FALSE", "UPDATE employees SET active = TRUE"),
        ("UPDATE sso_settings SET enabled = FALSE", "UPDATE sso_settings SET enabled = TRUE"),
        ("UPDATE sso_settings SET issuer = 'x'", "UPDATE sso_settings SET issuer = 'https://idp.test/'"),
    ] {
        assert!(is_in(&world, 2).await);
        world.raw(undo).await.expect("changed");
        assert!(!is_in(&world, 2).await && is_in(&world, 1).await, "{undo}");
        let own = read!(world, |conn| sessions::of_account(conn, &world.tenant, &account, world.store.now()));
        assert_eq!(own.len(), 1, "{undo}");
        world.raw(redo).await.expect("changed back");
    }
    work!(world, |conn| sso::disable(conn, &world.tenant, &world.integration).await).expect("off");
    save(&world, &settings(&world)).await;
    assert!(!is_in(&world, 2).await && is_in(&world, 1).await, "turned on again, it is not resurrected");
    begin(&world, &account, 3, Some(world.integration.clone())).await;
    work!(world, |conn| sso::forget_identities(conn, &world.tenant, &world.integration).await).expect("forgotten");
    assert!(!is_in(&world, 3).await && is_in(&world, 1).await);
}

async fn whoever_is_inactive_is_not_in_again_when_they_come_back(engine: Engine) {
    let (world, account) = linked(engine).await;
    begin(&world, &account, 1, None).await;
    begin(&world, &account, 2, Some(world.integration.clone())).await;
    let own = sso::EmployeeSession {
        tenant_id: world.tenant.clone(),
        employee_id: "ada".to_owned(),
        integration_id: world.integration.clone(),
    };
    work!(world, |conn| { sso::begin_session(conn, &own, &[3; 32], world.store.now() + Duration::hours(1)).await })
        .expect("a session");
    for active in [false, true] {
        let mut ada = read!(world, |conn| employees::get(conn, &world.tenant, "ada")).expect("ada");
        ada.document = crate::support::document(json!({"userName": "Ada@x.test", "active": active}));
        ada.version += 1;
        work!(world, |conn| employees::update(conn, &world.tenant, &ada, scim::Schemas::standard()).await)
            .expect("changed");
        assert!(!is_in(&world, 2).await && is_in(&world, 1).await, "{active}");
        let own = read!(world, |conn| sso::load_session(conn, &[3; 32], world.store.now()));
        assert_eq!(own, None, "{active}");
    }
    begin(&world, &account, 4, Some(world.integration.clone())).await;
    work!(world, |conn| employees::delete(conn, &world.tenant, "ada", world.store.now()).await).expect("deleted");
    assert_eq!(world.number("SELECT count(*) FROM sessions").await, 1, "the one by password is left");
}

async fn hire(world: &World, id: &str, user: &str, email: &str, active: bool) {
    let document = json!({"userName": user, "externalId": "E1", "emails": [{"value": email}], "active": active});
    let employee = world.employee(id, document);
    work!(world, |conn| employees::insert(conn, &world.tenant, &employee, scim::Schemas::standard()).await)
        .expect("hired");
}

async fn find(world: &World, by: MatchBy, value: &str) -> Vec<String> {
    read!(world, |conn| sso::find_people(conn, &world.tenant, by, value)).into_iter().map(|(id, _)| id).collect()
}

async fn an_inactive_namesake_is_in_nobodys_way(engine: Engine) {
    let world = World::new(engine).await;
    for (id, active) in [("a", false), ("b", false), ("c", true)] {
        hire(&world, id, id, "ada@x.test", active).await;
    }
    for (by, value) in [(MatchBy::Email, "ada@x.test"), (MatchBy::ExternalId, "E1")] {
        let found = find(&world, by, value).await;
        assert_eq!((found.len(), found[0].as_str()), (2, "c"), "the active one first");
    }
}

async fn names_that_only_fold_alike_are_two(engine: Engine) {
    let world = World::new(engine).await;
    hire(&world, "a", "straße@x.test", "kim@x.test", true).await;
    assert_eq!(find(&world, MatchBy::UserName, "STRASSE@x.test").await, Vec::<String>::new());
    assert_eq!(find(&world, MatchBy::UserName, "STRAßE@X.test").await, ["a"]);
    assert_eq!(find(&world, MatchBy::Email, "\u{212a}im@x.test").await, Vec::<String>::new());
    assert_eq!(find(&world, MatchBy::Email, "KIM@x.test").await, ["a"]);
}
