use store::integrations::{self, Provider};
use store::testing::Engine;
use store::tokens::{self, Issued, NewToken, Rotation, Status, Token, TokenSecret};
use store::{IntegrationId, StoreError, TokenId};
use time::Duration;

use crate::support::World;

on_both_engines!(
    a_token_works_from_its_activation_to_its_revocation,
    a_token_expires,
    the_last_one_shown_is_the_only_one_that_can_be_activated,
    two_work_at_the_same_time_and_no_third,
    two_activated_at_once_do_not_pass_the_limit,
    one_activated_twice_at_once_is_activated_once,
    issuing_and_activating_at_once_leave_one_pending,
    an_overlap_ends,
    of_two_rotations_at_once_one_is_done,
    a_form_sent_twice_issues_once,
    the_secret_is_not_stored,
    its_use_is_written_down,
    constraints_refuse_what_cannot_be,
);

async fn issue(world: &World, provider: Provider, key: &str) -> Result<Issued, StoreError> {
    issue_for(world, provider, key, Some(Duration::days(365))).await
}

async fn issue_for(
    world: &World,
    provider: Provider,
    key: &str,
    expires_in: Option<Duration>,
) -> Result<Issued, StoreError> {
    let (id, integration_id) = (TokenId(world.store.new_id()), IntegrationId(world.store.new_id()));
    let (secret, key) = (TokenSecret::generate(world.store.random()), key.to_owned());
    work!(world, |conn| {
        let new = NewToken {
            tenant: &world.tenant,
            provider,
            id,
            integration_id,
            label: "Azure, production",
            request_key: &key,
            secret,
            by: "ada@x.test",
            expires_in,
            allowed_networks: Some("192.0.2.0/24"),
        };
        tokens::issue(conn, new, world.store.now()).await
    })
}

async fn activate(world: &World, id: &TokenId) -> Result<bool, StoreError> {
    let id = id.clone();
    work!(world, |conn| tokens::activate(conn, &world.tenant, &id, "ada@x.test", world.store.now()).await)
}

/// Issued and activated.
async fn live(world: &World, provider: Provider, key: &str) -> Issued {
    let issued = issue(world, provider, key).await.expect("issued");
    assert!(activate(world, &issued.token.id).await.expect("activated"));
    issued
}

async fn works(world: &World, issued: &Issued) -> bool {
    let digest = issued.secret.digest();
    read!(world, |conn| tokens::authenticate(conn, &digest, world.store.now())).is_some()
}

async fn status(world: &World, id: &TokenId) -> Status {
    let token: Option<Token> = read!(world, |conn| tokens::get(conn, &world.tenant, id));
    token.expect("a token").status(world.store.now())
}

async fn revoke(world: &World, id: &TokenId) -> bool {
    let id = id.clone();
    work!(world, |conn| tokens::revoke(conn, &world.tenant, &id, "bob", "lost", world.store.now()).await)
        .expect("an answer")
}

async fn a_token_works_from_its_activation_to_its_revocation(engine: Engine) {
    let world = World::new(engine).await;
    let issued = issue(&world, Provider::Azure, "k1").await.expect("issued");
    assert_eq!(status(&world, &issued.token.id).await, Status::Pending);
    assert!(!works(&world, &issued).await, "never activated, never works");
    world.clock.advance(Duration::minutes(1));
    assert!(activate(&world, &issued.token.id).await.expect("activated"));
    assert!(!activate(&world, &issued.token.id).await.expect("an answer"), "it was active already");
    assert!(!activate(&world, &TokenId("none".to_owned())).await.expect("an answer"));
    assert_eq!(status(&world, &issued.token.id).await, Status::Active);
    let digest = issued.secret.digest();
    let context = read!(world, |conn| tokens::authenticate(conn, &digest, world.store.now())).expect("it works");
    assert_eq!((&context.tenant_id, &context.token_id), (&world.tenant, &issued.token.id));
    let azure = read!(world, |conn| integrations::find(conn, &world.tenant, Provider::Azure)).expect("azure");
    assert_eq!((azure.id, azure.activated_at), (context.integration_id, Some(world.store.now())));
    let listed = read!(world, |conn| tokens::list(conn, &world.tenant)).pop().expect("listed");
    assert_eq!(listed.label, "Azure, production");
    assert!(issued.secret.expose().starts_with(&listed.prefix) && issued.secret.expose().ends_with(&listed.last_four));
    assert_eq!(listed.expires_at, Some(issued.token.created_at + Duration::days(365)));
    assert!(revoke(&world, &issued.token.id).await);
    assert!(!revoke(&world, &issued.token.id).await, "once");
    assert!(!works(&world, &issued).await);
    assert!(!activate(&world, &issued.token.id).await.expect("an answer"));
    let listed = read!(world, |conn| tokens::list(conn, &world.tenant)).pop().expect("still listed");
    assert_eq!((listed.revoked_at, listed.revoked_by.as_deref()), (Some(world.store.now()), Some("bob")));
    assert_eq!(listed.status(world.store.now()), Status::Revoked);
}

async fn a_token_expires(engine: Engine) {
    let world = World::new(engine).await;
    let hour = issue_for(&world, Provider::Azure, "k1", Some(Duration::hours(1))).await.expect("issued");
    let ever = issue_for(&world, Provider::Okta, "k2", None).await.expect("issued");
    let never_active = issue_for(&world, Provider::Google, "k3", Some(Duration::hours(1))).await.expect("issued");
    assert!(activate(&world, &hour.token.id).await.expect("activated"));
    assert!(activate(&world, &ever.token.id).await.expect("activated"));
    world.clock.advance(Duration::hours(1) - Duration::milliseconds(1));
    assert!(works(&world, &hour).await);
    world.clock.advance(Duration::milliseconds(1));
    assert!(!works(&world, &hour).await);
    assert_eq!(status(&world, &hour.token.id).await, Status::Expired);
    assert!(!activate(&world, &never_active.token.id).await.expect("an answer"), "too late");
    world.clock.advance(Duration::days(3_650));
    assert!(works(&world, &ever).await);
}

async fn the_last_one_shown_is_the_only_one_that_can_be_activated(engine: Engine) {
    let world = World::new(engine).await;
    let first = issue(&world, Provider::Azure, "k1").await.expect("issued");
    let okta = issue(&world, Provider::Okta, "k2").await.expect("issued");
    let second = issue(&world, Provider::Azure, "k3").await.expect("issued");
    assert!(!activate(&world, &first.token.id).await.expect("an answer"));
    assert_eq!(status(&world, &first.token.id).await, Status::Revoked);
    assert!(activate(&world, &second.token.id).await.expect("activated"));
    assert!(activate(&world, &okta.token.id).await.expect("activated"), "another provider's is another matter");
    let listed: Vec<_> = read!(world, |conn| tokens::list(conn, &world.tenant)).into_iter().map(|one| one.id).collect();
    assert_eq!(listed.len(), 2, "the discarded one is not listed");
    assert!(!listed.contains(&first.token.id));
}

async fn two_work_at_the_same_time_and_no_third(engine: Engine) {
    let world = World::new(engine).await;
    let one = live(&world, Provider::Azure, "k1").await;
    let two = live(&world, Provider::Azure, "k2").await;
    let three = issue(&world, Provider::Azure, "k3").await.expect("issued");
    let refused = activate(&world, &three.token.id).await;
    assert!(matches!(refused, Err(StoreError::TooManyTokens)), "{refused:?}");
    assert!(works(&world, &one).await && works(&world, &two).await && !works(&world, &three).await);
    live(&world, Provider::Okta, "k4").await;
    assert!(revoke(&world, &one.token.id).await);
    assert!(activate(&world, &three.token.id).await.expect("there is room again"));
}

async fn two_activated_at_once_do_not_pass_the_limit(engine: Engine) {
    let world = World::new(engine).await;
    for round in 0..5 {
        let provider = Provider::ALL[round];
        live(&world, provider, &format!("first-{round}")).await;
        // The API discards all pending tokens but the last; two that are pending are made by hand.
        let pending = [
            issue(&world, provider, &format!("second-{round}")).await.expect("issued").token.id,
            issue(&world, provider, &format!("third-{round}")).await.expect("issued").token.id,
        ];
        world.raw("UPDATE scim_tokens SET revoked_at = NULL WHERE revoked_reason = 'discarded'").await.expect("undone");
        let attempts = pending.map(|id| {
            let world = world.clone();
            tokio::spawn(async move { activate(&world, &id).await })
        });
        let mut outcomes = Vec::new();
        for attempt in attempts {
            outcomes.push(attempt.await.expect("no panic"));
        }
        let activated = outcomes.iter().filter(|outcome| matches!(outcome, Ok(true))).count();
        let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::TooManyTokens))).count();
        assert_eq!((activated, refused), (1, 1), "{outcomes:?}");
        world.raw("UPDATE scim_tokens SET revoked_at = 1 WHERE revoked_at IS NULL").await.expect("cleared");
    }
}

async fn one_activated_twice_at_once_is_activated_once(engine: Engine) {
    let world = World::new(engine).await;
    for round in 0..10 {
        let issued = issue(&world, Provider::Azure, &format!("k{round}")).await.expect("issued");
        let attempts = [(), ()].map(|()| {
            let (world, id) = (world.clone(), issued.token.id.clone());
            tokio::spawn(async move { activate(&world, &id).await.expect("an answer") })
        });
        let mut activated = 0;
        for attempt in attempts {
            activated += usize::from(attempt.await.expect("no panic"));
        }
        assert_eq!(activated, 1);
        assert!(revoke(&world, &issued.token.id).await);
    }
}

async fn issuing_and_activating_at_once_leave_one_pending(engine: Engine) {
    let world = World::new(engine).await;
    for round in 0..10 {
        let shown = issue(&world, Provider::Azure, &format!("a{round}")).await.expect("issued");
        let activating = {
            let (world, id) = (world.clone(), shown.token.id.clone());
            tokio::spawn(async move { activate(&world, &id).await.expect("an answer") })
        };
        let issuing = {
            let world = world.clone();
            tokio::spawn(async move { issue(&world, Provider::Azure, &format!("b{round}")).await.expect("issued") })
        };
        let activated = activating.await.expect("no panic");
        let later = issuing.await.expect("no panic");
        // Whoever came first, what was answered is what holds.
        assert_eq!(works(&world, &shown).await, activated);
        assert_eq!(status(&world, &later.token.id).await, Status::Pending);
        revoke(&world, &shown.token.id).await;
    }
}

async fn an_overlap_ends(engine: Engine) {
    let world = World::new(engine).await;
    for (round, overlap) in
        [Duration::ZERO, Duration::hours(1), Duration::hours(24), Duration::days(7)].iter().enumerate()
    {
        let old = live(&world, Provider::Azure, &format!("old-{round}")).await;
        let new = live(&world, Provider::Azure, &format!("new-{round}")).await;
        let (old_id, new_id, overlap) = (old.token.id.clone(), new.token.id.clone(), *overlap);
        work!(world, |conn| tokens::replace(conn, &world.tenant, &old_id, &new_id, overlap, world.store.now()).await)
            .expect("replaced");
        assert_eq!(works(&world, &old).await, overlap.is_positive());
        if overlap.is_positive() {
            assert_eq!(status(&world, &old.token.id).await, Status::Overlap);
            world.clock.advance(overlap - Duration::milliseconds(1));
            assert!(works(&world, &old).await);
            world.clock.advance(Duration::milliseconds(1));
        }
        assert!(!works(&world, &old).await && works(&world, &new).await);
        assert_eq!(status(&world, &old.token.id).await, Status::Revoked);
        let token = read!(world, |conn| tokens::get(conn, &world.tenant, &old.token.id)).expect("a token");
        assert_eq!(token.replaced_by, Some(new.token.id.clone()));
        assert!(revoke(&world, &new.token.id).await);
    }
}

async fn of_two_rotations_at_once_one_is_done(engine: Engine) {
    let world = World::new(engine).await;
    for (round, overlap) in [Duration::ZERO, Duration::hours(1), Duration::ZERO].into_iter().enumerate() {
        let old = live(&world, Provider::Azure, &format!("old-{round}")).await.token.id;
        let rotations = ["a", "b", "c"].map(|key| {
            let (world, old, key) = (world.clone(), old.clone(), format!("{key}{round}"));
            let (id, secret) = (TokenId(world.store.new_id()), TokenSecret::generate(world.store.random()));
            tokio::spawn(async move {
                work!(world, |conn| {
                    let rotation = Rotation {
                        tenant: &world.tenant,
                        old: &old,
                        id,
                        request_key: &key,
                        secret,
                        by: "ada@x.test",
                        from: "",
                        overlap,
                    };
                    tokens::rotate(conn, rotation, world.store.now()).await
                })
            })
        });
        let mut rotated = Vec::new();
        for rotation in rotations {
            rotated.extend(rotation.await.expect("no panic").expect("an answer"));
        }
        assert_eq!(rotated.len(), 1, "{rotated:?}");
        let new = &rotated[0];
        assert!(works(&world, new).await);
        assert_eq!(new.token.allowed_networks.as_deref(), Some("192.0.2.0/24"));
        let token = read!(world, |conn| tokens::get(conn, &world.tenant, &old)).expect("a token");
        assert_eq!(token.replaced_by.as_ref(), Some(&new.token.id));
        world.raw("UPDATE scim_tokens SET revoked_at = 1 WHERE revoked_at IS NULL").await.expect("cleared");
    }
}

async fn a_form_sent_twice_issues_once(engine: Engine) {
    let world = World::new(engine).await;
    let first = issue(&world, Provider::Azure, "key").await.expect("issued");
    let again = issue(&world, Provider::Azure, "key").await;
    assert!(matches!(again, Err(StoreError::Conflict("request"))), "{again:?}");
    assert_eq!(status(&world, &first.token.id).await, Status::Pending, "the one that was shown can be activated");
    assert!(issue(&world.neighbour().await, Provider::Azure, "key").await.is_ok());
    let attempts: Vec<_> = (0..4)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move { issue(&world, Provider::Okta, "other").await.is_ok() })
        })
        .collect();
    let mut issued = 0;
    for attempt in attempts {
        issued += usize::from(attempt.await.expect("no panic"));
    }
    assert_eq!(issued, 1);
}

async fn the_secret_is_not_stored(engine: Engine) {
    let world = World::new(engine).await;
    let issued = live(&world, Provider::Azure, "k").await;
    assert_eq!(issued.secret.digest(), TokenSecret::parse(issued.secret.expose()).expect("its own text").digest());
    let text = match engine {
        Engine::Sqlite => {
            let mut bytes = Vec::new();
            for file in std::fs::read_dir(world.database.folder()).expect("the folder") {
                bytes.extend(std::fs::read(file.expect("a file").path()).expect("readable"));
            }
            assert!(!bytes.is_empty());
            String::from_utf8_lossy(&bytes).into_owned()
        }
        Engine::Postgres => {
            let mut reader = world.store.read().await.expect("a reader");
            let store::Conn::Postgres(c) = reader.conn() else { unreachable!("PostgreSQL was asked for") };
            sqlx::query_scalar("SELECT string_agg(t::text, ' ') FROM scim_tokens t").fetch_one(c).await.expect("rows")
        }
    };
    assert!(text.contains(issued.secret.last_four()));
    // The prefix and the last four are shown; the 45 letters between them are the secret.
    let secret = issued.secret.expose();
    assert!(!text.contains(&secret[issued.secret.shown_prefix().len()..secret.len() - 4]));
}

async fn its_use_is_written_down(engine: Engine) {
    let world = World::new(engine).await;
    let issued = live(&world, Provider::Azure, "k").await;
    let digest = issued.secret.digest();
    let context = read!(world, |conn| tokens::authenticate(conn, &digest, world.store.now())).expect("it works");
    assert_eq!(context.last_used_at, None);
    work!(world, |conn| tokens::touch(conn, &context, "192.0.2.1", "Azure", world.store.now()).await).expect("noted");
    let context = read!(world, |conn| tokens::authenticate(conn, &digest, world.store.now())).expect("it works");
    assert_eq!(context.last_used_at, Some(world.store.now()));
    let token = read!(world, |conn| tokens::get(conn, &world.tenant, &issued.token.id)).expect("a token");
    assert_eq!(
        (token.last_used_address.as_deref(), token.last_used_agent.as_deref()),
        (Some("192.0.2.1"), Some("Azure"))
    );
}

async fn constraints_refuse_what_cannot_be(engine: Engine) {
    let world = World::new(engine).await;
    let one = live(&world, Provider::Azure, "k1").await;
    let okta = live(&world, Provider::Okta, "k2").await;
    let tenant = &world.tenant;
    let digest = |issued: &Issued| issued.secret.digest().map(|byte| format!("{byte:02x}")).concat();
    let blob = |hex: String| if engine == Engine::Sqlite { format!("x'{hex}'") } else { format!("'\\x{hex}'::bytea") };
    let insert = |id: &str, integration: &str, digest: String, key: &str| {
        format!(
            "INSERT INTO scim_tokens (tenant_id, id, integration_id, label, digest, prefix, last_four, request_key,
                 created_by, created_at)
             VALUES ('{tenant}', '{id}', '{integration}', '', {}, '', '', '{key}', '', 0)",
            blob(digest)
        )
    };
    let azure = one.token.integration_id.as_str();
    world.raw(&insert("new", azure, "00".to_owned(), "k3")).await.expect("this one is right");
    for (what, sql) in [
        ("the id", insert(okta.token.id.as_str(), azure, "01".to_owned(), "k4")),
        ("the digest", insert("new2", azure, digest(&okta), "k4")),
        ("the form's key", insert("new2", azure, "01".to_owned(), "k2")),
        ("the integration", insert("new2", "none", "01".to_owned(), "k4")),
    ] {
        assert!(world.raw(&sql).await.is_err(), "{what}");
    }
}
