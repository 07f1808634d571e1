//! Two companies in one database, with the same ids and names: whatever one does, nothing of the other is read or
//! changed.

use std::fmt::Write;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use scim::condition;
use scim::filter::Filter;
use scim::patch::MemberChange;
use scim::schema::{CustomAttribute, CustomKind};
use scim::{Notes, ResourceKind, Schemas};
use serde_json::json;
use sqlx::AssertSqlSafe;
use store::accounts::{self, Decision, NewAccount, Role, Standing};
use store::audit::{self, Act};
use store::brakes::{self, Departure, Limits};
use store::events::{self, Action, Exchange, NewEvent, Outcome};
use store::groups::Moved;
use store::integrations::{self, Provider};
use store::invitations::{self, NewLink};
use store::listing::{Step, Wanted};
use store::passkeys::NewPasskey;
use store::sessions::{self, Session};
use store::sso::{self, AccountLink, MatchBy, Settings};
use store::testing::Engine;
use store::tokens::{self, NewToken, Rotation, TokenSecret};
use store::usage::{self, Usage};
use store::{
    AccountId, Conn, IntegrationId, InvitationId, Place, Query, StoreError, TokenId, custom_attributes,
    deleted_employees, employees, groups, notices, offboarding, passkeys, second_factor, sign_in_places, undo,
};
use time::Duration;

use crate::support::{World, document};

/// How many sequences of acts, and how long each is.
const SEQUENCES: u32 = 6;
const ACTS: usize = 40;

/// One use of one function; the numbers choose among the few ids that both companies have.
#[derive(Debug, Clone)]
struct Does {
    what: usize,
    one: usize,
    other: usize,
}

const IDS: [&str; 4] = ["x0", "x1", "x2", "x3"];
/// As many as there are arms in [`change`] and [`look`].
const CHANGES: usize = 43;
const LOOKS: usize = 28;

fn acts() -> impl Strategy<Value = Vec<Does>> {
    let act = (0..CHANGES + LOOKS, 0..IDS.len(), select(vec![0, 1, 2, 3]));
    prop::collection::vec(act.prop_map(|(what, one, other)| Does { what, one, other }), ACTS)
}

/// Every row of a company, as text.
async fn rows_of(world: &World) -> String {
    let mut reader = world.store.read().await.expect("a reader");
    let tables = [
        "accounts",
        "sessions",
        "invitations",
        "integrations",
        "scim_tokens",
        "token_usage",
        "custom_attributes",
        "employees",
        "employee_emails",
        "employee_words",
        "groups",
        "group_words",
        "group_members",
        "provisioning_events",
        "deleted_employees",
        "brakes",
        "departure_counts",
        "departures",
        "event_chains",
        "rehearsals",
        "audit_events",
        "sso_settings",
        "sso_requests",
        "sso_assertions",
        "employee_sessions",
        "account_employees",
        "linked_identities",
        "second_factors",
        "recovery_codes",
        "passkeys",
        "passkey_ceremonies",
        "second_factor_requirements",
        "tenants",
    ];
    let mut all = String::new();
    for table in tables {
        let key = if table == "tenants" { "id" } else { "tenant_id" };
        let (tenant, mut conn) = (world.tenant.as_str(), reader.conn());
        let rows: Vec<String> = match &mut conn {
            Conn::Sqlite(c) => {
                let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
                    "SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')"
                )))
                .fetch_all(&mut **c)
                .await
                .expect("columns");
                let row = columns.join(" || ',' || ");
                let sql = format!("SELECT {row} AS row FROM {table} WHERE {key} = $1 ORDER BY row");
                sqlx::query_scalar(AssertSqlSafe(sql)).bind(tenant).fetch_all(&mut **c).await.expect("rows")
            }
            Conn::Postgres(c) => {
                let sql = format!("SELECT t::text AS row FROM {table} t WHERE {key} = $1 ORDER BY row");
                sqlx::query_scalar(AssertSqlSafe(sql)).bind(tenant).fetch_all(&mut **c).await.expect("rows")
            }
        };
        let _ = writeln!(all, "{table}: {rows:#?}");
    }
    all
}

/// What the other company has: every id that the first may name, and "theirs" in every text.
async fn furnish(world: &World) {
    let theirs = world.clone();
    work!(theirs, |conn| {
        let world = &theirs;
        for what in (0..CHANGES).filter(|what| !REMOVES.contains(what)) {
            for one in 0..IDS.len() {
                change(conn, world, "theirs", &Does { what, one, other: 1 }).await?;
            }
        }
        // And what no id of the first company names: it would only come by mistake.
        let stranger = world.employee("theirs", json!({ "userName": "theirs" }));
        employees::insert(conn, &world.tenant, &stranger, Schemas::standard()).await?;
        let add = MemberChange::Add(vec!["theirs".to_owned()]);
        for id in IDS {
            groups::change_members(conn, &world.tenant, &format!("g{id}"), &add, world.store.now()).await?;
        }
        let token = TokenId("theirs".to_owned());
        let new = NewToken {
            tenant: &world.tenant,
            provider: Provider::Custom,
            id: token.clone(),
            integration_id: IntegrationId("theirs".to_owned()),
            label: "theirs",
            request_key: "theirs",
            secret: TokenSecret::generate(world.store.random()),
            by: "theirs",
            expires_in: None,
            allowed_networks: None,
        };
        tokens::issue(conn, new, world.store.now()).await?;
        usage::add(conn, &world.tenant, &token, Usage { requests: 1, failures: 1 }, world.store.now()).await?;
        Ok(())
    })
    .expect("furnished");
}

/// The arms of [`change`] that take away.
const REMOVES: [usize; 16] = [2, 6, 12, 13, 16, 18, 22, 24, 25, 27, 28, 29, 34, 37, 39, 42];

/// Writes with one function. What the company's own state refuses is refused; nothing is said about that here.
#[expect(clippy::too_many_lines, reason = "one line a function of the crate")]
async fn change(conn: &mut Conn<'_>, world: &World, text: &str, does: &Does) -> Result<(), StoreError> {
    let (tenant, now) = (&world.tenant, world.store.now());
    let (id, other) = (IDS[does.one], IDS[does.other]);
    let provider = Provider::ALL[does.one];
    let account = |email: String| accounts::Account {
        tenant_id: tenant.clone(),
        id: AccountId(id.to_owned()),
        email,
        role: Role::Admin,
        password_hash: text.to_owned(),
        created_at: now,
        last_sign_in_at: None,
        disabled_at: None,
    };
    let employee = |version| {
        let mut one =
            world.employee(id, json!({"userName": id, "externalId": id, "title": text, "emails": [{"value": id}]}));
        one.version = version;
        one
    };
    let group = |version| {
        let mut one = world.group(&format!("g{id}"), &format!("{text} {id}"));
        one.version = version;
        one
    };
    let (group_id, token, integration) =
        (format!("g{id}"), TokenId(id.to_owned()), IntegrationId(provider.key().to_owned()));
    // The company had Azure before: its integration has an id of its own.
    let connected = if provider == Provider::Azure { world.integration.clone() } else { integration.clone() };
    match does.what {
        0 => employees::insert(conn, tenant, &employee(1), Schemas::standard()).await,
        1 => {
            let known = employees::get_for_update(conn, tenant, id).await?;
            employees::update(conn, tenant, &employee(known.map_or(1, |one| one.version) + 1), Schemas::standard())
                .await
        }
        2 => employees::delete(conn, tenant, id, now).await.map(|_| ()),
        3 => groups::insert(conn, tenant, &group(1), Schemas::standard()).await,
        4 => {
            let known = groups::get_for_update(conn, tenant, &group_id).await?;
            groups::update(conn, tenant, &group(known.map_or(1, |one| one.version) + 1), Schemas::standard()).await
        }
        5 => {
            let add = MemberChange::Add(vec![other.to_owned()]);
            groups::change_members(conn, tenant, &group_id, &add, now).await.map(|_| ())
        }
        6 => groups::delete(conn, tenant, &group_id, now).await.map(|_| ()),
        7 => {
            let new = NewAccount {
                tenant_id: tenant.clone(),
                id: AccountId(id.to_owned()),
                email: format!("{text}-{id}@x.test"),
                role: Role::Admin,
                password_hash: text.to_owned(),
            };
            accounts::create(conn, new, now).await.map(|_| ())
        }
        8 => {
            let mut hash = [u8::try_from(does.one).unwrap_or(0); 32];
            hash[31] = u8::try_from(text.len()).unwrap_or(0);
            sessions::create(conn, &session(world, hash, id, text)).await
        }
        9 => accounts::signed_in(conn, &account(String::new()), Some(text), now).await,
        10 => integrations::ensure(conn, tenant, provider, integration, now).await.map(|_| ()),
        11 => {
            integrations::ensure(conn, tenant, provider, integration.clone(), now).await?;
            integrations::activate(conn, tenant, &integration, text, now).await
        }
        12 => {
            tokens::discard(conn, tenant, &TokenId(id.to_owned()), text, now).await?;
            integrations::deactivate(conn, (tenant, &integration), None, text, now).await.map(|_| ())
        }
        13 => {
            let seen = Standing { role: Role::Admin, enabled: true };
            let decision = Decision { by: None, seen, wanted: Standing { enabled: false, ..seen } };
            accounts::decide(conn, tenant, &AccountId(id.to_owned()), decision, now).await.map(|_| ())
        }
        14 => {
            let new = NewToken {
                tenant,
                provider,
                id: token,
                integration_id: integration,
                label: text,
                request_key: id,
                secret: TokenSecret::generate(world.store.random()),
                by: text,
                expires_in: None,
                allowed_networks: None,
            };
            tokens::issue(conn, new, now).await.map(|_| ())
        }
        15 => tokens::activate(conn, tenant, &token, text, now).await.map(|_| ()),
        16 => tokens::revoke(conn, tenant, &token, text, text, now).await.map(|_| ()),
        17 => usage::add(conn, tenant, &token, Usage { requests: 1, failures: 1 }, now).await,
        18 => tokens::replace(conn, tenant, &token, &TokenId(other.to_owned()), Duration::ZERO, now).await,
        19 => {
            let mut context = world.context();
            context.token_id = token;
            tokens::touch(conn, &context, text, text, now).await
        }
        20 => {
            let attributes = [CustomAttribute::new(id, CustomKind::String, text, false)];
            custom_attributes::replace(conn, tenant, &attributes).await
        }
        21 => {
            let (document, notes) = (document(json!({ "userName": text })), Notes::default());
            let event = NewEvent {
                id: world.store.new_id(),
                action: Action::Created,
                outcome: Outcome::Success,
                kind: Some(ResourceKind::User),
                resource_id: Some(id),
                subject: text,
                before: None,
                after: Some(&document),
                members: &Moved::default(),
                notes: &notes,
                exchange: &Exchange { client: Some(text.to_owned()), ..Exchange::default() },
                repeats: 1,
            };
            events::record(conn, &world.context(), &event, now).await
        }
        22 => {
            let rotation = Rotation {
                tenant,
                old: &token,
                id: TokenId(world.store.new_id()),
                request_key: &world.store.new_id(),
                secret: TokenSecret::generate(world.store.random()),
                by: text,
                from: text,
                overlap: Duration::ZERO,
            };
            tokens::rotate(conn, rotation, now).await.map(|_| ())
        }
        23 => {
            let act = Act { actor: text, action: "x", subject: id, detail: json!({ "text": text }) };
            audit::record(conn, tenant, &act, now).await
        }
        24 => offboarding::deactivate_all(conn, tenant, &world.integration, &world.store).await.map(|_| ()),
        25 => {
            let replace = MemberChange::ReplaceAll(vec![other.to_owned()]);
            groups::change_members(conn, tenant, &group_id, &replace, now).await?;
            groups::change_members(conn, tenant, &group_id, &MemberChange::Remove(vec![other.to_owned()]), now).await?;
            accounts::recover(conn, &account(String::new()), text).await?;
            sessions::end_all(conn, tenant, &AccountId(id.to_owned())).await
        }
        26 => {
            let code = format!("{text} {id}");
            let link = NewLink { code: &code, request_key: id, by: text, expires_at: now + Duration::hours(1) };
            let email = format!("{text}-{id}@invited.test");
            invitations::create(conn, (tenant, &InvitationId(id.to_owned())), (&email, Role::It), &link, now).await
        }
        27 => {
            let link = NewLink { code: &world.store.new_id(), request_key: other, by: text, expires_at: now };
            invitations::renew(conn, (tenant, &InvitationId(id.to_owned())), id, &link, now).await?;
            invitations::withdraw(conn, tenant, &InvitationId(id.to_owned()), other).await.map(|_| ())
        }
        28 => {
            let seen = Standing { role: Role::Admin, enabled: true };
            let wanted = Standing { role: Role::Power, enabled: does.other != 0 };
            accounts::decide(conn, tenant, &AccountId(id.to_owned()), Decision { by: None, seen, wanted }, now).await?;
            accounts::change_password(conn, &account(String::new()), text).await.map(|_| ())
        }
        29 => {
            let (id, hash) = (AccountId(id.to_owned()), [u8::try_from(does.other).unwrap_or(0); 32]);
            sessions::end_of(conn, tenant, &id, &hash).await?;
            sessions::end_others(conn, tenant, &id, &hash).await.map(|_| ())
        }
        30 => {
            let settings = sso_settings(world, &connected, text);
            sso::save(conn, provider, &settings).await?;
            sso::passed_test(conn, (tenant, &connected), settings.saved_at, now).await?;
            let wanted = sso::Requirement {
                integration_id: connected,
                break_glass: AccountId(id.to_owned()),
                since: now,
                required_by: text.to_owned(),
            };
            sso::require(conn, tenant, &wanted, now).await.map(|_| ())
        }
        31 => {
            sso::add_request(conn, (tenant, &connected), id, &[1; 32], (now, now + Duration::hours(1))).await?;
            sso::mark_as_fresh(conn, tenant, id, now).await?;
            sso::mark_as_test(conn, tenant, other, &AccountId(id.to_owned())).await
        }
        32 => sso::use_assertion(conn, (tenant, &connected), id, now + Duration::hours(1)).await.map(|_| ()),
        33 => {
            let link = AccountLink {
                account_id: AccountId(id.to_owned()),
                employee_id: id.to_owned(),
                linked_by: text.to_owned(),
            };
            sso::link(conn, tenant, &link, now).await?;
            let present = sso::confirmed(conn, tenant, &link.account_id).await?;
            let named = present.into_iter().map(|one| sso::Identity { name: text.to_owned(), ..one }).take(1);
            let named: Vec<_> = named.collect();
            sso::confirm(conn, (tenant, &link.account_id), &named, (text, now)).await?;
            if does.other == 0 { sso::forget_identities(conn, tenant, &connected).await.map(|_| ()) } else { Ok(()) }
        }
        34 => {
            sso::close_request(conn, tenant, id).await?;
            sso::give_break_glass(conn, tenant, &AccountId(other.to_owned())).await?;
            sso::lift(conn, tenant).await?;
            sso::unlink(conn, tenant, &AccountId(id.to_owned())).await?;
            sso::purge(conn, tenant, now + Duration::days(1)).await?;
            sso::disable(conn, tenant, &connected).await.map(|_| ())
        }
        35 => {
            let departure = Departure {
                tenant,
                integration: &world.integration,
                employee: id,
                name: text,
                deleted: does.other == 0,
            };
            let limits = Limits { percent: 1, least: 1 };
            brakes::note(conn, departure, limits, &world.store.new_id(), now).await.map(|_| ())
        }
        36 => {
            let extra = format!("{text}-{id}-{}", world.store.new_id());
            let one = world.employee(&extra, json!({ "userName": extra, "title": text }));
            employees::insert(conn, tenant, &one, Schemas::standard()).await?;
            employees::delete(conn, tenant, &extra, now).await.map(|_| ())
        }
        37 => {
            deleted_employees::restore(conn, tenant, id, (Schemas::standard(), None), now).await?;
            for event in events::of_resource(conn, tenant, id, 1).await? {
                undo::apply(conn, (tenant, &event.id), text, &world.store).await?;
            }
            for brake in brakes::open(conn, tenant).await? {
                brakes::decide(conn, (tenant, &brake.id), brakes::Decision::Restore, text, now).await?;
                brakes::restore_some(conn, tenant, &brake.id, 2, &world.store).await?;
            }
            Ok(())
        }
        38 => {
            let (place, secret) = ((tenant, &AccountId(id.to_owned())), text.as_bytes());
            second_factor::require(conn, tenant, text, now).await?;
            second_factor::begin(conn, place, secret, now).await?;
            second_factor::confirm(conn, place, (secret, 1), now).await?;
            second_factor::accept(conn, place, (secret, 2)).await?;
            let seen = second_factor::find(conn, place.0, place.1).await?.map_or(now, |factor| factor.codes_at);
            second_factor::renew_codes(conn, place, seen, &[text.to_owned(), id.to_owned()], now).await.map(|_| ())
        }
        39 => {
            let (id, other) = (AccountId(id.to_owned()), AccountId(other.to_owned()));
            second_factor::use_code(conn, tenant, &id, other.as_str()).await?;
            second_factor::take_away(conn, tenant, &other, &id).await?;
            second_factor::remove(conn, tenant, &id).await?;
            second_factor::lift(conn, tenant).await.map(|_| ())
        }
        40 => {
            sign_in_places::remember(conn, &account(String::new()), (None, text), now).await?;
            let act = Act { actor: text, action: "token.issue", subject: id, detail: json!({}) };
            audit::record(conn, tenant, &act, now).await?;
            notices::mark_read(conn, tenant, &AccountId(other.to_owned()), 7, now).await
        }
        41 => {
            let (account, other) = (AccountId(id.to_owned()), AccountId(other.to_owned()));
            let name = text.to_owned();
            let new = NewPasskey { credential_id: id.to_owned(), name, host: String::new(), credential: id.to_owned() };
            passkeys::add(conn, (tenant, &account), &new, now).await?;
            passkeys::begin(conn, (tenant, &account), (id, text), (now, now + Duration::hours(1))).await?;
            passkeys::take(conn, (tenant, &other), id, now).await.map(|_| ())
        }
        42 => {
            let (account, other) = (AccountId(id.to_owned()), AccountId(other.to_owned()));
            passkeys::used(conn, (tenant, &account), id, (id, text), now).await?;
            second_factor::remove_app(conn, tenant, &account).await?;
            passkeys::remove(conn, (tenant, &other), other.as_str()).await.map(|_| ())
        }
        _ => unreachable!("no such arm"),
    }
}

fn sso_settings(world: &World, integration: &IntegrationId, text: &str) -> Settings {
    Settings {
        tenant_id: world.tenant.clone(),
        integration_id: integration.clone(),
        enabled: true,
        issuer: text.to_owned(),
        certificate: text.as_bytes().to_vec(),
        next_certificate: None,
        redirect_url: Some(text.to_owned()),
        portal_url: None,
        logout_url: None,
        allow_unsolicited: true,
        attribute: Some(text.to_owned()),
        match_by: MatchBy::UserName,
        saved_at: world.store.now(),
        saved_by: text.to_owned(),
    }
}

fn session(world: &World, hash: [u8; 32], account: &str, text: &str) -> Session {
    Session {
        hash,
        tenant_id: world.tenant.clone(),
        account_id: AccountId(account.to_owned()),
        integration_id: None,
        data: json!({ "text": text }),
        expires_at: world.store.now() + Duration::hours(1),
    }
}

/// A list that is narrowed in one way or another.
fn listed(does: &Does) -> Wanted {
    let id = IDS[does.one];
    let text = ["", "theirs", id, "s"][does.other].to_owned();
    let step = [Step::First, Step::After(id.to_owned()), Step::Before(id.to_owned()), Step::First][does.other].clone();
    Wanted { text, group: (does.other == 3).then(|| format!("g{id}")), step, size: 100, ..Wanted::default() }
}

/// Reads with one function; everything that it says.
async fn look(conn: &mut Conn<'_>, world: &World, does: &Does) -> Result<String, StoreError> {
    let (tenant, now) = (&world.tenant, world.store.now());
    let (id, group) = (IDS[does.one], format!("g{}", IDS[does.one]));
    let token = TokenId(id.to_owned());
    let asked = |kind, text: &str| -> Query {
        let filter = Filter::parse(text, &mut Notes::default()).expect("a filter");
        let condition = condition::resolve(&filter, kind, Schemas::standard()).expect("a condition");
        Query { condition: Some(condition), sort: None, place: Place::Index(1), count: 100 }
    };
    let filters = [r#"title co "s""#, "userName pr", r#"emails.value eq "x1""#, r#"externalId eq "x1""#];
    let of_groups = ["displayName pr", r#"members.value eq "x1""#, r#"displayName sw "theirs""#, r#"not (id eq "x")"#];
    Ok(match does.what - CHANGES {
        0 => format!("{:?}", employees::get(conn, tenant, id).await?),
        1 => format!("{:?}", employees::get_for_delete(conn, tenant, id).await?),
        2 => format!(
            "{:?}",
            employees::query(conn, tenant, &asked(ResourceKind::User, filters[does.other]), None).await?
        ),
        3 => format!("{:?}", employees::list(conn, tenant, &listed(does)).await?),
        4 => format!("{:?}", groups::get(conn, tenant, &group).await?),
        5 => format!(
            "{:?}",
            groups::query(conn, tenant, &asked(ResourceKind::Group, of_groups[does.other]), None).await?
        ),
        6 => format!("{:?}", groups::members_of(conn, tenant, &[&group]).await?),
        7 => format!("{:?}", groups::groups_of(conn, tenant, &[id]).await?),
        8 => format!("{:?}", accounts::list(conn, tenant).await?),
        9 => format!("{:?}", accounts::get(conn, tenant, &AccountId(id.to_owned())).await?),
        10 => format!("{:?}", integrations::list(conn, tenant).await?),
        11 => format!("{:?}", tokens::list(conn, tenant).await?),
        12 => format!("{:?}", tokens::get(conn, tenant, &token).await?),
        13 => {
            let search = events::Filter { search: Some("t".to_owned()), ..events::Filter::default() };
            let newest = events::Place::Newest;
            let of_resource = events::of_resource(conn, tenant, id, 100).await?;
            let all = events::page(conn, tenant, &events::Filter::default(), &newest, 100, true).await?;
            let found = events::page(conn, tenant, &search, &newest, 100, false).await?;
            let count = events::count_after(conn, tenant, &search, "", 100).await?;
            format!("{of_resource:?} {all:?} {found:?} {count} {:?}", events::first_broken(conn, tenant).await?)
        }
        14 => format!("{:?}", custom_attributes::list(conn, tenant).await?),
        15 => format!("{:?} {:?}", audit::latest(conn, tenant, 100).await?, audit::first_broken(conn, tenant).await?),
        16 => format!("{:?}", usage::of_tokens(conn, tenant, now - Duration::hours(2)).await?),
        17 => format!("{:?}", invitations::list(conn, tenant).await?),
        18 => format!("{:?}", sessions::of_account(conn, tenant, &AccountId(id.to_owned()), now).await?),
        19 => format!("{:?}", audit::last_about(conn, tenant, id, &["x", "token.rotate"]).await?),
        20 => format!("{:?}", groups::list(conn, tenant, &Wanted { group: None, ..listed(does) }).await?),
        21 => format!("{:?}", employees::reports(conn, tenant, id, 100).await?),
        22 => {
            let place = (tenant, &world.integration);
            let settings = (sso::list(conn, tenant).await?, sso::find(conn, tenant, place.1).await?);
            let people = sso::find_people(conn, tenant, MatchBy::Email, id).await?;
            let requests = sso::open_requests(conn, place, &[1; 32], now).await?;
            let links = (
                sso::link_of_employee(conn, tenant, id).await?,
                sso::link_of_account(conn, tenant, &AccountId(id.to_owned())).await?,
                sso::linked(conn, tenant).await?,
                sso::mismatches(conn, tenant, MatchBy::Email, "", 100).await?,
                sso::confirmed(conn, tenant, &AccountId(id.to_owned())).await?,
            );
            let required = (sso::requirement(conn, tenant).await?, sso::tested_at(conn, tenant, place.1).await?);
            format!("{settings:?} {people:?} {requests:?} {links:?} {required:?}")
        }
        23 => {
            let deleted = deleted_employees::list(conn, tenant, None, 100).await?;
            format!("{deleted:?} {:?}", deleted_employees::get(conn, tenant, id).await?)
        }
        24 => {
            let mut told = String::new();
            if let Some(brake) = brakes::latest(conn, tenant, &world.integration).await? {
                told = format!("{brake:?} {:?}", brakes::people(conn, tenant, &brake.id, 0, 100).await?);
            }
            for event in events::of_resource(conn, tenant, id, 3).await? {
                told = format!("{told} {:?}", undo::preview(conn, tenant, &event.id).await?);
            }
            format!("{told} {:?}", brakes::open(conn, tenant).await?)
        }
        25 => {
            let id = AccountId(id.to_owned());
            let factor = second_factor::find(conn, tenant, &id).await?;
            let secret = factor.map(|factor| String::from_utf8_lossy(&factor.secret).into_owned());
            let codes = second_factor::count_codes(conn, tenant, &id).await?;
            let missing = second_factor::is_missing(conn, tenant, &id).await?;
            let holders = second_factor::holders(conn, tenant).await?;
            format!("{secret:?} {codes} {missing} {holders:?} {:?}", second_factor::requirement(conn, tenant).await?)
        }
        26 => {
            let id = AccountId(id.to_owned());
            let unread = notices::unread(conn, tenant, &id).await?;
            format!("{unread} {:?}", notices::latest(conn, tenant, &id, 100).await?)
        }
        27 => {
            let id = AccountId(id.to_owned());
            let asked = second_factor::asked(conn, tenant, &id).await?;
            let shut_out = sso::is_shut_out(conn, tenant, &id).await?;
            format!("{asked:?} {shut_out} {:?}", passkeys::list(conn, tenant, &id).await?)
        }
        _ => unreachable!("no such arm"),
    })
}

async fn check(ours: &World, theirs: &World, acts: &[Does]) -> Result<usize, TestCaseError> {
    let before = rows_of(theirs).await;
    let mut done = 0;
    for does in acts {
        let act = does.clone();
        let said = work!(ours, |conn| {
            if act.what < CHANGES {
                change(conn, &ours, "ours", &act).await.map(|()| String::new())
            } else {
                look(conn, &ours, &act).await
            }
        });
        if let Ok(said) = said {
            done += 1;
            prop_assert!(!said.contains("theirs") && !said.contains(theirs.tenant.as_str()), "{does:?}: {said}");
        }
        prop_assert_eq!(&rows_of(theirs).await, &before, "{:?}", does);
    }
    Ok(done)
}

fn nothing_crosses(engine: Engine) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let (ours, theirs) = runtime.block_on(async {
        let ours = World::new(engine).await;
        let theirs = ours.neighbour().await;
        furnish(&theirs).await;
        (ours, theirs)
    });
    let furniture = runtime.block_on(rows_of(&theirs));
    assert!(furniture.matches("theirs").count() > 50, "{furniture}");
    let config = Config { cases: SEQUENCES, failure_persistence: None, max_shrink_iters: 50, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let done = std::cell::Cell::new(0);
    let outcome = runner.run(&acts(), |acts| {
        done.set(done.get() + runtime.block_on(check(&ours, &theirs, &acts))?);
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, acts)) => panic!("{why}\nafter {acts:?}"),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
    assert!(done.get() > 100, "{} acts were done", done.get());
    runtime.block_on(async { drop((ours, theirs)) });
}

#[test]
fn nothing_crosses_on_sqlite() {
    nothing_crosses(Engine::Sqlite);
}

#[test]
fn nothing_crosses_on_postgres() {
    nothing_crosses(Engine::Postgres);
}
