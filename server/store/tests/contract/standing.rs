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
    nobody_decides_beyond_their_own_role,
);

const ADMIN: Standing = Standing { role: Role::Admin, enabled: true };
const VIEWER: Standing = Standing { role: Role::Viewer, enabled: true };
const DISABLED: Standing = Standing { role: Role::Viewer, enabled: false };

async fn decide(world: &World, id: &AccountId, seen: Standing, wanted: Standing) -> Option<Outcome> {
    decide_as(world, None, id, (seen, wanted)).await
}

async fn decide_as(
    world: &World,
    by: Option<&AccountId>,
    id: &AccountId,
    (seen, wanted): (Standing, Standing),
) -> Option<Outcome> {
    let (id, decision) = (id.clone(), Decision { by: by.cloned(), seen, wanted });
    let decided: Result<_, StoreError> =
        work!(world, |conn| accounts::decide(conn, &world.tenant, &id, decision, world.store.now()).await);
    decided.expect("decided")
}

async fn standing_of(world: &World, id: &AccountId) -> Standing {
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
    assert_eq!((standing_of(&world, &bob.id).await, standing_of(&world, &ada.id).await), (VIEWER, ADMIN));
    assert!(decide(&world, &AccountId("nobody".to_owned()), ADMIN, VIEWER).await.is_none());
    let neighbour = world.neighbour().await;
    assert!(decide(&neighbour, &bob.id, VIEWER, DISABLED).await.is_none(), "another company's account");
    assert_eq!(standing_of(&world, &bob.id).await, VIEWER);
}

async fn a_decision_on_an_old_page_changes_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let (_, bob) = two_admins(&world).await;
    decide(&world, &bob.id, ADMIN, VIEWER).await;
    let stale = decide(&world, &bob.id, ADMIN, Standing { role: Role::Power, enabled: true }).await;
    assert!(matches!(&stale, Some(Outcome::Changed(account)) if account.standing() == VIEWER), "{stale:?}");
    assert_eq!(standing_of(&world, &bob.id).await, VIEWER);
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
    assert_eq!(standing_of(&world, &ada.id).await, ADMIN);
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
            let now = standing_of(&world, id).await;
            decide(&world, id, now, ADMIN).await;
        }
    }
}

async fn nobody_decides_beyond_their_own_role(engine: Engine) {
    let world = World::new(engine).await;
    let (ada, bob) = two_admins(&world).await;
    let cy = open_account(&world, "cy@x.test").await.expect("an account");
    let standing = |role| Standing { role, enabled: true };
    for role in Role::ALL {
        decide(&world, &bob.id, standing_of(&world, &bob.id).await, standing(role)).await;
        for held in Role::ALL {
            for wanted in Role::ALL.map(standing).into_iter().chain([Standing { role: held, enabled: false }]) {
                let before = standing_of(&world, &cy.id).await;
                decide(&world, &cy.id, before, standing(held)).await;
                let outcome = decide_as(&world, Some(&bob.id), &cy.id, (standing(held), wanted)).await;
                let allowed = role.may_give(held) && role.may_give(wanted.role);
                assert_eq!(!matches!(outcome, Some(Outcome::NotAllowed)), allowed, "{role:?} {held:?} {wanted:?}");
                assert_eq!(standing_of(&world, &cy.id).await, if allowed { wanted } else { standing(held) });
            }
        }
    }
    // Roles that were lost while the page was open are lost.
    let before = standing_of(&world, &bob.id).await;
    decide(&world, &bob.id, before, Standing { role: Role::Admin, enabled: false }).await;
    let refused = decide_as(&world, Some(&bob.id), &ada.id, (ADMIN, VIEWER)).await;
    assert!(matches!(refused, Some(Outcome::NotAllowed)), "{refused:?}");
}
