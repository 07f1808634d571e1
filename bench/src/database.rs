//! Empty databases on either engine, gone with the value.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::{DatabaseUrl, Store, SystemClock, SystemRandom};

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A folder that is removed with the value.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("spaceiq-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Where databases are made.
pub(crate) struct Databases {
    scratch: Scratch,
    postgres: Option<String>,
    made: AtomicU32,
}

impl Databases {
    /// `postgres` names a server on which databases may be created.
    pub(crate) fn new(postgres: Option<String>) -> Result<Self> {
        Ok(Self { scratch: Scratch::new()?, postgres, made: AtomicU32::new(0) })
    }

    /// An empty one.
    pub(crate) async fn create(&self, engine: Engine) -> Result<Database> {
        let name = format!("bench_{}_{}", std::process::id(), self.made.fetch_add(1, Ordering::Relaxed));
        Ok(match engine {
            Engine::Sqlite => {
                let file = self.scratch.0.join(format!("{name}.db"));
                Database { url: format!("sqlite:{}", file.display()), kept: Kept::File(file) }
            }
            Engine::Postgres => {
                let server = self.postgres.clone().context("PostgreSQL needs --postgres with its address")?;
                let (base, _) = server.rsplit_once('/').context("an address of PostgreSQL names a database")?;
                let url = format!("{base}/{name}");
                let mut admin = PgConnection::connect(&server).await.context("PostgreSQL does not answer")?;
                admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
                Database { url, kept: Kept::Postgres { server, name } }
            }
        })
    }
}

/// A database of its own.
pub(crate) struct Database {
    pub(crate) url: String,
    kept: Kept,
}

enum Kept {
    File(PathBuf),
    Postgres { server: String, name: String },
}

impl Database {
    pub(crate) fn engine(&self) -> Engine {
        match self.kept {
            Kept::File(_) => Engine::Sqlite,
            Kept::Postgres { .. } => Engine::Postgres,
        }
    }

    /// Opened as the server opens it.
    pub(crate) async fn open(&self) -> Result<Store> {
        let url = DatabaseUrl::from_str(&self.url)?;
        Ok(Store::open(&url, Arc::new(SystemClock), Arc::new(SystemRandom)).await?)
    }

    /// Bytes that it takes on the disk.
    pub(crate) async fn disk(&self) -> Result<u64> {
        match &self.kept {
            Kept::File(file) => {
                Ok(files(file).iter().filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum())
            }
            Kept::Postgres { .. } => {
                let mut connection = PgConnection::connect(&self.url).await?;
                let size: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
                    .fetch_one(&mut connection)
                    .await?;
                Ok(u64::try_from(size)?)
            }
        }
    }

    /// The process whose children serve it, when it has processes of its own.
    pub(crate) async fn process(&self) -> Result<Option<u32>> {
        let Kept::Postgres { server, .. } = &self.kept else { return Ok(None) };
        let mut connection = PgConnection::connect(server).await?;
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
        Ok(crate::process::parent(u32::try_from(backend)?).ok())
    }

    /// Removes it.
    pub(crate) async fn remove(self) -> Result<()> {
        match self.kept {
            Kept::File(file) => files(&file).iter().filter(|file| file.exists()).try_for_each(std::fs::remove_file)?,
            Kept::Postgres { server, name } => {
                let mut admin = PgConnection::connect(&server).await?;
                admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await?;
            }
        }
        Ok(())
    }
}

/// The database and what SQLite keeps beside it.
fn files(file: &Path) -> [PathBuf; 3] {
    let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", file.display()));
    [file.to_owned(), beside("-wal"), beside("-shm")]
}
