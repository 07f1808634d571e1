//! Whether few match a search, and who they are.

use sqlx::AssertSqlSafe;
use sqlx::types::Json;

use super::sql::Builder;
use super::{FEW, LOOK_UP, SOME, Wanted};
use crate::parameters::{Bind, bound};
use crate::pool::run;
use crate::resources::Table;
use crate::{Conn, StoreError, TenantId};

/// Who may be in the list.
pub(super) enum Narrowed {
    /// These.
    Few(Vec<String>),
    /// Many, or everyone: to be met along the order.
    Many(Split),
}

/// What narrows a list: the places of the words, and behind them that of the group.
#[derive(Default)]
pub(super) struct Split {
    /// Those whose rows are gone through.
    pub(super) through: Vec<usize>,
    /// Those who stand for so many rows that they are asked about each row that the others leave.
    pub(super) ask: Vec<usize>,
    /// Whether each of them stands for more than are few.
    is_long: bool,
}

fn places(wanted: &Wanted, words: &[String]) -> std::ops::Range<usize> {
    0..words.len() + usize::from(wanted.group.is_some())
}

/// Finds those that match, when they are few and can be found through the words and the group.
pub(super) async fn narrow(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    table: Table,
    wanted: &Wanted,
    words: &[String],
) -> Result<Narrowed, StoreError> {
    let split = split(conn, tenant, table, wanted, words).await?;
    // One word alone was counted.
    if split.through.is_empty() || (split.is_long && split.ask.is_empty() && split.through.len() == 1) {
        return Ok(Narrowed::Many(split));
    }
    let mut builder = Builder::new(conn, tenant, table);
    let few = builder.few(wanted, words, &split);
    let ids = match conn {
        Conn::Sqlite(c) => {
            let sql = format!("SELECT json_group_array(id) FROM ({few})");
            let Json(ids): Json<Vec<String>> =
                bound!(sqlx::query_scalar(AssertSqlSafe(sql)), &builder.binds).fetch_one(&mut **c).await?;
            ids
        }
        Conn::Postgres(c) => {
            let sql = format!("SELECT array_agg(id) FROM ({few}) AS found");
            let ids: Option<Vec<String>> =
                bound!(sqlx::query_scalar(AssertSqlSafe(sql)), &builder.binds).fetch_one(&mut **c).await?;
            ids.unwrap_or_default()
        }
    };
    Ok(if ids.len() <= FEW { Narrowed::Few(ids) } else { Narrowed::Many(split) })
}

/// Which places are gone through: none, when each stands for too many.
pub(super) async fn split(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    table: Table,
    wanted: &Wanted,
    words: &[String],
) -> Result<Split, StoreError> {
    let (mut counts, mut limit) = (Vec::new(), 0);
    // Where one stands for very few, the others need not be counted far.
    for most in [FEW / 8, SOME] {
        (counts, limit) = (Vec::new(), most);
        for place in places(wanted, words) {
            let mut builder = Builder::new(conn, tenant, table);
            let (ids, _) = builder.ids_of(wanted, words, place, "d");
            counts.push((count_up_to(conn, ids, builder.binds, limit).await?, place));
        }
        if counts.iter().any(|(count, _)| *count <= limit) {
            break;
        }
    }
    let fewest = counts.iter().map(|(count, _)| *count).min().unwrap_or(0);
    let together = if fewest > limit { 0 } else { limit.min(fewest.saturating_mul(LOOK_UP)) };
    let of = |near: bool| counts.iter().filter(move |(count, _)| (*count <= together) == near).map(|(_, place)| *place);
    Ok(Split { through: of(true).collect(), ask: of(false).collect(), is_long: fewest > FEW })
}

/// How many rows a statement has, or one more than the limit.
async fn count_up_to(conn: &mut Conn<'_>, rows: String, binds: Vec<Bind>, limit: usize) -> Result<usize, StoreError> {
    let sql = format!("SELECT count(*) FROM ({rows} LIMIT {}) AS counted", limit + 1);
    let count: i64 = run!(conn, |c| bound!(sqlx::query_scalar(AssertSqlSafe(sql)), &binds).fetch_one(c).await)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}
