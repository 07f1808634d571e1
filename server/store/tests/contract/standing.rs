//! What admins decide about each other.

use store::accounts::{self, Account, Decision, Outcome, Role, Standing};
use store::testing::Engine;
use store::{AccountId, StoreError};

use crate::accounts::open_account;
use crate::support::World;

on_both_engines!(
    a_decision_is_carried_out_once,
    a_decision_on_an_old_page_changes_nothing,
    the_last_admin_stays,
    of_two_admins_who_end_each_other_at_once_one_stays,
);

const ADMIN: Standing = Standing { role: Role::Admin, enabled: true };
const VIEWER: Standing = Standing { role: Role::Viewer, enabled: true };
const DISABLED: Standing = Standing { role: Role::Viewer, enabled: false };

async fn decide(world: &World, id: &AccountId, seen: Standing, wanted: Standing) -> Option<Outcome> {
    let id = id.clone();
    let decided: Result<_, StoreError> = work!(world, |conn| {
        accounts::decide(conn, &world.tenant, &id, Decision { seen, wanted }, world.store.now()).await
    });
    decided.expect("decided")
}

async fn standing(world: &World, id: &AccountId) -> Standing {
    read!(world, |conn| accounts::get(conn, &world.tenant, id)).expect("the account").standing()
}

async fn two_admins(world: &World) -> (Account, Account) {
    let ada = open_account(world, "ada@x.test").await.expect("an account");
    (ada, open_account(world, "bob@x.test").await.expect("an account"))
}

async fn a_decision_is_carried_out_once(engine: Engine) {
    let world = World::new(engine).await;
    let (ada, bob) = two_admins(&world).await;
    let done = decide(&world, &bob.id, ADMIN, VIEWER).await;
    assert!(matches!(&done, Some(Outcome::Done(account)) if account.standing() == VIEWER), "{done:?}");
    let again = decide(&world, &bob.id, ADMIN, VIEWER).await;
    assert!(matches!(again, Some(Outcome::Already(_))), "{again:?}");
    assert!(matches!(decide(&world, &bob.id, VIEWER, DISABLED).await, Some(Outcome::Done(_))));
    let disabled = read!(world, |conn| accounts::get(conn, &world.tenant, &bob.id)).expect("the account");
    assert_eq!(disabled.disabled_at, Some(world.store.now()));
    assert!(matches!(decide(&world, &bob.id, DISABLED, VIEWER).await, Some(Outcome::Done(_))));
    assert_eq!((standing(&world, &bob.id).await, standing(&world, &ada.id).await), (VIEWER, ADMIN));
    assert!(decide(&world, &AccountId("nobody".to_owned()), ADMIN, VIEWER).await.is_none());
    let neighbour = world.neighbour().await;
    assert!(decide(&neighbour, &bob.id, VIEWER, DISABLED).await.is_none(), "another company's account");
    assert_eq!(standing(&world, &bob.id).await, VIEWER);
}

async fn a_decision_on_an_old_page_changes_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let (_, bob) = two_admins(&world).await;
    decide(&world, &bob.id, ADMIN, VIEWER).await;
    let stale = decide(&world, &bob.id, ADMIN, Standing { role: Role::Power, enabled: true }).await;
    assert!(matches!(&stale, Some(Outcome::Changed(account)) if account.standing() == VIEWER), "{stale:?}");
    assert_eq!(standing(&world, &bob.id).await, VIEWER);
}

async fn the_last_admin_stays(engine: Engine) {
    let world = World::new(engine).await;
    let (ada, bob) = two_admins(&world).await;
    let neighbour = world.neighbour().await;
    open_account(&neighbour, "admin@elsewhere.test").await.expect("an account");
    let ended = Standing { role: Role::Admin, enabled: false };
    assert!(matches!(decide(&world, &bob.id, ADMIN, ended).await, Some(Outcome::Done(_))));
    for wanted in [VIEWER, ended, DISABLED] {
        let refused = decide(&world, &ada.id, ADMIN, wanted).await;
        assert!(matches!(refused, Some(Outcome::LastAdmin(_))), "{wanted:?}: {refused:?}");
    }
    assert_eq!(standing(&world, &ada.id).await, ADMIN);
    assert!(
        matches!(decide(&world, &bob.id, ended, DISABLED).await, Some(Outcome::Done(_))),
        "it could not act anyway"
    );
}

async fn of_two_admins_who_end_each_other_at_once_one_stays(engine: Engine) {
    let world = World::new(engine).await;
    let (ada, bob) = two_admins(&world).await;
    for round in 0..10 {
        let wanted = if round % 2 == 0 { VIEWER } else { Standing { role: Role::Admin, enabled: false } };
        let attempts = [&ada.id, &bob.id].map(|id| {
            let (world, id) = (world.clone(), id.clone());
            tokio::spawn(async move { decide(&world, &id, ADMIN, wanted).await })
        });
        let (mut done, mut refused) = (0, 0);
        for attempt in attempts {
            match attempt.await.expect("no panic") {
                Some(Outcome::Done(_)) => done += 1,
                Some(Outcome::LastAdmin(_)) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((done, refused), (1, 1));
        for id in [&ada.id, &bob.id] {
            let now = standing(&world, id).await;
            decide(&world, id, now, ADMIN).await;
        }
    }
}
