//! Where accounts have signed in from. A place is a network and a browser's name: an IPv4 address or an IPv6 network of
//! 64 bits, and "Firefox on Windows". It is new where an account has not signed in from it within 90 days.

use std::net::IpAddr;

use time::{Duration, OffsetDateTime};

use crate::accounts::Account;
use crate::pool::run;
use crate::{Conn, StoreError, milliseconds};

/// For how long a place is known after the last sign-in from there.
pub const KNOWN_FOR: Duration = Duration::days(90);

/// Remembers a sign-in and says whether its place is new to the account. An account's first sign-in ever is from no new
/// place: whoever has just chosen the password knows of it.
pub async fn remember(
    conn: &mut Conn<'_>,
    account: &Account,
    (address, browser): (Option<IpAddr>, &str),
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let network = network(address);
    let known: Option<i64> = run!(conn, |c| sqlx::query_scalar(
        "SELECT last_at FROM sign_in_places
         WHERE tenant_id = $1 AND account_id = $2 AND network = $3 AND browser = $4"
    )
    .bind(account.tenant_id.as_str())
    .bind(account.id.as_str())
    .bind(network.as_str())
    .bind(browser)
    .fetch_optional(c)
    .await)?;
    run!(conn, |c| sqlx::query(
        "INSERT INTO sign_in_places (tenant_id, account_id, network, browser, last_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, account_id, network, browser) DO UPDATE SET last_at = excluded.last_at"
    )
    .bind(account.tenant_id.as_str())
    .bind(account.id.as_str())
    .bind(network.as_str())
    .bind(browser)
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ()))?;
    let is_known = known.is_some_and(|last_at| last_at > milliseconds(now - KNOWN_FOR));
    Ok(!is_known && account.last_sign_in_at.is_some())
}

/// Removes places that are known no more.
pub async fn purge(conn: &mut Conn<'_>, now: OffsetDateTime) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM sign_in_places WHERE last_at <= $1")
        .bind(milliseconds(now - KNOWN_FOR))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Whoever has one IPv6 address has all of its network's, and changes them daily.
fn network(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()).to_string(),
        Some(address) => address.to_string(),
        None => String::new(),
    }
}
