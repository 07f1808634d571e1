//! Who is affected.

use time::OffsetDateTime;

use crate::pool::run;
use crate::{Conn, StoreError, TenantId, instant};

/// What came of the decision to restore somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// They are back, and active.
    Restored,
    /// Someone else has their user name now.
    Taken,
    /// There is nothing to restore: an admin had removed them for good.
    Gone,
}

impl Outcome {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Restored => "restored",
            Self::Taken => "taken",
            Self::Gone => "gone",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Restored, Self::Taken, Self::Gone].into_iter().find(|outcome| outcome.name() == name)
    }
}

/// Somebody who left.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The number of their departure.
    pub seq: i64,
    /// Who.
    pub employee_id: String,
    /// Their name at the time.
    pub name: String,
    /// Whether they were disabled.
    pub disabled: bool,
    /// Whether they were deleted.
    pub deleted: bool,
    /// When they left.
    pub at: OffsetDateTime,
    /// What came of the decision to restore them.
    pub outcome: Option<Outcome>,
}

type Row = (i64, String, String, bool, bool, i64, Option<String>);

/// Those of a brake, after one of them, and whether others follow.
pub async fn people(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    brake: &str,
    after: i64,
    limit: usize,
) -> Result<(Vec<Person>, bool), StoreError> {
    let mut rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT seq, employee_id, name, disabled, deleted, at, outcome FROM departures
         WHERE tenant_id = $1 AND brake_id = $2 AND seq > $3 ORDER BY seq LIMIT $4"
    )
    .bind(tenant.as_str())
    .bind(brake)
    .bind(after)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1))
    .fetch_all(c)
    .await)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let person = |(seq, employee_id, name, disabled, deleted, at, outcome): Row| Person {
        seq,
        employee_id,
        name,
        disabled,
        deleted,
        at: instant(at),
        outcome: outcome.as_deref().and_then(Outcome::parse),
    };
    Ok((rows.into_iter().map(person).collect(), more))
}

/// How many a brake concerns, counted up to a limit.
pub async fn count_of(conn: &mut Conn<'_>, tenant: &TenantId, brake: &str, limit: i64) -> Result<i64, StoreError> {
    Ok(run!(conn, |c| sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT 1 FROM departures WHERE tenant_id = $1 AND brake_id = $2 LIMIT $3) AS counted"
    )
    .bind(tenant.as_str())
    .bind(brake)
    .bind(limit)
    .fetch_one(c)
    .await)?)
}
