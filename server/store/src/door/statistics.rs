//! What PostgreSQL's planner knows of tables that grow.
//!
//! PostgreSQL looks once a minute whether a table has to be analyzed. A first synchronization writes a hundred thousand
//! people meanwhile, and as long as the planner takes a table for empty it has no reason to prefer one index that begins
//! with the tenant to another: it was seen to look a person up by reading all of the company, for every row that refers
//! to one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection, Row};
use tokio::sync::mpsc;

use crate::connections::Connections;

/// How often the tables' sizes are looked at while there are commits.
const PAUSE: Duration = Duration::from_millis(250);
/// The same after a failure.
const REST: Duration = Duration::from_secs(5);

/// Tables that have more than three times as many rows as when they were analyzed, and that this role may analyze. What a
/// connection writes is counted once a second, so of the people there may be more than PostgreSQL knows.
fn grown(hired: u64) -> String {
    format!(
        "SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ')
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND n.nspname = current_schema() AND pg_has_role(c.relowner, 'USAGE')
             AND greatest(pg_stat_get_live_tuples(c.oid), CASE c.relname WHEN 'employees' THEN {hired} ELSE 0 END)
                 > 3 * greatest(c.reltuples, 0) + 100"
    )
}

/// Has grown tables analyzed.
#[derive(Clone)]
pub(super) struct Statistics {
    commits: mpsc::Sender<()>,
    /// People that were added since the start.
    hired: Arc<AtomicU64>,
}

impl Statistics {
    pub(super) fn start(connections: Connections<PgConnection>) -> Self {
        let ((commits, receiver), hired) = (mpsc::channel(1), Arc::default());
        tokio::spawn(serve(connections, Arc::clone(&hired), receiver));
        Self { commits, hired }
    }

    /// Says that there was a commit, and how many people it added.
    pub(super) fn committed(&self, hired: usize) {
        self.hired.fetch_add(hired as u64, Ordering::Relaxed);
        // When one is waiting already, that one will do.
        let _ = self.commits.try_send(());
    }
}

async fn serve(connections: Connections<PgConnection>, hired: Arc<AtomicU64>, mut commits: mpsc::Receiver<()>) {
    let mut fails = false;
    while commits.recv().await.is_some() {
        let failure = look(&connections, hired.load(Ordering::Relaxed)).await.err();
        let failed_before = std::mem::replace(&mut fails, failure.is_some());
        if let Some(error) = failure
            && !failed_before
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "tables that grew could not be analyzed");
        }
        tokio::time::sleep(if fails { REST } else { PAUSE }).await;
    }
}

async fn look(connections: &Connections<PgConnection>, hired: u64) -> Result<(), sqlx::Error> {
    let mut taken = connections.take().await?;
    // Nothing is prepared, which a pooler might not know the next moment.
    let grown = sqlx::raw_sql(AssertSqlSafe(grown(hired))).fetch_one(taken.connection()).await?;
    if let Some(tables) = grown.try_get::<Option<String>, _>(0)? {
        // Whoever else analyzes one of them does not have to be waited for.
        sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE (SKIP_LOCKED) {tables}"))).execute(taken.connection()).await?;
    }
    taken.give_back();
    Ok(())
}
