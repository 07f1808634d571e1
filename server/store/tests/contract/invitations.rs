//! One-time links to an account.

use store::accounts::{self, Role};
use store::invitations::{self, Invitation, NewLink};
use store::testing::Engine;
use store::{AccountId, InvitationId, StoreError};
use time::Duration;

use crate::accounts::open_account;
use crate::support::World;

on_both_engines!(
    a_link_makes_one_account,
    of_many_who_follow_a_link_one_gets_the_account,
    a_form_makes_one_link,
    a_new_link_ends_the_old_one,
    an_old_page_ends_nothing,
    a_link_expires,
    an_address_with_an_account_is_not_invited,
);

async fn invite(world: &World, email: &'static str, code: &'static str, key: &'static str) -> Result<(), StoreError> {
    work!(world, |conn| {
        let expires_at = world.store.now() + Duration::hours(72);
        let link = NewLink { code, request_key: key, by: "ada@x.test", expires_at };
        let id = InvitationId(world.store.new_id());
        invitations::create(conn, (&world.tenant, &id), (email, Role::It), &link, world.store.now()).await
    })
}

async fn renew(world: &World, id: &InvitationId, seen: &'static str, code: &'static str) -> Option<Invitation> {
    let id = id.clone();
    let renewed = work!(world, |conn| {
        let expires_at = world.store.now() + Duration::hours(72);
        let link = NewLink { code, request_key: code, by: "bob@x.test", expires_at };
        invitations::renew(conn, (&world.tenant, &id), seen, &link, world.store.now()).await
    });
    renewed.expect("answered")
}

async fn accept(world: &World, code: &'static str) -> Result<Option<accounts::Account>, StoreError> {
    work!(world, |conn| {
        let id = AccountId(world.store.new_id());
        let accepted = invitations::accept(conn, code, id, "hash".to_owned(), world.store.now()).await?;
        Ok(accepted.map(|(account, _)| account))
    })
}

async fn only(world: &World) -> Invitation {
    let mut all = read!(world, |conn| invitations::list(conn, &world.tenant));
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

async fn a_link_makes_one_account(engine: Engine) {
    let world = World::new(engine).await;
    invite(&world, " Cid@X.test ", "code", "k").await.expect("invited");
    let pending = only(&world).await;
    assert_eq!(
        (pending.email.as_str(), pending.role, pending.invited_by.as_str()),
        ("Cid@X.test", Role::It, "ada@x.test")
    );
    assert_eq!(world.number("SELECT count(*) FROM invitations WHERE length(code_hash) = 32").await, 1);
    assert_eq!(read!(world, |conn| invitations::find(conn, "code", world.store.now())), Some(pending));
    assert_eq!(read!(world, |conn| invitations::find(conn, "cod", world.store.now())), None);
    assert!(accept(&world, "another").await.expect("answered").is_none());
    let account = accept(&world, "code").await.expect("answered").expect("an account");
    assert_eq!(
        (account.email.as_str(), account.role, account.tenant_id),
        ("Cid@X.test", Role::It, world.tenant.clone())
    );
    assert!(accept(&world, "code").await.expect("answered").is_none(), "it works once");
    assert!(read!(world, |conn| invitations::list(conn, &world.tenant)).is_empty());
}

async fn of_many_who_follow_a_link_one_gets_the_account(engine: Engine) {
    let world = World::new(engine).await;
    invite(&world, "cid@x.test", "code", "k").await.expect("invited");
    let attempts = (0..8).map(|_| {
        let world = world.clone();
        tokio::spawn(async move { accept(&world, "code").await })
    });
    let mut winners = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        winners += usize::from(attempt.await.expect("no panic").expect("answered").is_some());
    }
    assert_eq!(winners, 1);
}

async fn a_form_makes_one_link(engine: Engine) {
    let world = World::new(engine).await;
    invite(&world, "cid@x.test", "code", "k").await.expect("invited");
    for (email, key, taken) in [("dan@x.test", "k", "request"), ("CID@x.test", "other", "invitation")] {
        let refused = invite(&world, email, "code 2", key).await;
        assert!(matches!(refused, Err(StoreError::Conflict(what)) if what == taken), "{email}: {refused:?}");
    }
    let neighbour = world.neighbour().await;
    invite(&neighbour, "cid@x.test", "code 3", "k").await.expect("another company's form");
    let again = {
        let id = only(&world).await.id;
        work!(world, |conn| {
            let link = NewLink { code: "x", request_key: "k", by: "", expires_at: world.store.now() };
            invitations::renew(conn, (&world.tenant, &id), "k", &link, world.store.now()).await
        })
    };
    assert!(matches!(again, Err(StoreError::Conflict("request"))), "{again:?}");
    // What the look before the insert did not see, the constraint refuses.
    let twin = format!(
        "INSERT INTO invitations (tenant_id, id, email, email_key, role, code_hash, request_key, invited_by, created_at,
             expires_at) SELECT tenant_id, 'twin', 'x', 'x', role, code_hash, 'x', '', 0, 0 FROM invitations
         WHERE tenant_id = '{}'",
        world.tenant
    );
    assert!(world.raw(&twin).await.is_err());
}

async fn a_new_link_ends_the_old_one(engine: Engine) {
    let world = World::new(engine).await;
    invite(&world, "cid@x.test", "old", "k").await.expect("invited");
    world.clock.advance(Duration::hours(80));
    let id = only(&world).await.id;
    let renewed = renew(&world, &id, "k", "new").await.expect("a new link, though the old one had expired");
    assert_eq!((renewed.invited_by.as_str(), renewed.created_at), ("bob@x.test", world.store.now()));
    assert!(accept(&world, "old").await.expect("answered").is_none());
    assert!(accept(&world, "new").await.expect("answered").is_some());
}

async fn an_old_page_ends_nothing(engine: Engine) {
    let world = World::new(engine).await;
    invite(&world, "cid@x.test", "old", "k").await.expect("invited");
    let id = only(&world).await.id;
    renew(&world, &id, "k", "new").await.expect("renewed");
    assert_eq!(renew(&world, &id, "k", "newer").await, None, "the page shows the link before");
    let withdraw = async |world: &World, seen: &'static str| {
        let id = id.clone();
        work!(world, |conn| invitations::withdraw(conn, &world.tenant, &id, seen).await).expect("answered")
    };
    assert_eq!(withdraw(&world, "k").await, None);
    let neighbour = world.neighbour().await;
    assert_eq!(withdraw(&neighbour, "new").await, None, "another company's invitation");
    assert_eq!(renew(&neighbour, &id, "new", "newest").await, None);
    assert!(withdraw(&world, "new").await.is_some());
    assert_eq!(withdraw(&world, "new").await, None);
    assert!(accept(&world, "new").await.expect("answered").is_none());
}

async fn a_link_expires(engine: Engine) {
    let world = World::new(engine).await;
    invite(&world, "cid@x.test", "code", "k").await.expect("invited");
    world.clock.advance(Duration::hours(72));
    assert_eq!(read!(world, |conn| invitations::find(conn, "code", world.store.now())), None);
    assert!(accept(&world, "code").await.expect("answered").is_none());
    only(&world).await;
    work!(world, |conn| invitations::purge(conn, world.store.now() - Duration::seconds(1)).await).expect("purged");
    only(&world).await;
    work!(world, |conn| invitations::purge(conn, world.store.now()).await).expect("purged");
    assert!(read!(world, |conn| invitations::list(conn, &world.tenant)).is_empty());
}

async fn an_address_with_an_account_is_not_invited(engine: Engine) {
    let world = World::new(engine).await;
    open_account(&world, "ada@x.test").await.expect("an account");
    let refused = invite(&world, "ADA@x.test", "code", "k").await;
    assert!(matches!(refused, Err(StoreError::Conflict("email"))), "{refused:?}");
    invite(&world, "cid@x.test", "code", "k").await.expect("invited");
    open_account(&world, "cid@x.test").await.expect("an account made meanwhile");
    let refused = accept(&world, "code").await;
    assert!(matches!(refused, Err(StoreError::Conflict("email"))), "{refused:?}");
    only(&world).await;
}
