//! How much each token was used, by the hour: counted off the request path, so the last seconds before a crash may be
//! missing. Counts from several servers add up.

use std::collections::HashMap;

use time::OffsetDateTime;

use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, TokenId, instant, milliseconds};

const HOUR: i64 = 3_600_000;

/// Requests, and those of them that were refused or failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// All.
    pub requests: i64,
    /// Answered with a status of 400 or more.
    pub failures: i64,
}

/// Adds to the counts of the hour.
pub async fn add(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    token: &TokenId,
    usage: Usage,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let hour = milliseconds(now).div_euclid(HOUR) * HOUR;
    run!(conn, |c| sqlx::query(
        "INSERT INTO token_usage (tenant_id, token_id, hour, requests, failures) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, token_id, hour) DO UPDATE SET
             requests = token_usage.requests + excluded.requests, failures = token_usage.failures + excluded.failures"
    )
    .bind(tenant.as_str())
    .bind(token.as_str())
    .bind(hour)
    .bind(usage.requests)
    .bind(usage.failures)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// What a company's tokens did since then, to the hour.
pub async fn of_tokens(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    since: OffsetDateTime,
) -> Result<HashMap<TokenId, Usage>, StoreError> {
    let rows: Vec<(String, i64, i64)> = run!(conn, |c| sqlx::query_as(
        "SELECT token_id, CAST(sum(requests) AS BIGINT), CAST(sum(failures) AS BIGINT)
         FROM token_usage WHERE tenant_id = $1 AND hour >= $2 GROUP BY token_id"
    )
    .bind(tenant.as_str())
    .bind(milliseconds(since))
    .fetch_all(c)
    .await)?;
    let each = |(token, requests, failures)| (TokenId(token), Usage { requests, failures });
    Ok(rows.into_iter().map(each).collect())
}

/// What an integration's tokens did together in each hour since then. Hours without requests are left out.
pub async fn by_hour(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    integration: &IntegrationId,
    since: OffsetDateTime,
) -> Result<Vec<(OffsetDateTime, Usage)>, StoreError> {
    let rows: Vec<(i64, i64, i64)> = run!(conn, |c| sqlx::query_as(
        "SELECT u.hour, CAST(sum(u.requests) AS BIGINT), CAST(sum(u.failures) AS BIGINT)
         FROM scim_tokens t JOIN token_usage u ON u.tenant_id = t.tenant_id AND u.token_id = t.id
         WHERE t.tenant_id = $1 AND t.integration_id = $2 AND u.hour >= $3 GROUP BY u.hour ORDER BY u.hour"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .bind(milliseconds(since).div_euclid(HOUR) * HOUR)
    .fetch_all(c)
    .await)?;
    let each = |(hour, requests, failures)| (instant(hour), Usage { requests, failures });
    Ok(rows.into_iter().map(each).collect())
}

/// Forgets the hours before then.
pub async fn purge(conn: &mut Conn<'_>, before: OffsetDateTime) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM token_usage WHERE hour < $1")
        .bind(milliseconds(before))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
