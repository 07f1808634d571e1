//! Second factors: what is taken is taken once, and only from the account and company that have it.

use std::net::IpAddr;

use store::accounts::{Account, Decision, Role, Standing};
use store::attempts::{self, Begun};
use store::second_factor::{self, TakenAway};
use store::sessions::{self, Session};
use store::testing::Engine;
use store::{AccountId, StoreError, accounts};
use time::Duration;

use crate::accounts::open_account;
use crate::support::World;

on_both_engines!(
    it_counts_once_it_is_confirmed,
    a_code_is_taken_once,
    of_two_who_present_a_code_at_once_one_is_let_in,
    recovery_codes_work_once,
    codes_are_renewed_from_a_page_that_is_up_to_date,
    a_company_requires_one,
    it_is_taken_away_within_ones_role,
    codes_have_a_count_of_their_own,
);

const SECRET: &[u8] = b"a secret of twenty b";

async fn begin(world: &World, account: &Account, secret: &'static [u8]) -> bool {
    let id = account.id.clone();
    work!(world, |conn| second_factor::begin(conn, (&world.tenant, &id), secret, world.store.now()).await)
        .expect("stored")
}

async fn confirm(world: &World, account: &Account, secret: &'static [u8], step: i64) -> bool {
    let id = account.id.clone();
    work!(world, |conn| { second_factor::confirm(conn, (&world.tenant, &id), (secret, step), world.store.now()).await })
        .expect("stored")
}

async fn accept(world: &World, id: &AccountId, step: i64) -> bool {
    let id = id.clone();
    work!(world, |conn| second_factor::accept(conn, (&world.tenant, &id), (SECRET, step)).await).expect("stored")
}

async fn use_code(world: &World, id: &AccountId, code: &'static str) -> bool {
    let id = id.clone();
    work!(world, |conn| second_factor::use_code(conn, &world.tenant, &id, code).await).expect("stored")
}

/// New recovery codes, from a page that is up to date.
async fn codes(world: &World, account: &Account, codes: &[&str]) {
    let (id, codes): (_, Vec<String>) = (account.id.clone(), codes.iter().map(|code| (*code).to_owned()).collect());
    let renewed = work!(world, |conn| {
        let factor = second_factor::find(conn, &world.tenant, &id).await?.expect("a factor");
        second_factor::renew_codes(conn, (&world.tenant, &id), factor.codes_at, &codes, world.store.now()).await
    });
    assert!(renewed.expect("stored"));
}

/// An account with a second factor whose code of step 100 was taken.
async fn with_factor(world: &World, email: &str) -> Account {
    let account = open_account(world, email).await.expect("an account");
    assert!(begin(world, &account, SECRET).await && confirm(world, &account, SECRET, 100).await);
    account
}

async fn it_counts_once_it_is_confirmed(engine: Engine) {
    let world = World::new(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    let asked = async || read!(world, |conn| second_factor::confirmed(conn, &world.tenant, &ada.id)).is_some();
    assert!(!confirm(&world, &ada, SECRET, 1).await, "nothing was begun");
    assert!(begin(&world, &ada, b"given up").await && begin(&world, &ada, SECRET).await);
    assert!(!asked().await && !accept(&world, &ada.id, 1).await, "it waits to be confirmed");
    assert!(!confirm(&world, &ada, b"given up", 1).await, "another one was begun since");
    assert!(confirm(&world, &ada, SECRET, 100).await && asked().await);
    assert!(!confirm(&world, &ada, SECRET, 101).await && !begin(&world, &ada, b"another").await, "it stays");
    assert!(!accept(&world, &ada.id, 100).await, "the code that confirmed it was taken");
    assert_eq!(read!(world, |conn| second_factor::holders(conn, &world.tenant)), std::slice::from_ref(&ada.id));
    codes(&world, &ada, &["one"]).await;
    let removed = work!(world, |conn| second_factor::remove(conn, &world.tenant, &ada.id).await);
    assert!(removed.expect("stored"));
    assert_eq!(world.number("SELECT count(*) FROM recovery_codes").await, 0);
}

async fn a_code_is_taken_once(engine: Engine) {
    let world = World::new(engine).await;
    let ada = with_factor(&world, "ada@x.test").await;
    assert!(!accept(&world.neighbour().await, &ada.id, 101).await, "another company has no such account");
    assert!(accept(&world, &ada.id, 102).await);
    for taken in [102, 101, 100] {
        assert!(!accept(&world, &ada.id, taken).await, "{taken}");
    }
    assert!(accept(&world, &ada.id, 103).await);
}

async fn of_two_who_present_a_code_at_once_one_is_let_in(engine: Engine) {
    let world = World::new(engine).await;
    let ada = with_factor(&world, "ada@x.test").await;
    codes(&world, &ada, &["one"]).await;
    for step in 101..111 {
        let tries = [(); 2].map(|()| {
            let (world, id) = (world.clone(), ada.id.clone());
            tokio::spawn(async move { accept(&world, &id, step).await })
        });
        let mut let_in = 0;
        for one in tries {
            let_in += usize::from(one.await.expect("no panic"));
        }
        assert_eq!(let_in, 1, "{step}");
    }
    let tries = [(); 8].map(|()| {
        let (world, id) = (world.clone(), ada.id.clone());
        tokio::spawn(async move { use_code(&world, &id, "one").await })
    });
    let mut let_in = 0;
    for one in tries {
        let_in += usize::from(one.await.expect("no panic"));
    }
    assert_eq!(let_in, 1);
}

async fn recovery_codes_work_once(engine: Engine) {
    let world = World::new(engine).await;
    let (ada, bob) = (with_factor(&world, "ada@x.test").await, with_factor(&world, "bob@x.test").await);
    codes(&world, &ada, &["one", "two"]).await;
    assert!(!use_code(&world, &bob.id, "one").await, "another account's");
    assert!(!use_code(&world.neighbour().await, &ada.id, "one").await, "another company's");
    assert!(use_code(&world, &ada.id, "one").await && !use_code(&world, &ada.id, "one").await);
    assert_eq!(read!(world, |conn| second_factor::count_codes(conn, &world.tenant, &ada.id)), 1);
    let words = "SELECT count(*) FROM recovery_codes WHERE CAST(code_hash AS TEXT) LIKE '%two%'";
    assert_eq!(world.number(words).await, 0, "only their hashes are stored");
}

async fn codes_are_renewed_from_a_page_that_is_up_to_date(engine: Engine) {
    let world = World::new(engine).await;
    let ada = with_factor(&world, "ada@x.test").await;
    let seen = read!(world, |conn| second_factor::find(conn, &world.tenant, &ada.id)).expect("a factor").codes_at;
    codes(&world, &ada, &["one"]).await;
    let id = ada.id.clone();
    let stale = work!(world, |conn| {
        let codes = ["two".to_owned()];
        second_factor::renew_codes(conn, (&world.tenant, &id), seen, &codes, world.store.now()).await
    });
    assert!(!stale.expect("stored") && !use_code(&world, &ada.id, "two").await);
    // The clock stands still: another renewal is another one all the same.
    codes(&world, &ada, &["three"]).await;
    assert!(use_code(&world, &ada.id, "three").await && !use_code(&world, &ada.id, "one").await);
}

async fn a_company_requires_one(engine: Engine) {
    let world = World::new(engine).await;
    let (ada, bob) = (with_factor(&world, "ada@x.test").await, open_account(&world, "bob@x.test").await);
    let bob = bob.expect("an account");
    begin(&world, &bob, SECRET).await;
    let neighbour = world.neighbour().await;
    let cy = open_account(&neighbour, "cy@x.test").await.expect("an account");
    let missing = async |world: &World, account: &Account| {
        read!(world, |conn| second_factor::is_missing(conn, &world.tenant, &account.id))
    };
    assert!(!missing(&world, &bob).await, "nothing is required yet");
    let require = async || {
        work!(world, |conn| second_factor::require(conn, &world.tenant, "ada@x.test", world.store.now()).await)
    };
    assert!(require().await.expect("stored") && !require().await.expect("stored"), "once");
    assert!(missing(&world, &bob).await && !missing(&world, &ada).await && !missing(&neighbour, &cy).await);
    let required = read!(world, |conn| second_factor::requirement(conn, &world.tenant)).expect("required");
    assert_eq!((required.since, required.required_by.as_str()), (world.store.now(), "ada@x.test"));
    let lifted = work!(world, |conn| second_factor::lift(conn, &world.tenant).await);
    assert!(lifted.expect("stored") && !missing(&world, &bob).await);
}

async fn give(world: &World, account: &Account, role: Role) {
    let id = account.id.clone();
    let done: Result<_, StoreError> = work!(world, |conn| {
        let seen = accounts::get(conn, &world.tenant, &id).await?.expect("an account").standing();
        let decision = Decision { by: None, seen, wanted: Standing { role, enabled: true } };
        accounts::decide(conn, &world.tenant, &id, decision, world.store.now()).await
    });
    done.expect("decided");
}

async fn it_is_taken_away_within_ones_role(engine: Engine) {
    let world = World::new(engine).await;
    let (ada, bob) =
        (open_account(&world, "ada@x.test").await.expect("an account"), with_factor(&world, "b@x.test").await);
    let take = async |by: &Account| {
        let (by, id) = (by.id.clone(), bob.id.clone());
        work!(world, |conn| second_factor::take_away(conn, &world.tenant, &id, &by).await).expect("stored")
    };
    let cy = open_account(&world, "cy@x.test").await.expect("an account");
    for (by, of, allowed) in
        [(Role::Viewer, Role::Viewer, false), (Role::Power, Role::It, false), (Role::Power, Role::Viewer, true)]
    {
        give(&world, &cy, by).await;
        give(&world, &bob, of).await;
        let session = Session {
            hash: [7; 32],
            tenant_id: world.tenant.clone(),
            account_id: bob.id.clone(),
            data: serde_json::json!({}),
            expires_at: world.store.now() + Duration::hours(1),
        };
        work!(world, |conn| {
            sessions::end_all(conn, &session.tenant_id, &session.account_id).await?;
            sessions::create(conn, &session).await
        })
        .expect("a session");
        let taken = take(&cy).await;
        assert_eq!(matches!(taken, Some(TakenAway::Done(_))), allowed, "{by:?} of {of:?}: {taken:?}");
        assert_eq!(world.number("SELECT count(*) FROM sessions").await, i64::from(!allowed), "{by:?} of {of:?}");
    }
    assert!(matches!(take(&ada).await, Some(TakenAway::HadNone(_))));
    let neighbour = world.neighbour().await;
    let stranger = open_account(&neighbour, "eve@x.test").await.expect("an account");
    assert!(matches!(take(&stranger).await, Some(TakenAway::NotAllowed)));
    let nobody = AccountId("nobody".to_owned());
    let taken = work!(world, |conn| second_factor::take_away(conn, &world.tenant, &nobody, &ada.id).await);
    assert!(taken.expect("stored").is_none());
}

async fn codes_have_a_count_of_their_own(engine: Engine) {
    let world = World::new(engine).await;
    let code = async |address: &str| {
        let address = address.parse::<IpAddr>().ok();
        let begun = work!(world, |conn| attempts::begin_code(conn, "ada@x.test", address, world.store.now()).await);
        begun.expect("stored")
    };
    for _ in 0..5 {
        assert!(matches!(code("").await, Begun::Go(_)));
        // The right password between two codes.
        let right: Result<(), StoreError> = work!(world, |conn| {
            let Begun::Go(attempt) = attempts::begin(conn, "ada@x.test", None, world.store.now()).await? else {
                panic!("passwords need not wait")
            };
            attempts::succeeded(conn, &attempt).await
        });
        right.expect("stored");
    }
    assert!(matches!(code("203.0.113.1").await, Begun::Wait(10)), "wherever they come from");
}
