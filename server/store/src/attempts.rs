//! Passwords and codes that were tried and were wrong. Each further try has to wait longer: for one account, wherever the
//! tries come from, and from one address, whichever accounts they are for. All servers on the database count together.
//!
//! What was tried is stored as a digest: people type passwords where the e-mail address belongs.

use std::net::IpAddr;

use scim::fold::fold;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use crate::pool::run;
use crate::{Conn, StoreError, instant, milliseconds};

/// Wrong tries for an account before the first wait.
const FREE_FOR_ACCOUNT: i64 = 5;
/// Wrong tries from an address before the first wait: a whole office may share one.
const FREE_FROM_ADDRESS: i64 = 20;
/// The first wait; each further wrong try doubles it.
const FIRST_WAIT: Duration = Duration::seconds(10);
/// Longer than this nobody waits: whoever knows an address could otherwise lock its owner out for good.
const LONGEST_WAIT: Duration = Duration::minutes(15);
/// What was wrong so long ago is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::days(1);

/// A try that may be made: it counts as wrong until it [succeeds](succeeded), so that many at the same time are no way
/// around the count.
#[must_use]
#[derive(Debug)]
pub struct Attempt {
    account: Vec<u8>,
    address: Option<Vec<u8>>,
}

/// Whether a try may be made.
#[derive(Debug)]
pub enum Begun {
    /// It may.
    Go(Attempt),
    /// For so many seconds nothing is looked at.
    Wait(i64),
}

/// Begins a try of a password for an account, known or not.
pub async fn begin(
    conn: &mut Conn<'_>,
    email: &str,
    address: Option<IpAddr>,
    now: OffsetDateTime,
) -> Result<Begun, StoreError> {
    begin_as(conn, digest("account", &fold(email.trim())), address, now).await
}

/// Begins a try of a second factor's code. An account's codes have a count of their own: whoever knows the password could
/// otherwise begin the count anew with it after every few codes.
pub async fn begin_code(
    conn: &mut Conn<'_>,
    email: &str,
    address: Option<IpAddr>,
    now: OffsetDateTime,
) -> Result<Begun, StoreError> {
    begin_as(conn, digest("code", &fold(email.trim())), address, now).await
}

async fn begin_as(
    conn: &mut Conn<'_>,
    account: Vec<u8>,
    address: Option<IpAddr>,
    now: OffsetDateTime,
) -> Result<Begun, StoreError> {
    let attempt = Attempt { account, address: address.map(network) };
    // An address that has to wait leaves no row for each account that it tries.
    let address = match &attempt.address {
        Some(who) => Some((who, known(conn, who, FREE_FROM_ADDRESS, now).await?)),
        None => None,
    };
    if let Some((_, Known::Waits(seconds))) = address {
        return Ok(Begun::Wait(seconds));
    }
    let account = known(conn, &attempt.account, FREE_FOR_ACCOUNT, now).await?;
    if let Known::Waits(seconds) = account {
        return Ok(Begun::Wait(seconds));
    }
    for (who, known) in address.into_iter().chain([(&attempt.account, account)]) {
        let Known::Failed(failures) = known else { continue };
        set(conn, who, failures + 1, now).await?;
    }
    Ok(Begun::Go(attempt))
}

enum Known {
    Failed(i64),
    Waits(i64),
}

/// What is known of an account or address. Its row is held until the transaction ends.
async fn known(conn: &mut Conn<'_>, who: &[u8], free: i64, now: OffsetDateTime) -> Result<Known, StoreError> {
    let (failures, last_at): (i64, i64) = run!(conn, |c| sqlx::query_as(
        "INSERT INTO password_attempts (who, failures, last_at) VALUES ($1, 0, $2)
         ON CONFLICT (who) DO UPDATE SET failures = password_attempts.failures RETURNING failures, last_at"
    )
    .bind(who)
    .bind(milliseconds(now))
    .fetch_one(c)
    .await)?;
    let last_at = instant(last_at);
    if now - last_at > FORGOTTEN_AFTER {
        return Ok(Known::Failed(0));
    }
    let left = last_at + wait(failures, free) - now;
    Ok(if left.is_positive() { Known::Waits(whole_seconds(left)) } else { Known::Failed(failures) })
}

/// How long nothing is looked at after so many wrong tries.
fn wait(failures: i64, free: i64) -> Duration {
    match u32::try_from(failures - free) {
        Ok(doublings) => (FIRST_WAIT * 2_i32.saturating_pow(doublings.min(10))).min(LONGEST_WAIT),
        Err(_) => Duration::ZERO,
    }
}

/// Rounded up: whoever waits as long as was said need not wait again.
fn whole_seconds(duration: Duration) -> i64 {
    let seconds = duration.whole_seconds();
    if duration > Duration::seconds(seconds) { seconds + 1 } else { seconds }
}

async fn set(conn: &mut Conn<'_>, who: &[u8], failures: i64, now: OffsetDateTime) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("UPDATE password_attempts SET failures = $2, last_at = $3 WHERE who = $1")
        .bind(who)
        .bind(failures)
        .bind(milliseconds(now))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// It was right. The account's count begins anew; the address only gets this try back: one account of one's
/// own is no way to try others for ever.
pub async fn succeeded(conn: &mut Conn<'_>, attempt: &Attempt) -> Result<(), StoreError> {
    if let Some(address) = &attempt.address {
        run!(conn, |c| sqlx::query(
            "UPDATE password_attempts SET failures = failures - 1 WHERE who = $1 AND failures > 0"
        )
        .bind(address.as_slice())
        .execute(c)
        .await
        .map(|_| ()))?;
    }
    run!(conn, |c| sqlx::query("DELETE FROM password_attempts WHERE who = $1")
        .bind(attempt.account.as_slice())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Removes what is forgotten.
pub async fn purge(conn: &mut Conn<'_>, now: OffsetDateTime) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM password_attempts WHERE last_at < $1")
        .bind(milliseconds(now - FORGOTTEN_AFTER))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Whoever has one IPv6 address has all of its network's.
fn network(address: IpAddr) -> Vec<u8> {
    let address = address.to_canonical();
    let network = match address {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        IpAddr::V4(_) => address,
    };
    digest("address", &network.to_string())
}

fn digest(kind: &str, text: &str) -> Vec<u8> {
    Sha256::digest(format!("{kind}:{text}")).to_vec()
}
