//! A backup put back: into a new file that takes the old one's place, or in one transaction on PostgreSQL. Whoever looks
//! sees what was there before or all of the backup.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqliteConnection};
use time::OffsetDateTime;

use super::catalogue::{self, Table};
use super::file::{Header, Line, Reader};
use super::link::Link;
use super::rows::Row;
use crate::audit::{self, Act};
use crate::migrate::{latest_migration, migrate_postgres, migrate_sqlite};
use crate::open;
use crate::pool::run;
use crate::url::Engine;
use crate::{Conn, DatabaseUrl, StoreError, events, tenants};

/// Rows written at once.
const TOGETHER: usize = 500;

/// What was put back.
#[derive(Debug)]
pub struct Restored {
    /// The backup's first line.
    pub header: Header,
    /// How many rows.
    pub rows: u64,
    /// Tokens that work from now on, whatever became of them after the backup was made.
    pub live_tokens: i64,
}

/// Puts a backup into the database. One that holds something is replaced when `replace` says so.
pub async fn restore(
    url: &DatabaseUrl,
    input: impl BufRead,
    replace: bool,
    now: OffsetDateTime,
) -> Result<Restored, StoreError> {
    let (reader, header) = Reader::new(input)?;
    if header.migration > latest_migration() {
        return Err(StoreError::Transfer(format!(
            "the backup is from a newer version of this program ({}); use that version",
            header.program
        )));
    }
    match &url.0 {
        Engine::Sqlite(path) => into_file(path, reader, header, replace, now).await,
        Engine::Postgres(options) | Engine::PgBouncer(options) => {
            let opened = PgConnection::connect_with(options).await;
            let connection =
                opened.map_err(|error| StoreError::CannotOpen { url: url.to_string(), source: error.into() })?;
            into_postgres(connection, reader, header, replace, now).await
        }
    }
}

async fn into_file<R: BufRead>(
    path: &Path,
    reader: Reader<R>,
    header: Header,
    replace: bool,
    now: OffsetDateTime,
) -> Result<Restored, StoreError> {
    set_aside(path, replace).await?;
    let mut name = path.as_os_str().to_owned();
    name.push(".restoring");
    let scratch = PathBuf::from(name);
    remove(&scratch)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    open::create_private(&scratch)?;
    #[cfg(unix)]
    if let Ok(old) = std::fs::metadata(path) {
        use std::os::unix::fs::MetadataExt;
        // Whoever restores may be another user than the server.
        std::os::unix::fs::chown(&scratch, Some(old.uid()), Some(old.gid()))?;
        std::fs::set_permissions(&scratch, old.permissions())?;
    }
    // Nothing is lost when this is interrupted, so that nothing has to reach the disk before the end.
    let options =
        open::sqlite_options(&scratch).journal_mode(SqliteJournalMode::Off).synchronous(SqliteSynchronous::Off);
    let mut link = Link::scratch(options).await?;
    if let Link::Sqlite(connection) = &mut link {
        migrate_sqlite(connection, Some(header.migration)).await.map_err(cannot_migrate)?;
    }
    link.begin().await?;
    let loaded = load(&mut link.conn(), reader).await;
    let rows = match loaded {
        Ok(rows) => rows,
        Err(error) => {
            link.close().await?;
            remove(&scratch)?;
            return Err(error);
        }
    };
    link.commit().await?;
    if let Link::Sqlite(connection) = &mut link {
        migrate_sqlite(connection, None).await.map_err(cannot_migrate)?;
        is_sound(connection).await?;
    }
    let live_tokens = told(&mut link.conn(), &header, now).await?;
    link.close().await?;
    std::fs::File::open(&scratch)?.sync_all()?;
    // Between the check above and here a server may have started on the old file.
    set_aside(path, true).await?;
    std::fs::rename(&scratch, path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(Restored { header, rows, live_tokens })
}

fn remove(file: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Makes sure that the file may go: that it holds nothing, or may be replaced, and that nobody uses it. A write-ahead log
/// is folded into it, so that none is left to be taken for the new file's.
async fn set_aside(path: &Path, replace: bool) -> Result<(), StoreError> {
    if !path.exists() {
        return Ok(());
    }
    let options = open::sqlite_options(path).create_if_missing(false).journal_mode(SqliteJournalMode::Wal);
    let mut connection = match options.connect().await {
        Ok(connection) => connection,
        // Whatever this is, the person said that it may be replaced.
        Err(_) if replace => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let holds_data = !is_new(&mut Conn::Sqlite(&mut connection)).await?;
    // Leaving the mode with a write-ahead log needs the file for itself.
    let mode: Result<String, sqlx::Error> =
        sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut connection).await;
    connection.close().await?;
    if holds_data && !replace {
        return Err(occupied());
    }
    match mode.as_deref() {
        Ok("delete") => Ok(()),
        _ => Err(StoreError::Transfer("a server is using the database: stop it first".to_owned())),
    }
}

fn occupied() -> StoreError {
    StoreError::Transfer("the database holds data; say --replace to lose it".to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn cannot_migrate(source: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Transfer(format!("the database cannot be brought to the backup's version: {source}"))
}

async fn into_postgres<R: BufRead>(
    mut connection: PgConnection,
    reader: Reader<R>,
    header: Header,
    replace: bool,
    now: OffsetDateTime,
) -> Result<Restored, StoreError> {
    let mut transaction = connection.begin().await?;
    let all: Vec<String> = sqlx::query_scalar(
        "SELECT quote_ident(relname) FROM pg_class WHERE relkind IN ('r', 'p')
             AND relnamespace = current_schema()::regnamespace",
    )
    .fetch_all(&mut *transaction)
    .await?;
    if !all.is_empty() {
        let is_ours = all.iter().any(|table| table == "_sqlx_migrations");
        if !is_ours {
            return Err(StoreError::Transfer("the database holds tables of another program".to_owned()));
        }
        if !replace && !is_new(&mut Conn::Postgres(&mut transaction)).await? {
            return Err(occupied());
        }
        let drop = AssertSqlSafe(format!("DROP TABLE {} CASCADE", all.join(", ")));
        sqlx::query(drop).execute(&mut *transaction).await?;
    }
    migrate_postgres(&mut transaction, Some(header.migration)).await.map_err(cannot_migrate)?;
    let rows = load(&mut Conn::Postgres(&mut transaction), reader).await?;
    migrate_postgres(&mut transaction, None).await.map_err(cannot_migrate)?;
    let live_tokens = told(&mut Conn::Postgres(&mut transaction), &header, now).await?;
    transaction.commit().await?;
    sqlx::query("ANALYZE").execute(&mut connection).await?;
    connection.close().await?;
    Ok(Restored { header, rows, live_tokens })
}

/// Whether there is no company in it.
async fn is_new(conn: &mut Conn<'_>) -> Result<bool, StoreError> {
    match catalogue::tables(conn).await?.iter().find(|table| table.name == "tenants") {
        Some(table) => table.is_empty(conn).await,
        None => Ok(true),
    }
}

/// Writes what the backup holds into empty tables.
async fn load<R: BufRead>(conn: &mut Conn<'_>, mut reader: Reader<R>) -> Result<u64, StoreError> {
    let tables = catalogue::tables(conn).await?;
    let (mut table, mut rows, mut total): (Option<Table>, Vec<Row>, u64) = (None, Vec::new(), 0);
    while let Some(line) = reader.next()? {
        match (line, &table) {
            (Line::Table { name, columns }, _) => {
                let known = tables.iter().find(|table| table.name == name);
                let known =
                    known.ok_or_else(|| StoreError::Transfer(format!("the backup has the unknown table {name}")))?;
                table = Some(known.with_columns(&columns)?);
            }
            (Line::Row(row), Some(table)) => {
                rows.push(reader.row(table, &row)?);
                if rows.len() == TOGETHER {
                    table.insert(conn, &rows).await?;
                    rows.clear();
                }
                total += 1;
            }
            (Line::End { .. }, Some(table)) => {
                if !rows.is_empty() {
                    table.insert(conn, &rows).await?;
                }
                rows.clear();
            }
            (Line::Row(_) | Line::End { .. }, None) => {
                return Err(StoreError::Transfer("the backup has a row without a table".to_owned()));
            }
        }
    }
    Ok(total)
}

/// What a file has to be before it takes another one's place.
async fn is_sound(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let found: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut *connection).await?;
    let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(connection).await?;
    if found == "ok" && strays.is_empty() {
        return Ok(());
    }
    Err(StoreError::Transfer(format!("the backup's rows do not fit together: {found}, {} strays", strays.len())))
}

/// Follows all chains, and puts into each company's record that it was put back. The number of live tokens.
async fn told(conn: &mut Conn<'_>, header: &Header, now: OffsetDateTime) -> Result<i64, StoreError> {
    for tenant in tenants::list(conn).await? {
        let broken = audit::first_broken(conn, &tenant.id).await?.is_some()
            || events::first_broken(conn, &tenant.id).await?.is_some();
        if broken {
            return Err(StoreError::Transfer(format!("the record of {} in the backup was changed", tenant.name)));
        }
        let detail = serde_json::json!({ "made_at": header.made_at });
        let act = Act { actor: "cli", action: "database.restored", subject: &tenant.name, detail };
        audit::record(conn, &tenant.id, &act, now).await?;
    }
    let live = "SELECT count(*) FROM scim_tokens WHERE revoked_at IS NULL AND activated_at IS NOT NULL
        AND (expires_at IS NULL OR expires_at > $1)";
    Ok(run!(conn, |c| sqlx::query_scalar(live).bind(crate::milliseconds(now)).fetch_one(c).await)?)
}
