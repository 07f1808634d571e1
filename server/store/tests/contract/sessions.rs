use serde_json::json;
use store::accounts::{Decision, Standing};
use store::sessions::{self, Session};
use store::testing::Engine;
use store::{AccountId, StoreError, accounts};
use time::Duration;

use crate::accounts::open_account;
use crate::support::World;

on_both_engines!(
    a_session_lives_until_it_expires,
    one_that_was_ended_is_never_resurrected,
    disabling_and_recovering_end_all_of_an_account,
    the_expired_are_purged,
    an_account_sees_and_ends_its_own,
    one_that_may_not_sign_in_any_more_loses_them,
);

async fn session(world: &World, number: u8) -> Session {
    let account = match read!(world, |conn| accounts::list(conn, &world.tenant)).pop() {
        Some(account) => account,
        None => open_account(world, "ada@x.test").await.expect("an account"),
    };
    Session {
        hash: [number; 32],
        tenant_id: world.tenant.clone(),
        account_id: account.id,
        integration_id: None,
        data: json!({"b": 1, "aa": {"seen": "ü"}}),
        expires_at: world.store.now() + Duration::hours(1),
    }
}

async fn begin(world: &World, session: &Session) -> Result<(), StoreError> {
    let session = session.clone();
    work!(world, |conn| sessions::create(conn, &session).await)
}

async fn save(world: &World, session: &Session) -> bool {
    let session = session.clone();
    work!(world, |conn| sessions::update(conn, &session).await).expect("answered")
}

async fn a_session_lives_until_it_expires(engine: Engine) {
    let world = World::new(engine).await;
    let mut session = session(&world, 1).await;
    begin(&world, &session).await.expect("it begins");
    assert_eq!(read!(world, |conn| sessions::load(conn, &session.hash, world.store.now())), Some(session.clone()));
    assert_eq!(read!(world, |conn| sessions::load(conn, &[9; 32], world.store.now())), None);
    let again = begin(&world, &session).await;
    assert!(matches!(again, Err(StoreError::Conflict("session"))), "{again:?}");
    session.data = json!({"changed": true});
    session.expires_at += Duration::hours(1);
    assert!(save(&world, &session).await);
    world.clock.advance(Duration::minutes(119));
    assert_eq!(read!(world, |conn| sessions::load(conn, &session.hash, world.store.now())), Some(session.clone()));
    world.clock.advance(Duration::minutes(1));
    assert_eq!(read!(world, |conn| sessions::load(conn, &session.hash, world.store.now())), None);
    let stranger = Session { account_id: AccountId("nobody".to_owned()), hash: [2; 32], ..session };
    assert!(begin(&world, &stranger).await.is_err(), "a session without an account");
}

async fn one_that_was_ended_is_never_resurrected(engine: Engine) {
    let world = World::new(engine).await;
    let session = session(&world, 1).await;
    begin(&world, &session).await.expect("it begins");
    let other = Session { account_id: AccountId("another".to_owned()), ..session.clone() };
    assert!(!save(&world, &other).await, "it belongs to whom it began with");
    let hash = session.hash;
    work!(world, |conn| sessions::end(conn, &hash).await).expect("ended");
    assert!(!save(&world, &session).await);
    assert_eq!(read!(world, |conn| sessions::load(conn, &session.hash, world.store.now())), None);
}

async fn disabling_and_recovering_end_all_of_an_account(engine: Engine) {
    let world = World::new(engine).await;
    let (one, two) = (session(&world, 1).await, session(&world, 2).await);
    let account = read!(world, |conn| accounts::list(conn, &world.tenant)).pop().expect("the account");
    open_account(&world, "another@x.test").await.expect("another admin");
    for disable in [true, false] {
        begin(&world, &one).await.expect("it begins");
        begin(&world, &two).await.expect("it begins");
        if disable {
            crate::accounts::disable(&world, &account).await;
        } else {
            let account = account.clone();
            work!(world, |conn| accounts::recover(conn, &account, "new").await).expect("recovered");
        }
        assert_eq!(world.number("SELECT count(*) FROM sessions").await, 0);
    }
    // A sign-in that was under way while the account was disabled leads nowhere.
    begin(&world, &one).await.expect("it begins");
    world.raw("UPDATE accounts SET disabled_at = 1").await.expect("disabled");
    assert_eq!(read!(world, |conn| sessions::load(conn, &one.hash, world.store.now())), None);
}

async fn the_expired_are_purged(engine: Engine) {
    let world = World::new(engine).await;
    let mut session = session(&world, 1).await;
    begin(&world, &session).await.expect("it begins");
    session.hash = [2; 32];
    session.expires_at = world.store.now();
    begin(&world, &session).await.expect("it begins");
    work!(world, |conn| sessions::purge(conn, world.store.now()).await).expect("purged");
    assert_eq!(world.number("SELECT count(*) FROM sessions").await, 1);
}

async fn an_account_sees_and_ends_its_own(engine: Engine) {
    let world = World::new(engine).await;
    let sessions = [session(&world, 1).await, session(&world, 2).await, session(&world, 3).await];
    for one in &sessions {
        begin(&world, one).await.expect("it begins");
    }
    let bob = open_account(&world, "bob@x.test").await.expect("an account");
    let theirs = Session { hash: [9; 32], account_id: bob.id.clone(), ..sessions[0].clone() };
    begin(&world, &theirs).await.expect("it begins");
    let ada = sessions[0].account_id.clone();
    let own = read!(world, |conn| sessions::of_account(conn, &world.tenant, &ada, world.store.now()));
    assert_eq!(own, sessions);
    let end = async |account: &AccountId, hash: [u8; 32]| {
        let account = account.clone();
        work!(world, |conn| sessions::end_of(conn, &world.tenant, &account, &hash).await).expect("answered")
    };
    assert!(!end(&ada, theirs.hash).await, "another's session");
    assert!(end(&ada, [1; 32]).await && !end(&ada, [1; 32]).await);
    let account = ada.clone();
    let ended = work!(world, |conn| sessions::end_others(conn, &world.tenant, &account, &[3; 32]).await);
    assert_eq!(ended.expect("answered"), 1);
    let left = read!(world, |conn| sessions::of_account(conn, &world.tenant, &ada, world.store.now()));
    assert_eq!(left, [sessions[2].clone()]);
    assert_eq!(world.number("SELECT count(*) FROM sessions").await, 2, "the other account's stays");
    world.clock.advance(Duration::hours(1));
    assert!(read!(world, |conn| sessions::of_account(conn, &world.tenant, &ada, world.store.now())).is_empty());
}

async fn one_that_may_not_sign_in_any_more_loses_them(engine: Engine) {
    let world = World::new(engine).await;
    let session = session(&world, 1).await;
    open_account(&world, "another@x.test").await.expect("another admin");
    let id = session.account_id.clone();
    let seen = read!(world, |conn| accounts::get(conn, &world.tenant, &id)).expect("the account").standing();
    begin(&world, &session).await.expect("it begins");
    for (seen, wanted, left) in [
        (seen, Standing { role: accounts::Role::Viewer, enabled: true }, 1),
        (
            Standing { role: accounts::Role::Viewer, enabled: true },
            Standing { role: accounts::Role::Viewer, enabled: false },
            0,
        ),
    ] {
        let id = id.clone();
        work!(world, |conn| {
            accounts::decide(conn, &world.tenant, &id, Decision { by: None, seen, wanted }, world.store.now()).await
        })
        .expect("decided");
        assert_eq!(world.number("SELECT count(*) FROM sessions").await, left);
    }
}
