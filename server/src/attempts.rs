//! Passwords that were tried and were wrong. Each further try has to wait longer: for one account, wherever the tries
//! come from, and for one address, whichever accounts they are for.
//!
//! The counts are in memory, so each server of several has its own, and a restart forgets them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use scim::fold::fold;
use time::{Duration, OffsetDateTime};

/// Wrong tries for an account before the first wait.
const FREE_FOR_ACCOUNT: u32 = 5;
/// Wrong tries from an address before the first wait: a whole office may share one.
const FREE_FROM_ADDRESS: u32 = 20;
/// The first wait; each further wrong try doubles it.
const FIRST_WAIT: Duration = Duration::seconds(10);
/// Longer than this nobody waits: whoever knows an address could otherwise lock its owner out for good.
const LONGEST_WAIT: Duration = Duration::minutes(15);
/// No e-mail address is longer; what is may be anything.
const LONGEST_EMAIL: usize = 254;
/// What was wrong so long ago is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::days(1);
/// Accounts and addresses that are remembered; beyond that the one that failed the longest ago is forgotten.
const REMEMBERED: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Account(String),
    Address(IpAddr),
}

impl Who {
    fn free(&self) -> u32 {
        match self {
            Self::Account(_) => FREE_FOR_ACCOUNT,
            Self::Address(_) => FREE_FROM_ADDRESS,
        }
    }
}

struct Failures {
    count: u32,
    last_at: OffsetDateTime,
}

impl Failures {
    /// When the next try is taken.
    fn until(&self, free: u32) -> OffsetDateTime {
        let Some(doublings) = self.count.checked_sub(free) else { return self.last_at };
        let wait = FIRST_WAIT * 2_i32.saturating_pow(doublings.min(10));
        self.last_at + wait.min(LONGEST_WAIT)
    }
}

/// Counts wrong tries.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<HashMap<Who, Failures>>);

/// A try that may be made: it counts as wrong until it [succeeds](Attempts::succeeded), so that many at the same time are
/// no way around the count.
#[must_use]
pub(crate) struct Attempt(Vec<Who>);

impl Attempts {
    /// Begins a try for an account, known or not, or says for how many seconds none is taken.
    pub(crate) fn begin(&self, email: &str, address: Option<IpAddr>, now: OffsetDateTime) -> Result<Attempt, i64> {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let email: String = email.trim().chars().take(LONGEST_EMAIL).collect();
        let who: Vec<Who> = [Who::Account(fold(&email))].into_iter().chain(address.map(network)).collect();
        let wait = who.iter().filter_map(|who| Some(failures.get(who)?.until(who.free()) - now)).max();
        if let Some(wait) = wait.filter(|wait| wait.is_positive()) {
            let seconds = wait.whole_seconds();
            return Err(if wait > Duration::seconds(seconds) { seconds + 1 } else { seconds });
        }
        for who in &who {
            make_room(&mut failures, now);
            let known = failures.entry(who.clone()).or_insert(Failures { count: 0, last_at: now });
            known.count = if now - known.last_at > FORGOTTEN_AFTER { 1 } else { known.count.saturating_add(1) };
            known.last_at = now;
        }
        Ok(Attempt(who))
    }

    /// The password was right. The account's count begins anew; the address only gets this try back: one account of
    /// one's own is no way to try others for ever.
    pub(crate) fn succeeded(&self, attempt: Attempt) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for who in attempt.0 {
            match &who {
                Who::Account(_) => drop(failures.remove(&who)),
                Who::Address(_) => {
                    if let Some(known) = failures.get_mut(&who) {
                        known.count = known.count.saturating_sub(1);
                    }
                }
            }
        }
    }
}

/// Whoever has one IPv6 address has all of its network's.
fn network(address: IpAddr) -> Who {
    Who::Address(match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        address => address,
    })
}

fn make_room(failures: &mut HashMap<Who, Failures>, now: OffsetDateTime) {
    if failures.len() < REMEMBERED {
        return;
    }
    failures.retain(|_, known| now - known.last_at <= FORGOTTEN_AFTER);
    if failures.len() >= REMEMBERED
        && let Some(oldest) = failures.iter().min_by_key(|(_, known)| known.last_at).map(|(who, _)| who.clone())
    {
        failures.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn fail(attempts: &Attempts, email: &str, address: &str, now: OffsetDateTime) -> Option<i64> {
        attempts.begin(email, address.parse().ok(), now).err()
    }

    #[test]
    fn after_five_wrong_tries_each_waits_longer() {
        let attempts = Attempts::default();
        assert!((0..5).all(|_| fail(&attempts, "ada@x.test", "", START).is_none()));
        assert_eq!(fail(&attempts, " ADA@x.test", "", START), Some(10), "however it is written");
        assert_eq!(fail(&attempts, "bob@x.test", "", START), None);
        let mut now = START;
        for wait in [10, 20, 40, 80, 160, 320, 640, 900, 900] {
            assert_eq!(fail(&attempts, "ada@x.test", "", now + Duration::milliseconds(500)), Some(wait));
            now += Duration::seconds(wait);
            assert_eq!(fail(&attempts, "ada@x.test", "", now), None);
        }
        now += Duration::days(1) + Duration::seconds(1);
        assert!((0..5).all(|_| fail(&attempts, "ada@x.test", "", now).is_none()), "a day later it is forgotten");
    }

    #[test]
    fn an_address_waits_after_twenty_whichever_accounts_it_tries() {
        let attempts = Attempts::default();
        for number in 0..20 {
            assert_eq!(fail(&attempts, &format!("{number}@x.test"), "2001:db8::1", START), None);
        }
        assert_eq!(fail(&attempts, "new@x.test", "2001:db8::2", START), Some(10), "the same network");
        assert_eq!(fail(&attempts, "new@x.test", "2001:db8:0:1::1", START), None);
        assert_eq!(
            network("::ffff:203.0.113.9".parse().expect("an address")),
            network("203.0.113.9".parse().expect("one"))
        );
    }

    #[test]
    fn success_clears_the_account_and_not_the_address() {
        let attempts = Attempts::default();
        for _ in 0..4 {
            assert_eq!(fail(&attempts, "mine@x.test", "203.0.113.9", START), None);
        }
        let right = attempts.begin("mine@x.test", "203.0.113.9".parse().ok(), START).ok().expect("a fifth try");
        attempts.succeeded(right);
        assert!((0..5).all(|_| fail(&attempts, "mine@x.test", "", START).is_none()));
        for number in 0..16 {
            assert_eq!(fail(&attempts, &number.to_string(), "203.0.113.9", START), None);
        }
        assert_eq!(fail(&attempts, "other", "203.0.113.9", START), Some(10));
    }

    #[test]
    fn many_names_do_not_fill_the_memory() {
        let attempts = Attempts::default();
        for number in 0..REMEMBERED + 10 {
            let _ = fail(&attempts, &number.to_string(), "", START + Duration::milliseconds(number as i64));
        }
        assert_eq!(attempts.0.lock().expect("no panic").len(), REMEMBERED);
    }
}
