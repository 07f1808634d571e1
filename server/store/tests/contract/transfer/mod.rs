//! Backups that come back, and databases that move, from each engine to each.

mod copy;

use std::io::Write;
use std::str::FromStr;
use std::sync::Arc;

use scim::Schemas;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::testing::{Engine, TestDatabase};
use store::transfer;
use store::{DatabaseUrl, StoreError, audit, employees, events, groups};

use crate::support::World;

on_both_engines!(
    a_backup_comes_back_on_either_engine,
    a_backup_is_of_one_moment,
    a_damaged_backup_changes_nothing,
    a_backup_of_an_older_version_is_brought_up_to_date,
    what_holds_data_is_replaced_only_when_told,
);

/// A company with a bit of everything, more rows than one page holds.
async fn furnished(engine: Engine) -> World {
    let world = World::new(engine).await;
    world.crowd(1_200).await;
    let odd = world.employee(
        "odd",
        json!({ "userName": "odd", "nickName": "\u{202e}\"'\\ \u{1f600}\n", "x": [1e16, 1.5, -0.0, null, true, {}] }),
    );
    work!(world, |conn| employees::insert(conn, &world.tenant, &odd, Schemas::standard()).await).expect("an employee");
    world.found("staff").await;
    work!(world, |conn| {
        let now = world.store.now();
        let act = audit::Act { actor: "cli", action: "test.done", subject: "x", detail: json!({"b": 1, "a": [1]}) };
        audit::record(conn, &world.tenant, &act, now).await
    })
    .expect("an act");
    for sql in [
        // As if they had been indexed, so that opening a copy changes nothing in it.
        "UPDATE employees SET words_version = 1",
        "INSERT INTO group_members (tenant_id, group_id, member_id, member_kind, added_at)
             SELECT tenant_id, 'staff', id, 'User', 0 FROM employees",
        "INSERT INTO setup_codes (hash, expires_at) SELECT HASH, 0",
        "INSERT INTO accounts (tenant_id, id, email, email_key, role, password_hash, created_at)
             SELECT id, 'a', 'a@x', 'a@x', 'admin', 'hash', 0 FROM tenants",
        "INSERT INTO sessions (tenant_id, id_hash, account_id, data, expires_at)
             SELECT id, HASH, 'a', '{}', 0 FROM tenants",
        "INSERT INTO second_factors (tenant_id, account_id, secret, created_at, confirmed_at, last_step)
             SELECT id, 'a', HASH, 0, 1, 2 FROM tenants",
        "INSERT INTO passkeys (tenant_id, account_id, credential_id, name, host, credential, created_at)
             SELECT id, 'a', 'c', 'n', 'x', '{}', 0 FROM tenants",
        "INSERT INTO passkey_ceremonies (tenant_id, account_id, id, state, expires_at)
             SELECT id, 'a', 'c', '{}', 0 FROM tenants",
        "INSERT INTO recovery_codes (tenant_id, account_id, code_hash) SELECT id, 'a', HASH FROM tenants",
        "INSERT INTO second_factor_requirements (tenant_id, since, required_by) SELECT id, 0, 'a@x' FROM tenants",
    ] {
        let hash = if engine == Engine::Sqlite { "x'00ff'" } else { "'\\x00ff'::bytea" };
        world.raw(&sql.replace("HASH", hash)).await.expect(sql);
    }
    world
}

fn url(database: &TestDatabase) -> DatabaseUrl {
    DatabaseUrl::from_str(&database.url).expect("a valid address")
}

async fn backup_of(world: &World) -> Vec<u8> {
    let (rows, file) = transfer::backup(&url(&world.database), world.store.now(), Vec::new()).await.expect("a backup");
    assert_eq!(transfer::check(&file[..]).expect("whole").rows, rows);
    file
}

/// Every row with the names of its columns, and JSON in one spelling: as both engines would tell it.
fn rows_of(backup: &[u8]) -> Vec<String> {
    let (mut table, mut columns, mut rows) = (String::new(), Vec::new(), Vec::new());
    for line in String::from_utf8_lossy(backup).lines() {
        let mut line: Value = serde_json::from_str(line).expect("JSON");
        if let Some(name) = line["table"].as_str() {
            name.clone_into(&mut table);
            columns = line["columns"].as_array().expect("columns").iter().map(Value::to_string).collect();
        }
        let Some(values) = line.as_array_mut() else { continue };
        for value in values.iter_mut() {
            if let Some(json) = value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()) {
                *value = json.to_string().replace("1e+16", "10000000000000000").replace("-0.0", "0.0").into();
            }
        }
        let mut cells: Vec<_> =
            columns.iter().zip(values).map(|(column, value)| format!("{column}: {value}")).collect();
        cells.sort();
        rows.push(format!("{table} {}", cells.join(", ")));
    }
    rows.sort();
    rows
}

#[track_caller]
fn equal(one: &[String], two: &[String]) {
    let differing = one.iter().zip(two).find(|(one, two)| one != two);
    assert_eq!((differing, one.len()), (None, two.len()));
}

async fn opened(database: TestDatabase, like: &World) -> World {
    let (store, clock) = database.open().await;
    World { database: Arc::new(database), store, clock, ..like.clone() }
}

/// What came along works: reads, chains, writes.
async fn is_alive(world: &World) {
    let odd = read!(world, |conn| employees::get(conn, &world.tenant, "odd")).expect("there");
    let odd = serde_json::to_value(&odd.document).expect("JSON");
    assert_eq!(odd["nickName"], "\u{202e}\"'\\ \u{1f600}\n");
    assert!(read!(world, |conn| groups::get(conn, &world.tenant, "staff")).is_some());
    assert_eq!(read!(world, |conn| audit::first_broken(conn, &world.tenant)), None);
    assert_eq!(read!(world, |conn| events::first_broken(conn, &world.tenant)), None);
    world.hire("new").await;
}

async fn a_backup_comes_back_on_either_engine(engine: Engine) {
    let world = furnished(engine).await;
    let file = backup_of(&world).await;
    for other in [Engine::Sqlite, Engine::Postgres] {
        let target = TestDatabase::create(other).await;
        let restored = transfer::restore(&url(&target), &file[..], false, world.store.now()).await.expect("restored");
        assert!(restored.rows > 3_600 && restored.live_tokens == 0, "{restored:?}");
        let target = opened(target, &world).await;
        for table in ["passkey_ceremonies", "sessions", "setup_codes"] {
            assert_eq!(target.number(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        for table in ["second_factors", "recovery_codes", "passkeys", "second_factor_requirements"] {
            assert_eq!(target.number(&format!("SELECT count(*) FROM {table}")).await, 1, "{table}");
        }
        let last = read!(target, |conn| audit::latest(conn, &world.tenant, 1));
        assert_eq!(last[0].1, "database.restored");
        let rest = |backup: &[u8]| -> Vec<String> {
            let told = |row: &String| row.starts_with("audit_events ") || row.starts_with("tenants ");
            rows_of(backup).into_iter().filter(|row| !told(row)).collect()
        };
        equal(&rest(&file), &rest(&backup_of(&target).await));
        is_alive(&target).await;
    }
}

/// Does something as soon as a word goes by.
struct When<F: FnMut()> {
    word: &'static str,
    then: Option<F>,
    out: Vec<u8>,
}

impl<F: FnMut()> Write for When<F> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if String::from_utf8_lossy(bytes).contains(self.word)
            && let Some(mut then) = self.then.take()
        {
            then();
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs statements to their end while others wait.
fn meanwhile(world: &World, statements: &'static [&'static str]) {
    let world = world.clone();
    tokio::task::block_in_place(|| {
        tokio::runtime::Handle::current().block_on(async {
            for sql in statements {
                world.raw(sql).await.expect(sql);
            }
        });
    });
}

async fn a_backup_is_of_one_moment(engine: Engine) {
    let world = furnished(engine).await;
    let out = When {
        word: "\"table\":\"employees\"",
        then: Some(|| meanwhile(&world, &["DELETE FROM group_members", "DELETE FROM employees"])),
        out: Vec::new(),
    };
    let (_, out) = transfer::backup(&url(&world.database), world.store.now(), out).await.expect("a backup");
    assert!(out.then.is_none(), "it happened");
    let target = TestDatabase::create(engine).await;
    transfer::restore(&url(&target), &out.out[..], false, world.store.now()).await.expect("restored");
    let target = opened(target, &world).await;
    assert_eq!(target.number("SELECT count(*) FROM group_members").await, 1_201);
    assert_eq!(target.number("SELECT count(*) FROM employees").await, 1_201);
}

async fn a_damaged_backup_changes_nothing(engine: Engine) {
    let world = furnished(engine).await;
    let file = backup_of(&world).await;
    let target = TestDatabase::create(engine).await;
    // Without the last byte, which ends the last line, all of it is there.
    for at in (0..file.len() - 1).step_by(file.len() / 40) {
        let mut damaged = file.clone();
        damaged[at] ^= 1;
        let checked = transfer::check(&damaged[..]);
        assert!(matches!(checked, Err(StoreError::Transfer(_))), "byte {at}: {checked:?}");
        let cut = transfer::check(&file[..at]);
        assert!(matches!(cut, Err(StoreError::Transfer(_))), "cut at {at}: {cut:?}");
    }
    let late = file.len() - 30;
    transfer::restore(&url(&target), &file[..late], false, world.store.now()).await.expect_err("cut short");
    let target = opened(target, &world).await;
    assert_eq!(target.number("SELECT count(*) FROM employees").await, 0);
    assert!(transfer::check(&b"{\"format\":\"tar\"}\n"[..]).is_err() && transfer::check(&b""[..]).is_err());
}

/// A backup with the last line that these lines need.
fn signed(lines: &str) -> String {
    let digest = Sha256::digest(lines.as_bytes()).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    format!("{lines}{{\"sha256\":\"{digest}\"}}\n")
}

async fn a_backup_of_an_older_version_is_brought_up_to_date(engine: Engine) {
    let header = |migration: u32| {
        format!(
            "{{\"format\":\"spaceiq-backup\",\"version\":1,\"made_at\":0,\"migration\":{migration},\"program\":\"0\"}}\n"
        )
    };
    let of_the_first = header(1)
        + r#"{"table":"tenants","columns":["id","name","name_key","created_at"]}
["t","Acme","acme",0]
{"rows":1}
{"table":"integrations","columns":["tenant_id","id","provider","created_at"]}
["t","i","azure",0]
{"rows":1}
{"table":"employees","columns":["tenant_id","id","integration_id","user_name_key","name_key","search_key","active","data","folded","created_at","updated_at","version"]}
["t","e","i","ada","ada","ada",1,"{\"userName\":\"ada\"}","{\"username\":\"ada\"}",0,0,1]
{"rows":1}
"#;
    let target = TestDatabase::create(engine).await;
    let now = World::new(engine).await.store.now();
    let restored = transfer::restore(&url(&target), signed(&of_the_first).as_bytes(), false, now).await;
    assert_eq!(restored.expect("restored").rows, 3);
    let like = World::new(engine).await;
    let target = opened(target, &like).await;
    let words = "SELECT count(*) FROM employee_words WHERE word = 'ada'";
    assert_eq!(target.number(words).await, 1, "what later versions need was made");
    let refused = transfer::restore(&url(&target.database), signed(&header(9_000)).as_bytes(), true, now).await;
    assert!(refused.expect_err("from the future").to_string().contains("newer version"));
}

async fn what_holds_data_is_replaced_only_when_told(engine: Engine) {
    let world = furnished(engine).await;
    let file = backup_of(&world).await;
    let other = World::new(engine).await;
    let address = url(&other.database);
    let now = world.store.now();
    let refused = transfer::restore(&address, &file[..], false, now).await.expect_err("it holds a company");
    assert!(refused.to_string().contains("holds data") || refused.to_string().contains("a server"), "{refused}");
    let World { store, database, .. } = other;
    if engine == Engine::Sqlite {
        let used = transfer::restore(&address, &file[..], true, now).await.expect_err("it is open");
        assert!(used.to_string().contains("stop it first"), "{used}");
    }
    drop(store);
    let mut tries = 100;
    while let Err(error) = transfer::restore(&address, &file[..], true, now).await {
        // The file is let go of by a task of its own.
        tries -= 1;
        assert!(tries > 0, "{error}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let database = Arc::into_inner(database).expect("nobody else has it");
    is_alive(&opened(database, &world).await).await;
}
