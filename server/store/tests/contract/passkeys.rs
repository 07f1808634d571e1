//! Passkeys: each belongs to one account, a question is answered once, and a counter never goes back.

use store::accounts::{Account, Role};
use store::passkeys::{self, NewPasskey};
use store::second_factor::{self, Asked, TakenAway};
use store::testing::Engine;
use store::{AccountId, accounts};
use time::Duration;

use crate::accounts::open_account;
use crate::support::World;

on_both_engines!(
    one_is_a_second_factor,
    a_credential_belongs_to_one_account,
    app_and_passkeys_end_one_by_one,
    of_two_answers_with_one_counter_the_first_counts,
    a_question_is_answered_once,
    they_are_taken_away_with_the_rest,
    the_empty_secret_of_an_account_without_app_is_never_confirmed,
);

fn new(id: &str) -> NewPasskey {
    let text = |kind: &str| format!("{kind} of {id}");
    NewPasskey { credential_id: id.to_owned(), name: text("name"), host: "x.test".to_owned(), credential: text("1") }
}

async fn add(world: &World, account: &Account, id: &str) -> bool {
    let (account, new) = (account.id.clone(), new(id));
    work!(world, |conn| passkeys::add(conn, (&world.tenant, &account), &new, world.store.now()).await).expect("stored")
}

async fn remove(world: &World, account: &Account, id: &'static str) -> Option<String> {
    let account = account.id.clone();
    work!(world, |conn| passkeys::remove(conn, (&world.tenant, &account), id).await).expect("stored")
}

async fn used(world: &World, id: &AccountId, (before, after): (&'static str, &'static str)) -> bool {
    let id = id.clone();
    work!(world, |conn| { passkeys::used(conn, (&world.tenant, &id), "k", (before, after), world.store.now()).await })
        .expect("stored")
}

async fn asked(world: &World, account: &Account) -> Option<Asked> {
    read!(world, |conn| second_factor::asked(conn, &world.tenant, &account.id))
}

async fn missing(world: &World, account: &Account) -> bool {
    read!(world, |conn| second_factor::is_missing(conn, &world.tenant, &account.id))
}

async fn renew(world: &World, account: &Account) -> bool {
    let id = account.id.clone();
    work!(world, |conn| {
        let factor = second_factor::find(conn, &world.tenant, &id).await?.expect("a factor");
        let (place, codes) = ((&world.tenant, &id), ["one".to_owned()]);
        second_factor::renew_codes(conn, place, factor.codes_at, &codes, world.store.now()).await
    })
    .expect("stored")
}

async fn set_app_up(world: &World, account: &Account) {
    let id = account.id.clone();
    let confirmed = work!(world, |conn| {
        let place = (&world.tenant, &id);
        second_factor::begin(conn, place, b"secret", world.store.now()).await?;
        second_factor::confirm(conn, place, (b"secret", 1), world.store.now()).await
    });
    assert!(confirmed.expect("stored"));
}

async fn one_is_a_second_factor(engine: Engine) {
    let world = World::new(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    work!(world, |conn| second_factor::require(conn, &world.tenant, "x", world.store.now()).await).expect("stored");
    assert!(missing(&world, &ada).await && asked(&world, &ada).await.is_none());
    assert!(add(&world, &ada, "k").await);
    assert_eq!(asked(&world, &ada).await, Some(Asked { app: false, passkey: true }));
    assert!(!missing(&world, &ada).await);
    assert_eq!(read!(world, |conn| second_factor::holders(conn, &world.tenant)), std::slice::from_ref(&ada.id));
    assert!(renew(&world, &ada).await, "recovery codes without an app");
    let listed = read!(world, |conn| passkeys::list(conn, &world.tenant, &ada.id)).remove(0);
    let now = world.store.now();
    assert_eq!((listed.name.as_str(), listed.created_at, listed.last_used_at), ("name of k", now, None));
    assert_eq!(remove(&world, &ada, "k").await.as_deref(), Some("name of k"));
    assert!(remove(&world, &ada, "k").await.is_none() && asked(&world, &ada).await.is_none());
    assert!(missing(&world, &ada).await);
    assert_eq!(world.number("SELECT count(*) FROM recovery_codes").await, 0, "the last factor takes its codes along");
}

async fn a_credential_belongs_to_one_account(engine: Engine) {
    let world = World::new(engine).await;
    let neighbour = world.neighbour().await;
    let (ada, bob) = (open_account(&world, "a@x.test").await, open_account(&world, "b@x.test").await);
    let (ada, bob) = (ada.expect("an account"), bob.expect("an account"));
    assert!(add(&world, &ada, "k").await);
    assert!(!add(&world, &ada, "k").await && !add(&world, &bob, "k").await);
    assert!(asked(&world, &bob).await.is_none());
    assert!(remove(&world, &bob, "k").await.is_none(), "another account's");
    assert!(!used(&world, &bob.id, ("1 of k", "2")).await, "another account's");
    assert!(!used(&neighbour, &ada.id, ("1 of k", "2")).await, "another company's");
    assert!(remove(&neighbour, &ada, "k").await.is_none(), "another company's");
    assert_eq!(read!(world, |conn| passkeys::list(conn, &neighbour.tenant, &ada.id)), []);
    assert!(asked(&world, &ada).await.is_some());
}

async fn app_and_passkeys_end_one_by_one(engine: Engine) {
    let world = World::new(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    let remove_app = async || {
        let id = ada.id.clone();
        work!(world, |conn| second_factor::remove_app(conn, &world.tenant, &id).await).expect("stored")
    };
    assert!(add(&world, &ada, "k").await && !remove_app().await, "there is no app");
    set_app_up(&world, &ada).await;
    assert!(renew(&world, &ada).await);
    assert_eq!(asked(&world, &ada).await, Some(Asked { app: true, passkey: true }));
    assert!(remove_app().await);
    assert_eq!(asked(&world, &ada).await, Some(Asked { app: false, passkey: true }));
    assert_eq!(world.number("SELECT count(*) FROM recovery_codes").await, 1, "they stand in for the passkey, too");
    set_app_up(&world, &ada).await;
    remove(&world, &ada, "k").await.expect("it was there");
    assert_eq!(asked(&world, &ada).await, Some(Asked { app: true, passkey: false }));
    assert_eq!(world.number("SELECT count(*) FROM recovery_codes").await, 1);
    assert!(remove_app().await && asked(&world, &ada).await.is_none());
    assert_eq!(world.number("SELECT count(*) FROM second_factors").await, 0);
}

async fn of_two_answers_with_one_counter_the_first_counts(engine: Engine) {
    let world = World::new(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    assert!(add(&world, &ada, "k").await);
    let tries = [(); 8].map(|()| {
        let (world, id) = (world.clone(), ada.id.clone());
        tokio::spawn(async move { used(&world, &id, ("1 of k", "2 of k")).await })
    });
    let mut let_in = 0;
    for one in tries {
        let_in += usize::from(one.await.expect("no panic"));
    }
    assert_eq!(let_in, 1);
    assert!(used(&world, &ada.id, ("2 of k", "2 of k")).await, "a passkey that does not count stays as it is");
    let listed = read!(world, |conn| passkeys::list(conn, &world.tenant, &ada.id)).remove(0);
    assert_eq!((listed.credential.as_str(), listed.last_used_at), ("2 of k", Some(world.store.now())));
}

async fn a_question_is_answered_once(engine: Engine) {
    let world = World::new(engine).await;
    let (ada, bob) = (open_account(&world, "a@x.test").await, open_account(&world, "b@x.test").await);
    let (ada, bob) = (ada.expect("an account"), bob.expect("an account"));
    let begin = async |id: &'static str| {
        let (account, now) = (ada.id.clone(), world.store.now());
        let until = now + Duration::minutes(5);
        work!(world, |conn| passkeys::begin(conn, (&world.tenant, &account), (id, "state"), (now, until)).await)
            .expect("stored");
    };
    let take = async |world: &World, account: &AccountId| {
        let (account, now) = (account.clone(), world.store.now());
        work!(world, |conn| passkeys::take(conn, (&world.tenant, &account), "q", now).await).expect("stored")
    };
    begin("q").await;
    assert_eq!(take(&world, &bob.id).await, None, "another account's");
    assert_eq!(take(&world.neighbour().await, &ada.id).await, None, "another company's");
    let tries = [(); 8].map(|()| {
        let (world, id) = (world.clone(), ada.id.clone());
        tokio::spawn(async move {
            let now = world.store.now();
            work!(world, |conn| passkeys::take(conn, (&world.tenant, &id), "q", now).await).expect("stored")
        })
    });
    let mut taken = Vec::new();
    for one in tries {
        taken.extend(one.await.expect("no panic"));
    }
    assert_eq!(taken, ["state"], "once");
    begin("q").await;
    world.clock.advance(Duration::minutes(5));
    assert_eq!(take(&world, &ada.id).await, None, "it has expired");
    begin("r").await;
    world.clock.advance(Duration::minutes(5));
    begin("s").await;
    assert_eq!(world.number("SELECT count(*) FROM passkey_ceremonies").await, 1, "what expired goes with the next");
    let now = world.store.now() + Duration::minutes(5);
    work!(world, |conn| passkeys::purge(conn, now).await).expect("stored");
    assert_eq!(world.number("SELECT count(*) FROM passkey_ceremonies").await, 0);
}

async fn they_are_taken_away_with_the_rest(engine: Engine) {
    let world = World::new(engine).await;
    let (ada, bob) = (open_account(&world, "a@x.test").await, open_account(&world, "b@x.test").await);
    let (ada, bob) = (ada.expect("an account"), bob.expect("an account"));
    assert!(add(&world, &bob, "k").await && add(&world, &bob, "l").await && renew(&world, &bob).await);
    let by = read!(world, |conn| accounts::get(conn, &world.tenant, &ada.id)).expect("an account");
    assert_eq!(by.role, Role::Admin);
    let taken = work!(world, |conn| second_factor::take_away(conn, &world.tenant, &bob.id, &by.id).await);
    assert!(matches!(taken.expect("stored"), Some(TakenAway::Done(_))));
    for table in ["passkeys", "recovery_codes", "second_factors"] {
        assert_eq!(world.number(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
}

async fn the_empty_secret_of_an_account_without_app_is_never_confirmed(engine: Engine) {
    let world = World::new(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    assert!(add(&world, &ada, "k").await);
    let found = read!(world, |conn| second_factor::find(conn, &world.tenant, &ada.id)).expect("a row");
    assert!(!found.waits() && found.secret.is_empty());
    let id = ada.id.clone();
    let confirmed =
        work!(world, |conn| { second_factor::confirm(conn, (&world.tenant, &id), (&[], 1), world.store.now()).await });
    assert!(!confirmed.expect("stored"), "everybody can compute its codes");
    assert_eq!(asked(&world, &ada).await, Some(Asked { app: false, passkey: true }));
}
