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
use tokio::time::timeout;

use crate::connections::Connections;

/// How often the tables' sizes are looked at while there are commits.
const PAUSE: Duration = Duration::from_millis(250);
/// The same after a failure.
const REST: Duration = Duration::from_secs(5);
/// How long it may take. A server that is gone without a word would keep it for minutes.
const LONGEST: Duration = Duration::from_mins(1);

/// Tables that have more than three times as many rows as when they were analyzed, and that this role may analyze. What a
/// connection writes is counted once a second, so of the people there may be more than PostgreSQL knows.
fn grown(hired: u64) -> String {
    format!(
        "SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ')
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = current_schema() AND pg_has_role(c.relowner, 'USAGE') AND c.relname IN
             ('employees', 'employee_emails', 'employee_words', 'groups', 'group_members', 'group_words',
              'provisioning_events')
             AND greatest(pg_stat_get_live_tuples(c.oid),
                          CASE c.relname WHEN 'employees' THEN {hired} + greatest(c.reltuples, 0) ELSE 0 END)
                 > 3 * greatest(c.reltuples, 0) + 100"
    )
}

/// Has grown tables analyzed.
#[derive(Clone)]
pub(super) struct Statistics {
    commits: mpsc::Sender<()>,
    /// People that were added since tables were analyzed.
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
    let (mut fails, mut last) = (false, None);
    while commits.recv().await.is_some() {
        let looked = timeout(LONGEST, look(&connections, &hired)).await;
        let outcome = looked.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        let failed_before = std::mem::replace(&mut fails, outcome.is_err());
        let analyzed = match outcome {
            Ok(analyzed) => analyzed,
            Err(error) => {
                if !failed_before {
                    tracing::warn!(error = &error as &dyn std::error::Error, "tables that grew could not be analyzed");
                }
                None
            }
        };
        // What is left as it was is locked by somebody.
        let is_stuck = analyzed.is_some() && analyzed == last;
        last = analyzed;
        tokio::time::sleep(if fails || is_stuck { REST } else { PAUSE }).await;
    }
}

/// Says which tables were to be analyzed.
async fn look(connections: &Connections<PgConnection>, hired: &AtomicU64) -> Result<Option<String>, sqlx::Error> {
    let mut taken = connections.take().await?;
    let seen = hired.load(Ordering::Relaxed);
    // Nothing is prepared, which a pooler might not know the next moment.
    let grown = sqlx::raw_sql(AssertSqlSafe(grown(seen))).fetch_one(taken.connection()).await?;
    let grown: Option<String> = grown.try_get(0)?;
    if let Some(tables) = &grown {
        // Whoever else analyzes one of them does not have to be waited for.
        sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE (SKIP_LOCKED) {tables}"))).execute(taken.connection()).await?;
        hired.fetch_sub(seen, Ordering::Relaxed);
    }
    taken.give_back();
    Ok(grown)
}
