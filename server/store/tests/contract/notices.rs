//! Notices: who is told of what, in the transaction of the act; and that each is sent once.

use serde_json::{Value, json};
use store::accounts::{self, Account, NewAccount, Role};
use store::audit::{self, Act};
use store::notices::{self, Due};
use store::testing::Engine;
use store::{AccountId, StoreError, sign_in_places};
use time::Duration;

use crate::support::World;

on_both_engines!(
    the_right_ones_are_told,
    changes_of_second_factors_are_told,
    what_is_rolled_back_is_told_to_nobody,
    of_two_senders_one_sends,
    what_failed_waits_and_what_was_given_up_ends,
    notices_are_read_and_forgotten,
    places_are_new_once,
);

async fn hire(world: &World, name: &'static str, role: Role) -> Account {
    work!(world, |conn| {
        let new = NewAccount {
            tenant_id: world.tenant.clone(),
            id: AccountId(format!("{name}-{}", world.tenant)),
            email: format!("{name}@{}.test", world.tenant),
            role,
            password_hash: String::new(),
        };
        accounts::create(conn, new, world.store.now()).await
    })
    .expect("an account")
}

async fn does(world: &World, action: &'static str, subject: &str, detail: Value) {
    let subject = subject.to_owned();
    work!(world, |conn| {
        let act = Act { actor: "somebody", action, subject: &subject, detail };
        audit::record(conn, &world.tenant, &act, world.store.now()).await
    })
    .expect("recorded");
}

async fn due(world: &World) -> Vec<Due> {
    read!(world, |conn| notices::due(conn, (world.store.now() - Duration::days(2), world.store.now()), 100))
}

/// Who is told what, by the part of the address that is their name.
async fn told(world: &World) -> Vec<(String, String)> {
    let name = |due: Due| (due.email.split('@').next().unwrap_or_default().to_owned(), due.act.action);
    let mut told: Vec<_> = due(world).await.into_iter().map(name).collect();
    told.sort();
    told
}

async fn the_right_ones_are_told(engine: Engine) {
    let world = World::new(engine).await;
    let neighbour = world.neighbour().await;
    let (ada, _) = (hire(&world, "ada", Role::Admin).await, hire(&world, "ben", Role::Admin).await);
    let (cy, gone) = (hire(&world, "cy", Role::It).await, hire(&world, "gone", Role::Admin).await);
    world
        .raw(&format!("UPDATE accounts SET disabled_at = 1 WHERE id = '{}'", gone.id.as_str()))
        .await
        .expect("disabled");
    hire(&neighbour, "eve", Role::Admin).await;
    does(&world, "token.issue", "Azure", json!({})).await;
    does(&world, "account.role", &cy.email.to_uppercase(), json!({})).await;
    does(&world, "account.disable", &gone.email, json!({})).await;
    does(&world, "sso.link", &cy.email, json!({})).await;
    does(&world, "sso.unlink", &ada.email, json!({})).await;
    does(&world, "account.sign_in", &cy.email, json!({ "from": "x" })).await;
    does(&world, "account.sign_in", &cy.email, json!({ "from": "x", notices::NEW_PLACE: true })).await;
    does(&world, "attribute.add", "badge", json!({})).await;
    let expected = [
        ("ada", "sso.link"),
        ("ada", "sso.unlink"),
        ("ada", "token.issue"),
        ("ben", "sso.link"),
        ("ben", "sso.unlink"),
        ("ben", "token.issue"),
        ("cy", "account.role"),
        ("cy", "account.sign_in"),
        ("cy", "sso.link"),
        ("gone", "account.disable"),
    ];
    let expected: Vec<_> = expected.iter().map(|(who, what)| ((*who).to_owned(), (*what).to_owned())).collect();
    assert_eq!(told(&world).await, expected);
    let first = due(&world).await.remove(0);
    assert_eq!((first.company.as_str(), first.act.subject.as_str()), ("Acme", "Azure"));
    let theirs = read!(world, |conn| notices::latest(conn, &neighbour.tenant, &cy.id, 10));
    assert_eq!(theirs, [], "another company's account with this id");
}

async fn changes_of_second_factors_are_told(engine: Engine) {
    let world = World::new(engine).await;
    let (_, cy) = (hire(&world, "ada", Role::Admin).await, hire(&world, "cy", Role::It).await);
    for action in ["set_up", "off", "recovery_code", "codes", "take_away"] {
        let action = ["second_factor.", action].concat().leak();
        does(&world, action, &cy.email, json!({})).await;
    }
    does(&world, "second_factor.require", "Acme", json!({})).await;
    does(&world, "second_factor.optional", "Acme", json!({})).await;
    let told = told(&world).await;
    let of = |who: &str| -> Vec<_> {
        told.iter().filter(|(name, _)| name == who).filter_map(|(_, act)| act.strip_prefix("second_factor.")).collect()
    };
    assert_eq!(of("ada"), ["optional", "require", "take_away"], "what weakens an account is an admin's business too");
    assert_eq!(of("cy"), ["codes", "off", "recovery_code", "set_up", "take_away"]);
}

async fn what_is_rolled_back_is_told_to_nobody(engine: Engine) {
    let world = World::new(engine).await;
    hire(&world, "ada", Role::Admin).await;
    let failed: Result<(), StoreError> = work!(world, |conn| {
        let act = Act { actor: "x", action: "token.revoke", subject: "Azure", detail: json!({}) };
        audit::record(conn, &world.tenant, &act, world.store.now()).await?;
        Err(StoreError::Stale)
    });
    assert!(matches!(failed, Err(StoreError::Stale)));
    assert_eq!(told(&world).await, []);
    assert_eq!(world.number("SELECT count(*) FROM notices").await, 0);
}

async fn claims(world: &World, due: &Due, wait: Duration) -> bool {
    let (due, next) = (due.clone(), world.store.now() + wait);
    work!(world, |conn| notices::claim(conn, &due, next).await).expect("asked")
}

async fn of_two_senders_one_sends(engine: Engine) {
    let world = World::new(engine).await;
    hire(&world, "ada", Role::Admin).await;
    does(&world, "token.issue", "Azure", json!({})).await;
    let seen = due(&world).await.remove(0);
    let senders = (0..8).map(|_| {
        let (world, seen) = (world.clone(), seen.clone());
        tokio::spawn(async move { claims(&world, &seen, Duration::minutes(1)).await })
    });
    let mut claimed = 0;
    for sender in senders.collect::<Vec<_>>() {
        claimed += usize::from(sender.await.expect("no panic"));
    }
    assert_eq!(claimed, 1);
    assert_eq!(told(&world).await, [], "it is taken");
    let (sent, now) = (seen.clone(), world.store.now());
    work!(world, |conn| notices::sent(conn, &sent, now).await).expect("sent");
    world.clock.advance(Duration::days(1));
    assert_eq!(told(&world).await, []);
    assert!(!claims(&world, &seen, Duration::minutes(1)).await, "it was sent");
    assert_eq!(world.number("SELECT count(*) FROM notices WHERE sent_at IS NOT NULL AND given_up_at IS NULL").await, 1);
}

async fn what_failed_waits_and_what_was_given_up_ends(engine: Engine) {
    let world = World::new(engine).await;
    hire(&world, "ada", Role::Admin).await;
    does(&world, "token.issue", "Azure", json!({})).await;
    let first = due(&world).await.remove(0);
    assert!(claims(&world, &first, Duration::minutes(1)).await);
    world.clock.advance(Duration::seconds(59));
    assert_eq!(told(&world).await, []);
    world.clock.advance(Duration::seconds(1));
    let second = due(&world).await.remove(0);
    assert_eq!((first.tries, second.tries), (0, 1));
    assert!(!claims(&world, &first, Duration::ZERO).await, "an older look at it");
    let (given_up, now) = (second.clone(), world.store.now());
    work!(world, |conn| notices::give_up(conn, &given_up, now).await).expect("given up");
    assert_eq!(told(&world).await, []);
    does(&world, "token.revoke", "Azure", json!({})).await;
    let ago = |age| (world.store.now() - age, world.store.now());
    assert_eq!(read!(world, |conn| notices::due(conn, ago(Duration::ZERO), 9)).len(), 1);
    world.clock.advance(Duration::hours(1));
    assert_eq!(read!(world, |conn| notices::due(conn, ago(Duration::minutes(59)), 9)), [], "too old to be news");
    let now = world.store.now();
    let older = async |age| work!(world, |conn| notices::give_up_older(conn, now - age, now).await);
    assert_eq!(older(Duration::hours(2)).await.expect("asked"), 0);
    assert_eq!(older(Duration::minutes(59)).await.expect("asked"), 1);
    assert_eq!(world.number("SELECT count(*) FROM notices WHERE given_up_at IS NOT NULL").await, 2);
}

async fn notices_are_read_and_forgotten(engine: Engine) {
    let world = World::new(engine).await;
    let (ada, ben) = (hire(&world, "ada", Role::Admin).await, hire(&world, "ben", Role::Admin).await);
    does(&world, "token.issue", "one", json!({})).await;
    does(&world, "token.issue", "two", json!({ "from": "192.0.2.1" })).await;
    let unread = async |account: &Account| read!(world, |conn| notices::unread(conn, &world.tenant, &account.id));
    let latest = async |account: &Account| read!(world, |conn| notices::latest(conn, &world.tenant, &account.id, 10));
    assert_eq!((unread(&ada).await, unread(&ben).await), (2, 2));
    let shown = latest(&ada).await;
    assert_eq!(shown.iter().map(|notice| notice.act.subject.as_str()).collect::<Vec<_>>(), ["two", "one"]);
    assert_eq!(shown[0].act.detail["from"], "192.0.2.1");
    let (id, newest, now) = (ada.id.clone(), shown[1].act.seq, world.store.now());
    work!(world, |conn| notices::mark_read(conn, &world.tenant, &id, newest, now).await).expect("marked");
    assert_eq!((unread(&ada).await, unread(&ben).await), (1, 2));
    assert_eq!(latest(&ada).await.iter().map(|notice| notice.is_read).collect::<Vec<_>>(), [false, true]);
    world.clock.advance(Duration::days(1));
    does(&world, "token.issue", "three", json!({})).await;
    let before = world.store.now();
    work!(world, |conn| notices::purge(conn, before).await).expect("purged");
    assert_eq!(latest(&ada).await.len(), 1);
}

async fn places_are_new_once(engine: Engine) {
    let world = World::new(engine).await;
    let ada = hire(&world, "ada", Role::Admin).await;
    let signs_in = async |account: &Account, address: &str, browser: &'static str| {
        let (account, address) = (account.clone(), address.parse().ok());
        let now = world.store.now();
        work!(world, |conn| sign_in_places::remember(conn, &account, (address, browser), now).await)
            .expect("remembered")
    };
    assert!(!signs_in(&ada, "192.0.2.1", "Firefox").await, "the first of all");
    let ada = Account { last_sign_in_at: Some(world.store.now()), ..ada };
    assert!(!signs_in(&ada, "192.0.2.1", "Firefox").await);
    assert!(signs_in(&ada, "192.0.2.1", "Chrome").await, "another browser");
    assert!(signs_in(&ada, "192.0.2.2", "Firefox").await, "another address");
    assert!(signs_in(&ada, "2001:db8::1", "Firefox").await);
    assert!(!signs_in(&ada, "2001:db8::2", "Firefox").await, "the same network");
    assert!(signs_in(&ada, "2001:db8:0:1::1", "Firefox").await, "another network");
    assert!(!signs_in(&ada, "::ffff:192.0.2.2", "Firefox").await, "the same address, written otherwise");
    let ben = hire(&world, "ben", Role::Admin).await;
    let ben = Account { last_sign_in_at: Some(world.store.now()), ..ben };
    assert!(signs_in(&ben, "192.0.2.1", "Firefox").await, "another account");
    world.clock.advance(sign_in_places::KNOWN_FOR);
    assert!(signs_in(&ada, "192.0.2.1", "Firefox").await, "long ago");
    let now = world.store.now();
    work!(world, |conn| sign_in_places::purge(conn, now).await).expect("purged");
    assert_eq!(world.number("SELECT count(*) FROM sign_in_places").await, 1);
}
