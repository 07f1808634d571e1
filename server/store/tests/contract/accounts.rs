use store::accounts::{self, Account, Decision, NewAccount, Outcome, Role, Standing};
use store::testing::Engine;
use store::{AccountId, StoreError};
use time::Duration;

use crate::support::World;

on_both_engines!(
    an_address_belongs_to_one_account,
    a_sign_in_is_remembered,
    a_newer_hash_never_undoes_a_new_password,
    a_disabled_account_can_be_recovered,
    a_password_is_changed_from_the_one_that_was_read,
);

pub(crate) async fn open_account(world: &World, email: &str) -> Result<Account, StoreError> {
    let new = NewAccount {
        tenant_id: world.tenant.clone(),
        id: AccountId(world.store.new_id()),
        email: email.to_owned(),
        role: Role::Admin,
        password_hash: "hash".to_owned(),
    };
    work!(world, |conn| accounts::create(conn, new, world.store.now()).await)
}

/// Forbids an account that is not the last admin to sign in.
pub(crate) async fn disable(world: &World, account: &Account) {
    let (id, seen) = (account.id.clone(), account.standing());
    let decision = Decision { by: None, seen, wanted: Standing { enabled: false, ..seen } };
    let decided: Result<_, StoreError> =
        work!(world, |conn| accounts::decide(conn, &world.tenant, &id, decision, world.store.now()).await);
    assert!(matches!(decided, Ok(Some(Outcome::Done(_)))), "{decided:?}");
}

async fn an_address_belongs_to_one_account(engine: Engine) {
    let world = World::new(engine).await;
    assert!(!read!(world, |conn| accounts::any(conn)));
    let ada = open_account(&world, " Ada@X.test ").await.expect("an account");
    assert_eq!(ada.email, "Ada@X.test");
    let neighbour = world.neighbour().await;
    for (company, email) in [(&world, "ada@x.TEST"), (&neighbour, "Ada@X.test")] {
        let refused = open_account(company, email).await;
        assert!(matches!(refused, Err(StoreError::Conflict("email"))), "{refused:?}");
    }
    open_account(&neighbour, "bob@x.test").await.expect("another address");
    assert!(read!(world, |conn| accounts::any(conn)));
    let found = read!(world, |conn| accounts::find_for_sign_in(conn, " ADA@x.test"));
    assert_eq!(found.iter().map(|account| &account.id).collect::<Vec<_>>(), [&ada.id]);
    let listed = read!(world, |conn| accounts::list(conn, &world.tenant));
    assert_eq!(listed.iter().map(|account| account.email.as_str()).collect::<Vec<_>>(), ["Ada@X.test"]);
    assert!(read!(world, |conn| accounts::get(conn, &neighbour.tenant, &ada.id)).is_none());
    // What the check before the insert did not see, the constraint refuses.
    let twin = format!(
        "INSERT INTO accounts (tenant_id, id, email, email_key, role, password_hash, created_at)
         VALUES ('{}', 'twin', 'x', 'ada@x.test', 'it', 'x', 0)",
        world.tenant
    );
    assert!(world.raw(&twin).await.is_err());
}

async fn a_sign_in_is_remembered(engine: Engine) {
    let world = World::new(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    assert_eq!((ada.last_sign_in_at, ada.role), (None, Role::Admin));
    world.clock.advance(Duration::hours(1));
    let account = ada.clone();
    work!(world, |conn| accounts::signed_in(conn, &account, None, world.store.now()).await).expect("remembered");
    let after = read!(world, |conn| accounts::get(conn, &world.tenant, &ada.id)).expect("still there");
    assert_eq!((after.last_sign_in_at, after.password_hash.as_str()), (Some(world.store.now()), "hash"));
    let account = ada.clone();
    work!(world, |conn| accounts::signed_in(conn, &account, Some("newer"), world.store.now()).await).expect("stored");
    let after = read!(world, |conn| accounts::get(conn, &world.tenant, &ada.id)).expect("still there");
    assert_eq!(after.password_hash, "newer");
}

async fn a_newer_hash_never_undoes_a_new_password(engine: Engine) {
    let world = World::new(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    let account = ada.clone();
    work!(world, |conn| accounts::recover(conn, &account, "recovered").await).expect("recovered");
    let account = ada.clone();
    work!(world, |conn| accounts::signed_in(conn, &account, Some("rehash of the old one"), world.store.now()).await)
        .expect("remembered");
    let after = read!(world, |conn| accounts::get(conn, &world.tenant, &ada.id)).expect("still there");
    assert_eq!(after.password_hash, "recovered");
}

async fn a_disabled_account_can_be_recovered(engine: Engine) {
    let world = World::new(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    open_account(&world, "another@x.test").await.expect("another admin");
    disable(&world, &ada).await;
    let after = read!(world, |conn| accounts::get(conn, &world.tenant, &ada.id)).expect("still there");
    assert_eq!(after.disabled_at, Some(world.store.now()));
    let account = ada.clone();
    work!(world, |conn| accounts::recover(conn, &account, "new").await).expect("recovered");
    let after = read!(world, |conn| accounts::get(conn, &world.tenant, &ada.id)).expect("still there");
    assert_eq!((after.disabled_at, after.password_hash.as_str()), (None, "new"));
}

async fn a_password_is_changed_from_the_one_that_was_read(engine: Engine) {
    let world = World::new(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    for (hash, expected) in [("mine", true), ("of another tab", false)] {
        let account = ada.clone();
        let changed = work!(world, |conn| accounts::change_password(conn, &account, hash).await);
        assert_eq!(changed.expect("answered"), expected, "{hash}");
    }
    let after = read!(world, |conn| accounts::get(conn, &world.tenant, &ada.id)).expect("still there");
    assert_eq!(after.password_hash, "mine");
}
