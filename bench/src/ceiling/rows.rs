//! The rows that the server wrote, written once more by a bare loop with the same durability: as many to a commit as
//! there were clients on SQLite, a transaction for each person from as many connections on PostgreSQL.

use std::collections::HashMap;
use std::str::FromStr;
use std::time::Instant;

use anyhow::{Context, Result};
use futures::future::try_join_all;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqliteConnection};

use super::cells::{Cell, Record, bound, of_postgres, of_sqlite};
use crate::database::{Database, Engine};
use crate::load::Timing;
use crate::process;
use crate::race::{CONNECTIONS, Race};
use crate::report::Row;

/// What must be there before people can be written.
const BEFORE: [&str; 2] = ["tenants", "integrations"];
/// What a creation writes, and the column that says for whom.
const TABLES: [(&str, &str); 4] = [
    ("employees", "id"),
    ("employee_words", "employee_id"),
    ("employee_emails", "employee_id"),
    ("provisioning_events", "resource_id"),
];

/// What is written for a person.
type Person = Vec<Record>;

/// Writes what is in a database to an empty one.
pub(crate) async fn race(race: &Race, from: &Database) -> Result<Row> {
    let to = race.databases.create(from.engine()).await?;
    drop(to.open().await?);
    let (own, backend) = (std::process::id(), to.process().await?);
    let database = || backend.map_or(Ok(std::time::Duration::ZERO), process::cpu_of_family);
    let (timing, before) = match from.engine() {
        Engine::Sqlite => {
            let people = read_sqlite(from, &to).await?;
            let mut connection = sqlite(&to).await?;
            let before = (process::cpu(own)?, database()?);
            (write_sqlite(&mut connection, &people).await?, before)
        }
        Engine::Postgres => {
            let people = read_postgres(from, &to).await?;
            let mut connections =
                try_join_all((0..CONNECTIONS).map(async |_| PgConnection::connect(&to.url).await)).await?;
            let before = (process::cpu(own)?, database()?);
            (write_postgres(&mut connections, &people).await?, before)
        }
    };
    let row = Row {
        workload: "ceiling: bare loop, the same rows (people)".to_owned(),
        engine: from.engine().name(),
        timing,
        server: process::cpu(own)?.saturating_sub(before.0),
        database: database()?.saturating_sub(before.1),
        client: std::time::Duration::ZERO,
        resident: process::resident(own)?,
        disk: to.disk().await?,
    };
    to.remove().await?;
    Ok(race.note(row))
}

async fn sqlite(database: &Database) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::from_str(&database.url)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .disable_statement_logging();
    Ok(options.connect().await?)
}

fn insert(table: &str, cells: &[Cell]) -> String {
    let parameters: Vec<String> = (1..=cells.len()).map(|number| format!("${number}")).collect();
    format!("INSERT INTO {table} VALUES ({})", parameters.join(", "))
}

/// Reads everything into memory, and writes what comes before people to the other database.
macro_rules! read {
    ($from:expr, $to:expr, $cells:path) => {{
        let (mut from, mut to) = ($from, $to);
        for table in BEFORE {
            let rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}"))).fetch_all(&mut from).await?;
            for row in &rows {
                let cells = $cells(row)?;
                bound!(insert(table, &cells), &cells).execute(&mut to).await?;
            }
        }
        let mut people: HashMap<String, Person> = HashMap::new();
        for (table, (name, person)) in TABLES.iter().enumerate() {
            let sql = format!("SELECT {person}, t.* FROM {name} t ORDER BY {person}");
            for row in &sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut from).await? {
                let mut cells = $cells(row)?;
                let Cell::Text(Some(id)) = cells.remove(0) else { continue };
                people.entry(id).or_default().push(Record { table, cells });
            }
        }
        let mut people: Vec<(String, Person)> = people.into_iter().collect();
        people.sort_by(|one, other| one.0.cmp(&other.0));
        anyhow::Ok(people.into_iter().map(|(_, records)| records).collect::<Vec<_>>())
    }};
}

async fn read_sqlite(from: &Database, to: &Database) -> Result<Vec<Person>> {
    read!(sqlite(from).await?, sqlite(to).await?, of_sqlite)
}

async fn read_postgres(from: &Database, to: &Database) -> Result<Vec<Person>> {
    read!(PgConnection::connect(&from.url).await?, PgConnection::connect(&to.url).await?, of_postgres)
}

/// The statement of each table.
fn statements(people: &[Person]) -> Result<Vec<String>> {
    let first = people.first().context("nobody was written")?;
    let of = |table: usize| {
        let record = first.iter().find(|record| record.table == table).context("a person without some of the rows")?;
        Ok(insert(TABLES[table].0, &record.cells))
    };
    (0..TABLES.len()).map(of).collect()
}

async fn write_sqlite(connection: &mut SqliteConnection, people: &[Person]) -> Result<Timing> {
    let (statements, started, mut latencies) = (statements(people)?, Instant::now(), Vec::new());
    for together in people.chunks(CONNECTIONS) {
        let begun = Instant::now();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
        for record in together.iter().flatten() {
            bound!(statements[record.table].as_str(), &record.cells).execute(&mut *connection).await?;
        }
        sqlx::query("COMMIT").execute(&mut *connection).await?;
        latencies.extend(together.iter().map(|_| microseconds(begun)));
    }
    latencies.sort_unstable();
    Ok(Timing { wall: started.elapsed(), latencies })
}

async fn write_postgres(connections: &mut [PgConnection], people: &[Person]) -> Result<Timing> {
    let (statements, started) = (statements(people)?, Instant::now());
    let share = people.len().div_ceil(connections.len());
    let each = connections.iter_mut().zip(people.chunks(share)).map(async |(connection, people)| {
        let mut latencies = Vec::new();
        for person in people {
            let begun = Instant::now();
            let mut transaction = connection.begin().await?;
            for record in person {
                bound!(statements[record.table].as_str(), &record.cells).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            latencies.push(microseconds(begun));
        }
        anyhow::Ok(latencies)
    });
    let mut latencies = try_join_all(each).await?.concat();
    latencies.sort_unstable();
    Ok(Timing { wall: started.elapsed(), latencies })
}

fn microseconds(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX)
}
