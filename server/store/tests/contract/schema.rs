//! What the two migrations make: the same tables, the same columns, keys that begin with the tenant, and constraints.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AssertSqlSafe;
use store::Conn;
use store::testing::Engine;

use crate::support::World;

on_both_engines!(keys_begin_with_the_tenant, every_constraint_refuses, tables_refuse_what_is_missing);

/// Rows of texts.
async fn texts(world: &World, sql: &str) -> Vec<Vec<String>> {
    let mut reader = world.store.read().await.expect("a reader");
    let sql = AssertSqlSafe(sql.to_owned());
    let rows: Vec<(String, String)> = match reader.conn() {
        Conn::Sqlite(c) => sqlx::query_as(sql).fetch_all(c).await.expect("rows"),
        Conn::Postgres(c) => sqlx::query_as(sql).fetch_all(c).await.expect("rows"),
    };
    rows.into_iter().map(|(one, two)| vec![one, two]).collect()
}

const SQLITE_COLUMNS: &str = "SELECT t.name, c.name || CASE c.\"notnull\" WHEN 1 THEN ' NOT NULL' ELSE '' END
    FROM sqlite_schema t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
const POSTGRES_COLUMNS: &str =
    "SELECT table_name::text, column_name::text || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";

async fn columns(engine: Engine) -> BTreeMap<String, BTreeSet<String>> {
    let world = World::new(engine).await;
    let sql = if engine == Engine::Sqlite { SQLITE_COLUMNS } else { POSTGRES_COLUMNS };
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for mut row in texts(&world, sql).await {
        let (column, table) = (row.pop().expect("a column"), row.pop().expect("a table"));
        tables.entry(table).or_default().insert(column);
    }
    tables
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_have_the_same_tables() {
    let (sqlite, postgres) = (columns(Engine::Sqlite).await, columns(Engine::Postgres).await);
    assert!(sqlite.len() > 10, "{sqlite:?}");
    assert_eq!(sqlite, postgres);
}

/// Tables whose rows belong to no company, or are one.
const OUTSIDE: [&str; 5] = ["leases", "password_attempts", "setup_codes", "tenants", "unfinished_copies"];

async fn keys_begin_with_the_tenant(engine: Engine) {
    let world = World::new(engine).await;
    let sql = match engine {
        Engine::Sqlite => {
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
             WHERE t.type = 'table' AND i.\"unique\" = 1 AND c.seqno = 0 AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'"
        }
        Engine::Postgres => {
            "SELECT t.relname::text, a.attname::text FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
                 JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
             WHERE i.indisunique AND t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_sqlx%'"
        }
    };
    let firsts = texts(&world, sql).await;
    let tables: BTreeSet<_> = firsts.iter().map(|row| row[0].clone()).collect();
    assert_eq!(tables, columns(engine).await.into_keys().collect(), "every table has a key");
    for row in firsts.iter().filter(|row| !OUTSIDE.contains(&row[0].as_str())) {
        assert_eq!(row[1], "tenant_id", "{}", row[0]);
    }
}

/// The first migration under the rule that lets old and new servers run side by side.
const EXPANDS_ONLY_FROM: &str = "0009";

/// Expand, then contract: what the version before reads or writes stays as it is, unless the name says otherwise, by which
/// that version knows that the database is no longer for it.
#[test]
fn migrations_only_add() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut seen = 0;
    for engine in ["sqlite", "postgres"] {
        for file in std::fs::read_dir(root.join(engine)).expect("migrations") {
            let file = file.expect("a file").path();
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            if name.as_str() < EXPANDS_ONLY_FROM || name.contains("_contract_") {
                continue;
            }
            seen += 1;
            let sql = std::fs::read_to_string(&file).expect("text");
            let code = |line: &str| line.split("--").next().unwrap_or_default().to_uppercase();
            let sql = sql.lines().map(code).collect::<Vec<_>>().join(" ");
            for statement in sql.split(';') {
                for word in ["DROP TABLE", "DROP COLUMN", "RENAME", "ALTER COLUMN", "SET NOT NULL"] {
                    assert!(!statement.contains(word), "{name} for {engine}: {word}");
                }
                let adds = statement.contains("ADD COLUMN") && statement.contains("NOT NULL");
                assert!(!adds || statement.contains("DEFAULT"), "{name} for {engine}: an old server gives no value");
            }
        }
    }
    assert!(seen >= 2);
}

/// A key in another collation than "C" would be a key whose index a comparison by code point cannot use.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_compares_every_indexed_text_by_code_point() {
    let world = World::new(Engine::Postgres).await;
    let sql = "SELECT t.relname::text, a.attname::text FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
                   JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey)
               WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_sqlx%'
                   AND a.attcollation NOT IN (0, '\"C\"'::regcollation)";
    assert_eq!(texts(&world, sql).await, Vec::<Vec<String>>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_is_set_up_to_lose_nothing() {
    let world = World::new(Engine::Sqlite).await;
    let (version, settings) = work!(world, |conn| {
        let Conn::Sqlite(c) = conn else { unreachable!("SQLite was asked for") };
        let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut **c).await?;
        let mut settings = Vec::new();
        for name in ["synchronous", "foreign_keys", "trusted_schema", "cell_size_check", "query_only", "mmap_size"] {
            // mmap_size answers with a row only where memory maps are compiled in.
            let value: Option<i64> =
                sqlx::query_scalar(AssertSqlSafe(format!("PRAGMA {name}"))).fetch_optional(&mut **c).await?;
            settings.push((name, value.unwrap_or(0)));
        }
        Ok((version, settings))
    })
    .expect("read");
    let numbers: Vec<u32> = version.split('.').map(|number| number.parse().expect("a number")).collect();
    assert!(numbers >= vec![3, 51, 3], "{version}: older ones can corrupt a database in WAL mode");
    let wanted = [
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("query_only", 0),
        ("mmap_size", 0),
    ];
    assert_eq!(settings, wanted);
    let mut reader = world.store.read().await.expect("a reader");
    let Conn::Sqlite(c) = reader.conn() else { unreachable!("SQLite was asked for") };
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *c).await.expect("a mode");
    assert_eq!(mode, "wal");
    for statement in ["DELETE FROM tenants", "CREATE TABLE t (a)", "PRAGMA user_version = 7"] {
        let refused = sqlx::query(statement).execute(&mut *c).await.expect_err("a reader cannot write");
        assert!(refused.to_string().contains("readonly"), "{statement}: {refused}");
    }
}

/// Statements that would be right but for one constraint each. `T` stands for the company, `I` for its integration.
#[expect(clippy::too_many_lines, reason = "a line a constraint")]
async fn every_constraint_refuses(engine: Engine) {
    let world = World::new(engine).await;
    let sql = |statement: &str| {
        let text = statement
            .replace("'T'", &format!("'{}'", world.tenant))
            .replace("'I'", &format!("'{}'", world.integration));
        match engine {
            Engine::Sqlite => text.replace("b'", "x'"),
            Engine::Postgres => text.replace("b'", "'\\x").replace("ACTIVE", "TRUE"),
        }
        .replace("ACTIVE", "1")
    };
    let employee = "INSERT INTO employees (tenant_id, id, integration_id, user_name_key, name_key, active,
        data, folded, created_at, updated_at, version) VALUES ";
    let group = "INSERT INTO groups (tenant_id, id, integration_id, display_name, display_name_key, data, folded,
        created_at, updated_at, version) VALUES ";
    let account = "INSERT INTO accounts (tenant_id, id, email, email_key, role, password_hash, created_at) VALUES ";
    let session = "INSERT INTO sessions (tenant_id, id_hash, account_id, data, expires_at) VALUES ";
    let token = "INSERT INTO scim_tokens (tenant_id, id, integration_id, label, digest, prefix, last_four, request_key,
        created_by, created_at) VALUES ";
    let event =
        "INSERT INTO provisioning_events (tenant_id, id, at, integration_id, action, resource_type, resource_id,
        subject, notes) VALUES ";
    let act = "INSERT INTO audit_events (tenant_id, seq, at, actor, action, subject, detail, hash) VALUES ";
    let sso = "INSERT INTO sso_settings (tenant_id, integration_id, instance_id, enabled, issuer, certificate,
        allow_unsolicited, match_by, saved_at, saved_by) VALUES ";
    let identity = "INSERT INTO linked_identities VALUES";
    let brake = "INSERT INTO brakes (tenant_id, id, integration_id, employees, departed, pulled_at) VALUES ";
    let decided =
        "INSERT INTO brakes (tenant_id, id, integration_id, employees, departed, pulled_at, decision) VALUES ";
    let departure = "INSERT INTO departures (tenant_id, integration_id, seq, employee_id, name, disabled, deleted, at,
        outcome) VALUES ";
    let notice = "INSERT INTO notices (tenant_id, account_id, seq, at) VALUES ";
    let place = "INSERT INTO sign_in_places VALUES ";
    let invitation =
        "INSERT INTO invitations (tenant_id, id, email, email_key, role, code_hash, request_key, invited_by,
        created_at, expires_at) VALUES ";
    let factor = "INSERT INTO second_factors (tenant_id, account_id, secret, created_at) VALUES ";
    let passkey =
        "INSERT INTO passkeys (tenant_id, account_id, credential_id, name, host, credential, created_at) VALUES ";
    let required = "INSERT INTO second_factor_requirements VALUES";
    let statement = |insert: &str, values: &str| sql(&format!("{insert} {values}"));
    for (insert, values) in [
        (employee, "('T', 'e', 'I', 'e', '', ACTIVE, '{}', '{}', 0, 0, 1)"),
        (group, "('T', 'g', 'I', 'g', 'g', '{}', '{}', 0, 0, 1)"),
        (account, "('T', 'a', 'a@x', 'a@x', 'admin', '', 0)"),
        (session, "('T', b'01', 'a', '{}', 0)"),
        (invitation, "('T', 'n', 'n@x', 'n@x', 'it', b'01', 'k', '', 0, 0)"),
        (token, "('T', 't', 'I', '', b'01', '', '', 'k', '', 0)"),
        (event, "('T', 'v', 0, 'I', '', '', '', '', '[]')"),
        (act, "('T', 1, 0, '', '', '', '{}', b'')"),
        ("INSERT INTO employee_emails VALUES", "('T', 'a@x', 'e')"),
        ("INSERT INTO employee_words VALUES", "('T', 'ada', 'e')"),
        ("INSERT INTO group_words VALUES", "('T', 'staff', 'g')"),
        ("INSERT INTO group_members VALUES", "('T', 'g', 'e', 'User', 0)"),
        ("INSERT INTO custom_attributes VALUES", "('T', 'floor', 0, '{}')"),
        ("INSERT INTO token_usage VALUES", "('T', 't', 0, 1, 0)"),
        ("INSERT INTO setup_codes VALUES", "(b'01', 0)"),
        (sso, "('T', 'I', 's', ACTIVE, '', b'', ACTIVE, 'email', 0, '')"),
        ("INSERT INTO sso_requests VALUES", "('T', 'r', 'I', b'01', 0, NULL, NULL)"),
        ("INSERT INTO sso_requirements VALUES", "('T', 'I', 'a', 0, '')"),
        ("INSERT INTO sso_assertions VALUES", "('T', 'I', 'a', 0)"),
        ("INSERT INTO employee_sessions VALUES", "('T', b'01', 'e', 'I', 0)"),
        ("INSERT INTO account_employees VALUES", "('T', 'a', 'e', 0, '')"),
        (identity, "('T', 'a', 'I', 'ada', '', NULL, 'email', 0, '')"),
        ("INSERT INTO deleted_employees VALUES", "('T', 'd', 'I', '{}', '[]', 0, 1, 0)"),
        (factor, "('T', 'a', b'01', 0)"),
        ("INSERT INTO recovery_codes VALUES", "('T', 'a', b'01')"),
        (passkey, "('T', 'a', 'c', '', '', '', 0)"),
        ("INSERT INTO passkey_ceremonies VALUES", "('T', 'a', 'k', '', 0)"),
        (required, "('T', 0, '')"),
        (brake, "('T', 'k', 'I', 1, 1, 0)"),
        ("INSERT INTO departure_counts (tenant_id, integration_id, seq) VALUES", "('T', 'I', 1)"),
        (departure, "('T', 'I', 1, 'e', '', ACTIVE, ACTIVE, 0, NULL)"),
        (notice, "('T', 'a', 1, 0)"),
        (place, "('T', 'a', '192.0.2.1', 'Firefox', 0)"),
    ] {
        let sql = statement(insert, values);
        world.raw(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }
    for (what, insert, values) in [
        ("tenants: id", "INSERT INTO tenants (id, name, name_key, created_at) VALUES", "('T', 'n', 'n', 0)"),
        ("tenants: name", "INSERT INTO tenants (id, name, name_key, created_at) VALUES", "('n', 'n', 'acme', 0)"),
        ("setup_codes: hash", "INSERT INTO setup_codes VALUES", "(b'01', 0)"),
        ("accounts: id", account, "('T', 'a', 'b@x', 'b@x', 'admin', '', 0)"),
        ("accounts: e-mail", account, "('T', 'b', 'a@x', 'a@x', 'admin', '', 0)"),
        ("accounts: role", account, "('T', 'b', 'b@x', 'b@x', 'root', '', 0)"),
        ("accounts: tenant", account, "('none', 'b', 'b@x', 'b@x', 'admin', '', 0)"),
        ("sessions: hash", session, "('T', b'01', 'a', '{}', 0)"),
        ("sessions: account", session, "('T', b'02', 'none', '{}', 0)"),
        ("invitations: id", invitation, "('T', 'n', 'o@x', 'o@x', 'it', b'02', 'l', '', 0, 0)"),
        ("invitations: e-mail", invitation, "('T', 'o', 'n@x', 'n@x', 'it', b'02', 'l', '', 0, 0)"),
        ("invitations: code", invitation, "('T', 'o', 'o@x', 'o@x', 'it', b'01', 'l', '', 0, 0)"),
        ("invitations: form", invitation, "('T', 'o', 'o@x', 'o@x', 'it', b'02', 'k', '', 0, 0)"),
        ("invitations: role", invitation, "('T', 'o', 'o@x', 'o@x', 'root', b'02', 'l', '', 0, 0)"),
        ("invitations: tenant", invitation, "('none', 'o', 'o@x', 'o@x', 'it', b'02', 'l', '', 0, 0)"),
        (
            "integrations: id",
            "INSERT INTO integrations (tenant_id, id, provider, created_at) VALUES",
            "('T', 'I', 'okta', 0)",
        ),
        (
            "integrations: provider",
            "INSERT INTO integrations (tenant_id, id, provider, created_at) VALUES",
            "('T', 'i', 'azure', 0)",
        ),
        (
            "integrations: which",
            "INSERT INTO integrations (tenant_id, id, provider, created_at) VALUES",
            "('T', 'i', 'acme', 0)",
        ),
        (
            "integrations: tenant",
            "INSERT INTO integrations (tenant_id, id, provider, created_at) VALUES",
            "('none', 'i', 'okta', 0)",
        ),
        ("scim_tokens: id", token, "('T', 't', 'I', '', b'02', '', '', 'l', '', 0)"),
        ("scim_tokens: digest", token, "('T', 'u', 'I', '', b'01', '', '', 'l', '', 0)"),
        ("scim_tokens: form", token, "('T', 'u', 'I', '', b'02', '', '', 'k', '', 0)"),
        ("scim_tokens: integration", token, "('T', 'u', 'none', '', b'02', '', '', 'l', '', 0)"),
        ("token_usage: hour", "INSERT INTO token_usage VALUES", "('T', 't', 0, 1, 0)"),
        ("token_usage: token", "INSERT INTO token_usage VALUES", "('T', 'none', 0, 1, 0)"),
        ("custom_attributes: name", "INSERT INTO custom_attributes VALUES", "('T', 'floor', 1, '{}')"),
        ("custom_attributes: tenant", "INSERT INTO custom_attributes VALUES", "('none', 'floor', 1, '{}')"),
        ("employees: id", employee, "('T', 'e', 'I', 'f', '', ACTIVE, '{}', '{}', 0, 0, 1)"),
        ("employees: userName", employee, "('T', 'f', 'I', 'e', '', ACTIVE, '{}', '{}', 0, 0, 1)"),
        ("employees: active", employee, "('T', 'f', 'I', 'f', '', 2, '{}', '{}', 0, 0, 1)"),
        ("employees: integration", employee, "('T', 'f', 'none', 'f', '', ACTIVE, '{}', '{}', 0, 0, 1)"),
        ("employee_emails: twice", "INSERT INTO employee_emails VALUES", "('T', 'a@x', 'e')"),
        ("employee_emails: employee", "INSERT INTO employee_emails VALUES", "('T', 'a@x', 'none')"),
        ("employee_words: twice", "INSERT INTO employee_words VALUES", "('T', 'ada', 'e')"),
        ("employee_words: employee", "INSERT INTO employee_words VALUES", "('T', 'ada', 'none')"),
        ("group_words: twice", "INSERT INTO group_words VALUES", "('T', 'staff', 'g')"),
        ("group_words: group", "INSERT INTO group_words VALUES", "('T', 'staff', 'none')"),
        ("groups: id", group, "('T', 'g', 'I', 'h', 'h', '{}', '{}', 0, 0, 1)"),
        ("groups: displayName", group, "('T', 'h', 'I', 'g', 'g', '{}', '{}', 0, 0, 1)"),
        ("groups: integration", group, "('T', 'h', 'none', 'h', 'h', '{}', '{}', 0, 0, 1)"),
        ("group_members: twice", "INSERT INTO group_members VALUES", "('T', 'g', 'e', 'User', 1)"),
        ("group_members: kind", "INSERT INTO group_members VALUES", "('T', 'g', 'f', 'Robot', 0)"),
        ("group_members: group", "INSERT INTO group_members VALUES", "('T', 'none', 'e', 'User', 0)"),
        ("provisioning_events: id", event, "('T', 'v', 0, 'I', '', '', '', '', '[]')"),
        ("provisioning_events: tenant", event, "('none', 'w', 0, 'I', '', '', '', '', '[]')"),
        ("audit_events: seq", act, "('T', 1, 0, '', '', '', '{}', b'')"),
        ("sso_settings: integration", sso, "('T', 'I', 't', ACTIVE, '', b'', ACTIVE, 'email', 0, '')"),
        ("sso_settings: which", sso, "('T', 'none', 't', ACTIVE, '', b'', ACTIVE, 'email', 0, '')"),
        ("sso_settings: match", sso, "('T', 'I', 't', ACTIVE, '', b'', ACTIVE, 'name', 0, '')"),
        ("sso_requests: id", "INSERT INTO sso_requests VALUES", "('T', 'r', 'I', b'02', 0, NULL, NULL)"),
        ("sso_requests: settings", "INSERT INTO sso_requests VALUES", "('T', 's', 'none', b'01', 0, NULL, NULL)"),
        ("sso_requirements: twice", "INSERT INTO sso_requirements VALUES", "('T', 'I', 'a', 1, '')"),
        ("sso_requirements: settings", "UPDATE sso_requirements SET integration_id =", "'none'"),
        ("sso_requirements: account", "UPDATE sso_requirements SET break_glass_id =", "'none'"),
        ("sso_assertions: twice", "INSERT INTO sso_assertions VALUES", "('T', 'I', 'a', 1)"),
        ("sso_assertions: settings", "INSERT INTO sso_assertions VALUES", "('T', 'none', 'a', 0)"),
        ("employee_sessions: hash", "INSERT INTO employee_sessions VALUES", "('T', b'01', 'e', 'I', 1)"),
        ("employee_sessions: employee", "INSERT INTO employee_sessions VALUES", "('T', b'02', 'none', 'I', 0)"),
        ("employee_sessions: settings", "INSERT INTO employee_sessions VALUES", "('T', b'02', 'e', 'none', 0)"),
        ("account_employees: account", "INSERT INTO account_employees VALUES", "('T', 'a', 'e', 1, '')"),
        ("linked_identities: twice", identity, "('T', 'a', 'I', 'ada', '', NULL, 'email', 1, '')"),
        ("linked_identities: link", identity, "('T', 'none', 'I', 'ada', '', NULL, 'email', 0, '')"),
        ("linked_identities: settings", identity, "('T', 'a', 'none', 'ada', '', NULL, 'email', 0, '')"),
        ("linked_identities: match", identity, "('T', 'a', 'I', 'bob', '', NULL, 'name', 0, '')"),
        ("account_employees: who", "INSERT INTO account_employees VALUES", "('T', 'none', 'e', 0, '')"),
        ("deleted_employees: twice", "INSERT INTO deleted_employees VALUES", "('T', 'd', 'I', '{}', '[]', 0, 1, 1)"),
        (
            "deleted_employees: integration",
            "INSERT INTO deleted_employees VALUES",
            "('T', 'f', 'x', '{}', '[]', 0, 1, 0)",
        ),
        ("second_factors: account", factor, "('T', 'a', b'02', 0)"),
        ("second_factors: whose", factor, "('T', 'none', b'02', 0)"),
        ("passkeys: credential", passkey, "('T', 'a', 'c', 'other', '', '', 0)"),
        ("passkeys: account", passkey, "('T', 'none', 'd', '', '', '', 0)"),
        ("passkey_ceremonies: id", "INSERT INTO passkey_ceremonies VALUES", "('T', 'a', 'k', 'other', 0)"),
        ("passkey_ceremonies: account", "INSERT INTO passkey_ceremonies VALUES", "('T', 'none', 'l', '', 0)"),
        ("recovery_codes: twice", "INSERT INTO recovery_codes VALUES", "('T', 'a', b'01')"),
        ("recovery_codes: whose", "INSERT INTO recovery_codes VALUES", "('T', 'none', b'02')"),
        ("second_factor_requirements: twice", required, "('T', 1, '')"),
        ("second_factor_requirements: tenant", required, "('none', 0, '')"),
        ("brakes: id", brake, "('T', 'k', 'I', 1, 1, 1)"),
        ("brakes: integration", brake, "('T', 'l', 'none', 1, 1, 0)"),
        ("brakes: decision", decided, "('T', 'l', 'I', 1, 1, 0, 'wait')"),
        (
            "departure_counts: integration",
            "INSERT INTO departure_counts (tenant_id, integration_id, seq) VALUES",
            "('T', 'I', 1)",
        ),
        (
            "departure_counts: which",
            "INSERT INTO departure_counts (tenant_id, integration_id, seq) VALUES",
            "('T', 'none', 1)",
        ),
        ("departures: number", departure, "('T', 'I', 1, 'f', '', ACTIVE, ACTIVE, 0, NULL)"),
        ("departures: integration", departure, "('T', 'none', 2, 'f', '', ACTIVE, ACTIVE, 0, NULL)"),
        ("departures: outcome", departure, "('T', 'I', 2, 'f', '', ACTIVE, ACTIVE, 0, 'lost')"),
        ("departures: disabled", departure, "('T', 'I', 2, 'f', '', 2, ACTIVE, 0, NULL)"),
        ("departures: deleted", departure, "('T', 'I', 2, 'f', '', ACTIVE, 2, 0, NULL)"),
        ("notices: number", notice, "('T', 'a', 1, 1)"),
        ("notices: account", notice, "('T', 'none', 2, 0)"),
        ("sign_in_places: twice", place, "('T', 'a', '192.0.2.1', 'Firefox', 1)"),
        ("sign_in_places: account", place, "('T', 'none', '192.0.2.1', 'Firefox', 0)"),
        ("audit_events: tenant", act, "('none', 1, 0, '', '', '', '{}', b'')"),
    ] {
        let refused = world.raw(&statement(insert, values)).await;
        assert!(matches!(refused, Err(store::StoreError::Database(_))), "{what}: {refused:?}");
    }
    for (what, statement) in [
        ("a company with an integration", "DELETE FROM tenants WHERE id = 'T'"),
        ("an integration with tokens", "DELETE FROM integrations WHERE tenant_id = 'T'"),
        ("a token with counts", "DELETE FROM scim_tokens WHERE tenant_id = 'T'"),
    ] {
        assert!(world.raw(&sql(statement)).await.is_err(), "{what}");
    }
    for (left, statement) in [
        ("sessions", "DELETE FROM accounts WHERE tenant_id = 'T'"),
        ("account_employees", "SELECT 1"),
        ("linked_identities", "SELECT 1"),
        ("second_factors", "SELECT 1"),
        ("recovery_codes", "SELECT 1"),
        ("notices", "SELECT 1"),
        ("sign_in_places", "SELECT 1"),
        ("sso_requirements", "SELECT 1"),
        ("employee_emails", "DELETE FROM employees WHERE tenant_id = 'T'"),
        ("employee_sessions", "SELECT 1"),
        ("employee_words", "DELETE FROM employees WHERE tenant_id = 'T'"),
        ("group_members", "DELETE FROM groups WHERE tenant_id = 'T'"),
        ("group_words", "DELETE FROM groups WHERE tenant_id = 'T'"),
    ] {
        world.raw(&sql(statement)).await.expect(statement);
        assert_eq!(world.number(&format!("SELECT count(*) FROM {left}")).await, 0, "{statement}");
    }
}

/// Every column that must have a value refuses to be without one, and on SQLite to hold a value of another type.
async fn tables_refuse_what_is_missing(engine: Engine) {
    let world = World::new(engine).await;
    for (table, columns) in columns(engine).await {
        for column in columns.iter().filter_map(|column| column.strip_suffix(" NOT NULL")) {
            let refused = world.raw(&format!("INSERT INTO {table} ({column}) VALUES (NULL)")).await;
            assert!(refused.is_err(), "{table}.{column}");
        }
    }
    if engine == Engine::Sqlite {
        let strict = "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
            AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
        assert_eq!(world.number(strict).await, 0, "all tables are STRICT");
    }
}
