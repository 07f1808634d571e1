use serde_json::json;
use store::accounts::{self, Account, Decision, Outcome, Role, Standing};
use store::integrations::{self, Provider};
use store::sso::{self, AccountLink, EmployeeSession, MatchBy, PROOF, Problem, Required, Requirement, Settings};
use store::testing::Engine;
use store::{AccountId, Conn, StoreError, TenantId, employees};
use time::Duration;

use crate::accounts::{disable, open_account};
use crate::support::World;

on_both_engines!(
    settings_are_a_companys_own,
    a_request_belongs_to_one_browser_and_ends,
    of_many_responses_to_one_request_one_counts,
    an_assertion_is_used_once,
    a_session_ends_with_whatever_it_rests_on,
    turning_sign_on_off_ends_what_is_under_way,
    people_are_found_by_what_was_chosen,
    an_account_is_one_employee,
    looking_things_up_uses_an_index,
    a_test_is_known_by_its_request,
    sign_on_is_required_only_where_that_locks_nobody_out,
    the_way_in_without_it_stays_open,
    whatever_ends_sign_on_ends_the_requirement,
    whom_no_assertion_would_name_is_found,
);

fn settings(world: &World) -> Settings {
    Settings {
        tenant_id: world.tenant.clone(),
        integration_id: world.integration.clone(),
        enabled: true,
        issuer: "https://idp.test/".to_owned(),
        certificate: vec![1, 2, 3],
        next_certificate: None,
        redirect_url: Some("https://idp.test/sso".to_owned()),
        portal_url: None,
        logout_url: None,
        allow_unsolicited: true,
        attribute: None,
        match_by: MatchBy::UserName,
        saved_at: world.store.now(),
        saved_by: "ada@x.test".to_owned(),
    }
}

async fn save(world: &World, settings: Settings) {
    work!(world, |conn| sso::save(conn, Provider::Azure, &settings).await).expect("saved");
}

async fn set_up(engine: Engine) -> World {
    let world = World::new(engine).await;
    save(&world, settings(&world)).await;
    world
}

fn address(world: &World) -> String {
    sso::instance_id(&world.tenant, Provider::Azure)
}

async fn settings_are_a_companys_own(engine: Engine) {
    let world = set_up(engine).await;
    let neighbour = world.neighbour().await;
    let first = settings(&world);
    assert_eq!(read!(world, |conn| sso::find(conn, &world.tenant, &world.integration)), Some(first.clone()));
    assert_eq!(read!(world, |conn| sso::find_by_instance(conn, &address(&world))), Some(first.clone()));
    assert_eq!(read!(world, |conn| sso::find_by_instance(conn, &address(&neighbour))), None);
    assert_eq!(read!(world, |conn| sso::find_by_instance(conn, "\0")), None);
    assert_eq!(read!(world, |conn| sso::find(conn, &neighbour.tenant, &world.integration)), None);
    let second = Settings {
        next_certificate: Some(vec![9]),
        portal_url: Some("https://portal.test".to_owned()),
        logout_url: Some("https://idp.test/out".to_owned()),
        attribute: Some("mail".to_owned()),
        match_by: MatchBy::Email,
        allow_unsolicited: false,
        ..first
    };
    save(&world, second.clone()).await;
    save(&neighbour, settings(&neighbour)).await;
    assert_eq!(read!(world, |conn| sso::list(conn, &world.tenant)), [second]);
    let ids = [address(&world), address(&neighbour), sso::instance_id(&world.tenant, Provider::Okta)];
    assert!(ids[0] != ids[1] && ids[0] != ids[2] && ids.iter().all(|id| id.len() == 32), "{ids:?}");
}

async fn request(world: &World, id: &'static str, browser: u8) {
    work!(world, |conn| {
        let now = world.store.now();
        let times = (now, now + Duration::minutes(10));
        sso::add_request(conn, (&world.tenant, &world.integration), id, &[browser; 32], times).await
    })
    .expect("a request");
}

async fn open(world: &World, browser: u8) -> Vec<String> {
    let place = (&world.tenant, &world.integration);
    let requests = read!(world, |conn| sso::open_requests(conn, place, &[browser; 32], world.store.now()));
    requests.into_iter().map(|request| request.id).collect()
}

async fn close(world: &World, id: &'static str) -> bool {
    work!(world, |conn| sso::close_request(conn, &world.tenant, id).await).expect("answered")
}

async fn a_request_belongs_to_one_browser_and_ends(engine: Engine) {
    let world = set_up(engine).await;
    let neighbour = world.neighbour().await;
    save(&neighbour, settings(&neighbour)).await;
    request(&world, "one", 1).await;
    assert_eq!(open(&world, 1).await, ["one"]);
    assert_eq!(open(&world, 2).await, Vec::<String>::new(), "another browser");
    assert_eq!(open(&neighbour, 1).await, Vec::<String>::new(), "another company");
    assert!(!close(&neighbour, "one").await);
    assert!(!close(&world, "\0").await);
    world.clock.advance(Duration::minutes(10));
    assert_eq!(open(&world, 1).await, Vec::<String>::new(), "it waited too long");
    request(&world, "two", 1).await;
    assert_eq!(world.number("SELECT count(*) FROM sso_requests").await, 1, "what expired is forgotten");
    assert!(close(&world, "two").await);
    assert!(!close(&world, "two").await);
}

async fn of_many_responses_to_one_request_one_counts(engine: Engine) {
    let world = set_up(engine).await;
    request(&world, "one", 1).await;
    let attempts: Vec<_> =
        (0..8).map(|_| world.clone()).map(|world| tokio::spawn(async move { close(&world, "one").await })).collect();
    let mut closed = 0;
    for attempt in attempts {
        closed += usize::from(attempt.await.expect("no panic"));
    }
    assert_eq!(closed, 1);
}

async fn use_up(world: &World, id: &'static str) -> bool {
    work!(world, |conn| {
        let until = world.store.now() + Duration::minutes(10);
        sso::use_assertion(conn, (&world.tenant, &world.integration), id, until).await
    })
    .expect("answered")
}

async fn an_assertion_is_used_once(engine: Engine) {
    let world = set_up(engine).await;
    let neighbour = world.neighbour().await;
    save(&neighbour, settings(&neighbour)).await;
    let attempts: Vec<_> =
        (0..8).map(|_| world.clone()).map(|world| tokio::spawn(async move { use_up(&world, "_a").await })).collect();
    let mut used = 0;
    for attempt in attempts {
        used += usize::from(attempt.await.expect("no panic"));
    }
    assert_eq!(used, 1);
    assert!(use_up(&neighbour, "_a").await, "another company's identity provider may make the same id");
    world.clock.advance(Duration::minutes(10) - Duration::seconds(1));
    request(&world, "one", 1).await;
    assert!(!use_up(&world, "_a").await, "as long as it would be accepted");
    world.clock.advance(Duration::seconds(1));
    request(&world, "two", 1).await;
    assert_eq!(world.number("SELECT count(*) FROM sso_assertions").await, 1, "only the neighbour's is left");
}

async fn sign_in(world: &World, employee: &str, number: u8) -> EmployeeSession {
    let session = EmployeeSession {
        tenant_id: world.tenant.clone(),
        employee_id: employee.to_owned(),
        integration_id: world.integration.clone(),
    };
    let begun = session.clone();
    work!(world, |conn| {
        sso::begin_session(conn, &begun, &[number; 32], world.store.now() + Duration::hours(8)).await
    })
    .expect("a session");
    session
}

async fn load(world: &World, number: u8) -> Option<EmployeeSession> {
    read!(world, |conn| sso::load_session(conn, &[number; 32], world.store.now()))
}

async fn a_session_ends_with_whatever_it_rests_on(engine: Engine) {
    let world = set_up(engine).await;
    let ada = world.employee("ada", json!({"userName": "ada", "active": true}));
    let hired = ada.clone();
    work!(world, |conn| employees::insert(conn, &world.tenant, &hired, scim::Schemas::standard()).await)
        .expect("hired");
    let session = sign_in(&world, "ada", 1).await;
    assert_eq!(load(&world, 1).await, Some(session.clone()));
    assert_eq!(load(&world, 2).await, None);
    for (undo, how) in [
        ("UPDATE employees SET active = FALSE", "UPDATE employees SET active = TRUE"),
        ("UPDATE sso_settings SET enabled = FALSE", "UPDATE sso_settings SET enabled = TRUE"),
    ] {
        world.raw(undo).await.expect("changed");
        assert_eq!(load(&world, 1).await, None, "{undo}");
        world.raw(how).await.expect("changed back");
        assert_eq!(load(&world, 1).await, Some(session.clone()));
    }
    world.clock.advance(Duration::hours(8));
    assert_eq!(load(&world, 1).await, None, "it expired");
    work!(world, |conn| sso::purge(conn, &world.tenant, world.store.now()).await).expect("purged");
    assert_eq!(world.number("SELECT count(*) FROM employee_sessions").await, 0);
    sign_in(&world, "ada", 3).await;
    work!(world, |conn| sso::end_session(conn, &[3; 32]).await).expect("ended");
    assert_eq!(load(&world, 3).await, None);
    sign_in(&world, "ada", 4).await;
    work!(world, |conn| employees::delete(conn, &world.tenant, "ada", world.store.now()).await).expect("deleted");
    assert_eq!(world.number("SELECT count(*) FROM employee_sessions").await, 0, "the employee left");
}

async fn turning_sign_on_off_ends_what_is_under_way(engine: Engine) {
    let world = set_up(engine).await;
    world.hire("ada").await;
    sign_in(&world, "ada", 1).await;
    request(&world, "one", 1).await;
    assert!(work!(world, |conn| sso::disable(conn, &world.tenant, &world.integration).await).expect("off"));
    assert!(!work!(world, |conn| sso::disable(conn, &world.tenant, &world.integration).await).expect("off already"));
    assert_eq!(world.number("SELECT count(*) FROM employee_sessions").await, 0);
    assert_eq!(open(&world, 1).await, Vec::<String>::new());
    save(&world, settings(&world)).await;
    work!(world, |conn| {
        integrations::activate(conn, &world.tenant, &world.integration, "ada", world.store.now()).await?;
        let place = (&world.tenant, &world.integration);
        integrations::deactivate(conn, place, None, "ada", world.store.now()).await
    })
    .expect("deleted");
    let after = read!(world, |conn| sso::find(conn, &world.tenant, &world.integration)).expect("it stays");
    assert!(!after.enabled, "with its integration, sign-on is off too");
}

async fn find(world: &World, by: MatchBy, value: &str) -> Vec<String> {
    read!(world, |conn| sso::find_people(conn, &world.tenant, by, value)).into_iter().map(|(id, _)| id).collect()
}

async fn people_are_found_by_what_was_chosen(engine: Engine) {
    let world = set_up(engine).await;
    let neighbour = world.neighbour().await;
    for (company, id, external) in [(&world, "ada", "A1"), (&world, "bob", "a1"), (&neighbour, "eve", "A1")] {
        let emails = json!([{"value": format!("{id}@x.test")}, {"value": "all@x.test"}]);
        let employee =
            company.employee(id, json!({"userName": format!("{id}@u.test"), "externalId": external, "emails": emails}));
        work!(company, |conn| employees::insert(conn, &company.tenant, &employee, scim::Schemas::standard()).await)
            .expect("hired");
    }
    assert_eq!(find(&world, MatchBy::UserName, "ADA@u.test").await, ["ada"]);
    assert_eq!(find(&world, MatchBy::Email, "Ada@X.test").await, ["ada"]);
    assert_eq!(find(&world, MatchBy::ExternalId, "A1").await, ["ada"], "exactly");
    assert_eq!(find(&world, MatchBy::Email, "all@x.test").await.len(), 2, "two are nobody");
    for (by, value) in [
        (MatchBy::UserName, "ada@x.test"),
        (MatchBy::Email, "ada@u.test"),
        (MatchBy::UserName, "eve@u.test"),
        (MatchBy::UserName, "ada@u.test\0"),
        (MatchBy::UserName, "%"),
        (MatchBy::ExternalId, ""),
    ] {
        assert_eq!(find(&world, by, value).await, Vec::<String>::new(), "{value}");
    }
}

async fn link(world: &World, account: &AccountId, employee: &str) -> Result<(), StoreError> {
    let link =
        AccountLink { account_id: account.clone(), employee_id: employee.to_owned(), linked_by: "root".to_owned() };
    work!(world, |conn| sso::link(conn, &world.tenant, &link, world.store.now()).await)
}

async fn an_account_is_one_employee(engine: Engine) {
    let world = set_up(engine).await;
    let neighbour = world.neighbour().await;
    world.hire("ada").await;
    world.hire("bob").await;
    let one = open_account(&world, "ada@x.test").await.expect("an account").id;
    let two = open_account(&world, "bob@x.test").await.expect("an account").id;
    link(&world, &one, "ada").await.expect("linked");
    for (account, employee) in [(&one, "bob"), (&two, "ada"), (&one, "ada")] {
        assert!(matches!(link(&world, account, employee).await, Err(StoreError::Conflict("link"))));
    }
    assert!(link(&neighbour, &one, "ada").await.is_err(), "another company's");
    assert!(link(&world, &two, "nobody").await.is_err());
    let found = read!(world, |conn| sso::link_of_employee(conn, &world.tenant, "ada")).expect("linked");
    assert_eq!((&found.account_id, found.linked_by.as_str()), (&one, "root"));
    assert_eq!(read!(world, |conn| sso::link_of_account(conn, &world.tenant, &one)), Some(found));
    assert_eq!(read!(world, |conn| sso::link_of_employee(conn, &world.tenant, "bob")), None);
    assert_eq!(read!(world, |conn| sso::link_of_employee(conn, &neighbour.tenant, "ada")), None);
    for was_linked in [true, false] {
        let account = one.clone();
        let unlinked = work!(world, |conn| sso::unlink(conn, &world.tenant, &account).await);
        assert_eq!(unlinked.expect("answered"), was_linked);
    }
    link(&world, &one, "ada").await.expect("linked again");
    work!(world, |conn| employees::delete(conn, &world.tenant, "ada", world.store.now()).await).expect("deleted");
    assert_eq!(read!(world, |conn| sso::link_of_account(conn, &world.tenant, &one)), None, "it went with the employee");
}

/// What strangers can make the server look up is found by an index, however many rows there are.
async fn looking_things_up_uses_an_index(engine: Engine) {
    let world = set_up(engine).await;
    let crowd = world.crowd(3_000).await;
    let TenantId(tenant) = &world.tenant;
    let rows = |table: &str, columns: &str, values: &str| {
        format!(
            "INSERT INTO {table} ({columns}) SELECT tenant_id, {values} FROM employees WHERE tenant_id = '{tenant}'"
        )
    };
    let (hash, integration) = (hash_of_id(engine), &world.integration);
    for sql in [
        rows(
            "employee_sessions",
            "tenant_id, id_hash, employee_id, integration_id, expires_at",
            &format!("{hash}, id, '{integration}', 9"),
        ),
        rows(
            "sso_requests",
            "tenant_id, id, browser_hash, integration_id, expires_at",
            &format!("id, {hash}, '{integration}', 9"),
        ),
        rows("sso_assertions", "tenant_id, id, integration_id, expires_at", &format!("id, '{integration}', 9")),
    ] {
        world.raw(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }
    world.raw("ANALYZE").await.expect("analyzed");
    assert_eq!(crowd.len(), 3_000);
    let bytes = if engine == Engine::Sqlite { "x'00'" } else { "'\\x00'::bytea" };
    for sql in [
        format!("SELECT 1 FROM employee_sessions WHERE id_hash = {bytes}"),
        format!("SELECT 1 FROM employee_sessions WHERE tenant_id = '{tenant}' AND expires_at <= 1"),
        format!(
            "SELECT 1 FROM sso_requests WHERE tenant_id = '{tenant}' AND integration_id = '{integration}' AND browser_hash = {bytes}"
        ),
        format!("SELECT 1 FROM sso_requests WHERE tenant_id = '{tenant}' AND expires_at <= 1"),
        format!("SELECT 1 FROM sso_assertions WHERE tenant_id = '{tenant}' AND expires_at <= 1"),
    ] {
        let plan = plan(&world, &sql).await;
        assert!(plan.contains("INDEX") || plan.contains("Index"), "{sql}\n{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("Seq Scan"), "{sql}\n{plan}");
    }
}

fn hash_of_id(engine: Engine) -> &'static str {
    if engine == Engine::Sqlite { "CAST(id AS BLOB)" } else { "id::bytea" }
}

async fn plan(world: &World, sql: &str) -> String {
    let mut reader = world.store.read().await.expect("a reader");
    let lines: Vec<String> = match reader.conn() {
        Conn::Sqlite(c) => {
            let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql).fetch_all(c).await.expect("a plan");
            rows.into_iter().map(|row| row.3).collect()
        }
        Conn::Postgres(c) => {
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("EXPLAIN {sql}"))).fetch_all(c).await.expect("a plan")
        }
    };
    lines.join("\n")
}

async fn a_test_is_known_by_its_request(engine: Engine) {
    let world = set_up(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    request(&world, "one", 1).await;
    world.clock.advance(Duration::seconds(1));
    request(&world, "two", 1).await;
    let by = ada.id.clone();
    work!(world, |conn| sso::mark_as_test(conn, &world.tenant, "two", &by).await).expect("marked");
    let place = (&world.tenant, &world.integration);
    let open = read!(world, |conn| sso::open_requests(conn, place, &[1; 32], world.store.now()));
    let open: Vec<_> = open.iter().map(|one| (one.id.as_str(), one.test_by.as_ref())).collect();
    assert_eq!(open, [("two", Some(&ada.id)), ("one", None)], "the newest first");
}

async fn require(world: &World, account: &Account) -> Required {
    let wanted = Requirement {
        integration_id: world.integration.clone(),
        break_glass: account.id.clone(),
        since: world.store.now(),
        required_by: "ada@x.test".to_owned(),
    };
    work!(world, |conn| sso::require(conn, &world.tenant, &wanted, world.store.now()).await).expect("answered")
}

async fn test_passes(world: &World) {
    work!(world, |conn| {
        let place = (&world.tenant, &world.integration);
        let saved_at = sso::find(conn, place.0, place.1).await?.expect("settings").saved_at;
        sso::passed_test(conn, place, saved_at, world.store.now()).await
    })
    .expect("remembered");
}

async fn requirement(world: &World) -> Option<Requirement> {
    read!(world, |conn| sso::requirement(conn, &world.tenant))
}

async fn sign_on_is_required_only_where_that_locks_nobody_out(engine: Engine) {
    let world = set_up(engine).await;
    let neighbour = world.neighbour().await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    let bob = open_account(&world, "bob@x.test").await.expect("an account");
    let stranger = open_account(&neighbour, "eve@x.test").await.expect("an account");
    assert_eq!(require(&world, &ada).await, Required::NotTested);
    test_passes(&world).await;
    world.clock.advance(PROOF + Duration::seconds(1));
    assert_eq!(require(&world, &ada).await, Required::NotTested, "too long ago");
    test_passes(&world).await;
    world.clock.advance(PROOF);
    assert_eq!(require(&world, &stranger).await, Required::NotAnAdmin, "of another company");
    disable(&world, &bob).await;
    assert_eq!(require(&world, &bob).await, Required::NotAnAdmin, "who cannot sign in");
    world
        .raw("UPDATE accounts SET role = 'it', disabled_at = NULL WHERE email_key = 'bob@x.test'")
        .await
        .expect("changed");
    assert_eq!(require(&world, &bob).await, Required::NotAnAdmin);
    assert_eq!(requirement(&world).await, None, "nothing was done");
    save(&world, settings(&world)).await;
    assert_eq!(require(&world, &ada).await, Required::NotTested, "the test was of other settings");
    test_passes(&world).await;
    assert_eq!(require(&world, &ada).await, Required::Done);
    let required = requirement(&world).await.expect("required");
    assert_eq!((required.break_glass, required.integration_id), (ada.id.clone(), world.integration.clone()));
    assert_eq!(requirement(&neighbour).await, None);
    save(&world, Settings { redirect_url: None, ..settings(&world) }).await;
    test_passes(&world).await;
    assert_eq!(require(&world, &ada).await, Required::Off, "nobody could begin");
}

async fn the_way_in_without_it_stays_open(engine: Engine) {
    let world = set_up(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    let bob = open_account(&world, "bob@x.test").await.expect("an account");
    test_passes(&world).await;
    assert_eq!(require(&world, &ada).await, Required::Done);
    for wanted in [Standing { role: Role::Admin, enabled: false }, Standing { role: Role::It, enabled: true }] {
        let (decision, id) = (Decision { by: None, seen: ada.standing(), wanted }, ada.id.clone());
        let decided: Result<_, StoreError> =
            work!(world, |conn| accounts::decide(conn, &world.tenant, &id, decision, world.store.now()).await);
        assert!(matches!(decided, Ok(Some(Outcome::BreakGlass(_)))), "{decided:?}");
    }
    let given = |account: &AccountId| {
        let account = account.clone();
        let world = world.clone();
        async move { work!(world, |conn| sso::give_break_glass(conn, &world.tenant, &account).await).expect("answered") }
    };
    let shut_out = async |account: &AccountId| read!(world, |conn| sso::is_shut_out(conn, &world.tenant, account));
    assert!(!shut_out(&ada.id).await && shut_out(&bob.id).await);
    let neighbour = world.neighbour().await;
    assert!(!read!(world, |conn| sso::is_shut_out(conn, &neighbour.tenant, &bob.id)), "another company");
    assert!(!given(&AccountId("nobody".to_owned())).await);
    assert!(given(&bob.id).await);
    assert!(shut_out(&ada.id).await && !shut_out(&bob.id).await);
    assert_eq!(requirement(&world).await.expect("required").break_glass, bob.id);
    disable(&world, &ada).await;
    assert!(!given(&ada.id).await, "who cannot sign in is no way in");
    let lift = || async { work!(world, |conn| sso::lift(conn, &world.tenant).await).expect("answered") };
    assert!(lift().await);
    assert!(!lift().await && !shut_out(&ada.id).await);
    assert!(!given(&bob.id).await, "nothing is required");
}

async fn whatever_ends_sign_on_ends_the_requirement(engine: Engine) {
    let world = set_up(engine).await;
    let ada = open_account(&world, "ada@x.test").await.expect("an account");
    test_passes(&world).await;
    assert_eq!(require(&world, &ada).await, Required::Done);
    work!(world, |conn| sso::disable(conn, &world.tenant, &world.integration).await).expect("disabled");
    assert_eq!(requirement(&world).await, None);
    assert_eq!(require(&world, &ada).await, Required::Off);
}

async fn whom_no_assertion_would_name_is_found(engine: Engine) {
    let world = set_up(engine).await;
    let neighbour = world.neighbour().await;
    let person = |name: &str, email: &str, external: &str, active: bool| {
        let mut body = json!({"userName": name, "active": active});
        if !email.is_empty() {
            body["emails"] = json!([{"value": email}]);
        }
        if !external.is_empty() {
            body["externalId"] = external.into();
        }
        body
    };
    for (company, id, body) in [
        (&world, "a", person("a@x.test", "a@x.test", "1", true)),
        (&world, "b", person("bob", "", "", true)),
        (&world, "c", person("c@x.test", "Shared@x.test", "2", true)),
        (&world, "d", person("d@x.test", "shared@X.test", "2", false)),
        (&world, "e", person("eve", "a@x.test", "1", false)),
        (&world, "g", person("g@x.test", "shared@x.test", "2", true)),
        (&neighbour, "f", person("f@x.test", "a@x.test", "1", true)),
    ] {
        let hired = company.employee(id, body);
        work!(company, |conn| employees::insert(conn, &company.tenant, &hired, scim::Schemas::standard()).await)
            .expect("hired");
    }
    let found = |by, after: &'static str| {
        let world = world.clone();
        async move {
            let found = read!(world, |conn| sso::mismatches(conn, &world.tenant, by, after, 100));
            found.into_iter().map(|one| (one.id, one.problem)).collect::<Vec<_>>()
        }
    };
    let expected = |all: &[(&str, Problem)]| all.iter().map(|(id, why)| ((*id).to_owned(), *why)).collect::<Vec<_>>();
    assert_eq!(found(MatchBy::UserName, "").await, expected(&[("b", Problem::NoAddress)]), "who left is not asked for");
    let twice = [("b", Problem::Missing), ("c", Problem::Shared), ("g", Problem::Shared)];
    assert_eq!(found(MatchBy::Email, "").await, expected(&twice), "an inactive namesake does not count");
    assert_eq!(found(MatchBy::ExternalId, "").await, expected(&twice));
    assert_eq!(found(MatchBy::Email, "b").await, expected(&twice[1..]));
    assert_eq!(found(MatchBy::Email, "\0").await, []);
}
