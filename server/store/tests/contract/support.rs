//! A company in a fresh database, and short ways to read and write it.

use std::sync::Arc;

use scim::{Document, Schemas};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use store::employees::{self, Employee};
use store::groups::{self, Group};
use store::integrations::{self, Provider};
use store::testing::{Engine, TestDatabase};
use store::tokens::TokenContext;
use store::{Conn, FixedClock, IntegrationId, Store, StoreError, TenantId, TokenId, tenants};

/// Where it is set, every database is one that a version to come has added to: this version has to work on it as well.
const NEWER_VARIABLE: &str = "SPACEIQ_TEST_NEWER_SCHEMA";

/// Makes of each function two tests, one an engine.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(store::testing::Engine::Sqlite).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(store::testing::Engine::Postgres).await;
                }
            )+
        }
    };
}

/// Passes work through the door; the world is cloned into it.
macro_rules! work {
    ($world:ident, |$conn:ident| $body:expr) => {{
        let $world = $world.clone();
        let store = $world.store.clone();
        store
            .write::<_, store::StoreError, _>(move |$conn| {
                Box::pin(async move {
                    let _ = &$world;
                    let done = $body;
                    done
                })
            })
            .await
    }};
}

/// Reads on a connection of its own.
macro_rules! read {
    ($world:ident, |$conn:ident| $body:expr) => {{
        let mut reader = $world.store.read().await.expect("a reader");
        let $conn = &mut reader.conn();
        $body.await.expect("a read")
    }};
}

/// A database with one company that has Azure.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) database: Arc<TestDatabase>,
    pub(crate) store: Store,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) tenant: TenantId,
    pub(crate) integration: IntegrationId,
}

impl World {
    pub(crate) async fn new(engine: Engine) -> Self {
        let database = Arc::new(TestDatabase::create(engine).await);
        let (store, clock) = database.open().await;
        let (tenant, integration) = company(&store, "Acme").await;
        if std::env::var_os(NEWER_VARIABLE).is_some() {
            database.expand().await;
        }
        Self { database, store, clock, tenant, integration }
    }

    /// Another company in the same database.
    pub(crate) async fn neighbour(&self) -> Self {
        let (tenant, integration) = company(&self.store, "Globex").await;
        Self { tenant, integration, ..self.clone() }
    }

    pub(crate) fn employee(&self, id: &str, document: Value) -> Employee {
        Employee {
            id: id.to_owned(),
            integration_id: self.integration.clone(),
            document: self::document(document),
            created_at: self.store.now(),
            updated_at: self.store.now(),
            version: 1,
        }
    }

    pub(crate) fn group(&self, id: &str, name: &str) -> Group {
        Group {
            id: id.to_owned(),
            integration_id: self.integration.clone(),
            document: document(json!({ "displayName": name })),
            created_at: self.store.now(),
            updated_at: self.store.now(),
            version: 1,
        }
    }

    /// An employee in the database, named after its id.
    pub(crate) async fn hire(&self, id: &str) -> Employee {
        let employee = self.employee(id, json!({ "userName": id }));
        let (world, hired) = (self, employee.clone());
        work!(world, |conn| employees::insert(conn, &world.tenant, &hired, Schemas::standard()).await)
            .expect("an employee");
        employee
    }

    /// Many employees at once.
    pub(crate) async fn hire_all(&self, ids: &[String]) {
        let (world, ids) = (self, ids.to_vec());
        work!(world, |conn| {
            for id in ids {
                let employee = world.employee(&id, json!({ "userName": id }));
                employees::insert(conn, &world.tenant, &employee, Schemas::standard()).await?;
            }
            Ok(())
        })
        .expect("employees");
    }

    /// A crowd in the database, quickly: `e000000` and so on, each with a display name, an external id and an address.
    pub(crate) async fn crowd(&self, count: usize) -> Vec<String> {
        let (numbers, text, active) = self.numbers(count);
        let (tenant, integration) = (&self.tenant, &self.integration);
        let people = format!(
            "INSERT INTO employees (tenant_id, id, integration_id, user_name_key, external_id, display_name_key, name_key,
                 active, data, folded, created_at, updated_at, version)
             {numbers} SELECT '{tenant}', 'e' || {text}, '{integration}', 'e' || {text}, 'x' || i, 'e' || {text}, 'e' || {text},
                 {active}, '{{}}', '{{\"emails\": [{{\"type\": \"work\"}}]}}', 0, 0, 1 FROM n"
        );
        let addresses = format!(
            "INSERT INTO employee_emails (tenant_id, email_key, employee_id)
             SELECT tenant_id, id || '@x.test', id FROM employees WHERE tenant_id = '{tenant}'"
        );
        let world = self;
        work!(world, |conn| {
            raw(conn, &people).await?;
            raw(conn, &addresses).await
        })
        .expect("a crowd");
        ids("e", count)
    }

    /// Many groups, each with one member of a crowd.
    pub(crate) async fn groups_of_one(&self, letter: &str, count: usize) {
        let (numbers, text, _) = self.numbers(count);
        let (tenant, integration) = (&self.tenant, &self.integration);
        let groups = format!(
            "INSERT INTO groups (tenant_id, id, integration_id, display_name, display_name_key, external_id, data, folded,
                 created_at, updated_at, version)
             {numbers} SELECT '{tenant}', '{letter}' || {text}, '{integration}', '{letter}' || {text},
                 '{letter}' || {text}, 'x' || i, '{{}}', '{{}}', 0, 0, 1 FROM n"
        );
        let members = format!(
            "INSERT INTO group_members (tenant_id, group_id, member_id, member_kind, added_at)
             {numbers} SELECT '{tenant}', '{letter}' || {text}, 'e' || {text}, 'User', 0 FROM n"
        );
        let world = self;
        work!(world, |conn| {
            raw(conn, &groups).await?;
            raw(conn, &members).await
        })
        .expect("groups");
    }

    /// A table `n(i)`, its numbers with six digits, and the truth.
    fn numbers(&self, count: usize) -> (String, &'static str, &'static str) {
        if self.database.url.starts_with("sqlite") {
            let numbers =
                format!("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {})", count - 1);
            (numbers, "substr('000000' || i, -6)", "1")
        } else {
            (format!("WITH n(i) AS (SELECT generate_series(0, {}))", count - 1), "lpad(i::text, 6, '0')", "TRUE")
        }
    }

    /// A group in the database, named after its id.
    pub(crate) async fn found(&self, id: &str) -> Group {
        let group = self.group(id, id);
        let (world, founded) = (self, group.clone());
        work!(world, |conn| groups::insert(conn, &world.tenant, &founded, Schemas::standard()).await).expect("a group");
        group
    }

    /// As if a token of the company had been presented.
    pub(crate) fn context(&self) -> TokenContext {
        TokenContext {
            tenant_id: self.tenant.clone(),
            integration_id: self.integration.clone(),
            token_id: TokenId("token".to_owned()),
            last_used_at: None,
            allowed_networks: None,
            custom_attributes: false,
            is_trial: false,
        }
    }

    /// A statement that the API has no function for.
    pub(crate) async fn raw(&self, sql: &str) -> Result<u64, StoreError> {
        let (world, sql) = (self, sql.to_owned());
        work!(world, |conn| raw(conn, &sql).await)
    }

    /// One number out of the database.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let world = self;
        read!(world, |conn| number(conn, sql))
    }
}

async fn company(store: &Store, name: &'static str) -> (TenantId, IntegrationId) {
    let (tenant, integration, now) = (TenantId(store.new_id()), IntegrationId(store.new_id()), store.now());
    let made: Result<_, StoreError> = store
        .write(move |conn| {
            Box::pin(async move {
                tenants::create(conn, tenant.clone(), name, now).await?;
                let integration = integrations::ensure(conn, &tenant, Provider::Azure, integration, now).await?;
                Ok((tenant, integration.id))
            })
        })
        .await;
    made.expect("a company")
}

pub(crate) fn document(value: Value) -> Document {
    serde_json::from_value(value).expect("an object")
}

pub(crate) async fn raw(conn: &mut Conn<'_>, sql: &str) -> Result<u64, StoreError> {
    let sql = AssertSqlSafe(sql.to_owned());
    Ok(match conn {
        Conn::Sqlite(c) => sqlx::query(sql).execute(&mut **c).await?.rows_affected(),
        Conn::Postgres(c) => sqlx::query(sql).execute(&mut **c).await?.rows_affected(),
    })
}

pub(crate) async fn number(conn: &mut Conn<'_>, sql: &str) -> Result<i64, StoreError> {
    let sql = AssertSqlSafe(sql.to_owned());
    Ok(match conn {
        Conn::Sqlite(c) => sqlx::query_scalar(sql).fetch_one(&mut **c).await?,
        Conn::Postgres(c) => sqlx::query_scalar(sql).fetch_one(&mut **c).await?,
    })
}

/// Ids that sort by their numbers.
pub(crate) fn ids(letter: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{letter}{number:06}")).collect()
}
