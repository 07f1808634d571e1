//! What accounts are told of by e-mail. `store::notices` says who is told of what, and keeps it until it was sent.

mod mail;
pub mod smtp;
mod trust;
mod words;

use std::time::Duration;

use store::notices::{self, Due};
use store::{Store, StoreError};

pub use mail::{Mailer, Outcome};
pub(crate) use words::{Words, words};

/// How often the server looks for notices to be sent.
const EVERY: Duration = Duration::from_secs(10);
/// Notices that are read at once.
const AT_ONCE: i64 = 50;
/// The one of several servers that sends does so until it was silent for this long.
const LEASE: time::Duration = time::Duration::minutes(5);
/// The first wait after a try that failed; each further one is twice as long.
const FIRST_WAIT: time::Duration = time::Duration::minutes(1);
/// No wait is longer.
const LONGEST_WAIT: time::Duration = time::Duration::hours(6);
/// What is older is no news, as after the restoring of a backup: it is not sent.
pub(crate) const NEWS: time::Duration = time::Duration::days(2);
/// Tries, over a day and a half.
const TRIES: i64 = 14;

/// Sends what is due, from time to time and in one of several servers.
pub(crate) async fn forever(store: Store, mailer: Mailer) {
    loop {
        if let Err(error) = round(&store, &mailer).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "notices were not sent");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Sends what is due, unless another server does it. Says how many notices were sent.
///
/// Where the mail server does not answer, the rest waits for the next round: it would meet the same.
pub async fn round(store: &Store, mailer: &Mailer) -> Result<usize, StoreError> {
    let due = {
        let mut reader = store.read().await?;
        let now = store.now();
        notices::due(&mut reader.conn(), (now - NEWS, now), AT_ONCE).await?
    };
    if due.is_empty() || !store.is_mine("notices", LEASE).await? {
        return Ok(0);
    }
    let mut sent = 0;
    for one in due {
        let (taken, next) = (one.clone(), store.now() + wait(one.tries));
        let claimed: Result<bool, StoreError> =
            store.write(move |conn| Box::pin(async move { notices::claim(conn, &taken, next).await })).await;
        if !claimed? {
            continue;
        }
        let outcome = mailer.send(&one, store.now()).await;
        sent += usize::from(outcome == Outcome::Sent);
        let go_on = outcome != Outcome::Unreachable;
        settle(store, one, outcome).await?;
        if !go_on {
            break;
        }
    }
    Ok(sent)
}

/// How long after a try the next one follows, when so many came before it.
fn wait(tries: i64) -> time::Duration {
    let doublings = u32::try_from(tries.clamp(0, 16)).unwrap_or(16);
    (FIRST_WAIT * 2_i32.pow(doublings)).min(LONGEST_WAIT)
}

async fn settle(store: &Store, due: Due, outcome: Outcome) -> Result<(), StoreError> {
    let was_last = due.tries + 1 >= TRIES;
    let (company, number) = (due.tenant.to_string(), due.act.seq);
    match outcome {
        Outcome::Sent => {}
        Outcome::Refused => tracing::warn!(company, number, "a notice was refused by the mail server and given up"),
        _ if was_last => tracing::warn!(company, number, tries = TRIES, "a notice could not be sent and is given up"),
        _ => {
            tracing::info!(
                company,
                number,
                tries = due.tries + 1,
                "a notice could not be sent and is tried again later"
            );
            return Ok(());
        }
    }
    let now = store.now();
    store
        .write(move |conn| {
            Box::pin(async move {
                match outcome {
                    Outcome::Sent => notices::sent(conn, &due, now).await,
                    _ => notices::give_up(conn, &due, now).await,
                }
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_all_tries_take_more_than_a_day() {
        let waits: Vec<_> = (0..TRIES - 1).map(wait).collect();
        assert!(waits.is_sorted() && waits[0] == FIRST_WAIT && waits[12] == LONGEST_WAIT, "{waits:?}");
        let all: time::Duration = waits.into_iter().sum();
        assert!(all > time::Duration::hours(30) && all < NEWS, "{all}");
        assert_eq!(wait(i64::MAX), LONGEST_WAIT);
    }
}
