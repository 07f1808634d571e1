//! What a server remembers of long lists that clients page through by index.
//!
//! Neither database knows how many rows match, nor which of them is the 90,001st: both have to count their way there. A
//! client that pages by index asks for 1, 101, 201, …, so a list of 100,000 would be counted through a thousand times.
//! So the total is remembered, and where pages began: the next page begins at a row that is looked up.
//!
//! RFC 7644 §3.4.2.4: "Because pagination is not stateful, clients MUST be prepared to handle inconsistent results."
//! What is remembered must not add to that: with a stale place, a client that never saw the page before it could lose
//! somebody who was there all the time. So it counts only while the company's log is what it was, which the statement
//! that uses it checks in its own snapshot. Every change is written down in its own transaction, whichever server or
//! command makes it; so the heads of the log's chains tell all states apart, and no write costs more for it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::Conn;

/// Lists that are remembered at most.
const LISTS: usize = 64;
/// Places of one list. When there are more, every other one is forgotten.
const PLACES: usize = 1_024;
/// How long a list is remembered, should anybody ever write past the log.
const KEPT: Duration = Duration::from_mins(1);
/// Fewer rows than these are passed over as fast as a place is asked for.
pub(crate) const DEEP: usize = 200;
/// A shorter list is counted each time.
const MANY: u64 = 1_000;

/// Names a list: a digest of the company, of what is looked for and of the order.
pub(crate) type ListId = [u8; 32];

/// What all requests to a server remember together; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Walks(Arc<Mutex<HashMap<ListId, Walk>>>);

#[derive(Debug)]
struct Walk {
    /// The log's heads for which it holds.
    revision: String,
    since: Instant,
    total: Option<u64>,
    /// What the list is ordered by, of the row that so many others come before.
    places: BTreeMap<usize, String>,
}

/// What is known of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// How many match.
    pub(crate) total: Option<u64>,
    /// The nearest place at or before the one that was asked for.
    pub(crate) place: Option<(usize, String)>,
}

impl Walks {
    /// What is known of a list as the log stands.
    pub(crate) fn known(&self, list: &ListId, revision: &str, offset: usize, now: Instant) -> Known {
        let walks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(walk) = walks.get(list).filter(|walk| walk.holds(revision, now)) else { return Known::default() };
        let place = walk.places.range(..=offset).next_back();
        Known { total: walk.total, place: place.map(|(offset, key)| (*offset, key.clone())) }
    }

    /// Remembers what a page told. What is told of another revision than before replaces it.
    pub(crate) fn learn(&self, list: ListId, revision: &str, known: Known, now: Instant) {
        let known = Known { total: known.total.filter(|total| *total >= MANY), ..known };
        if known == Known::default() {
            return;
        }
        let mut walks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !walks.contains_key(&list) && walks.len() >= LISTS {
            let oldest = walks.iter().min_by_key(|(_, walk)| walk.since).map(|(list, _)| *list);
            oldest.and_then(|oldest| walks.remove(&oldest));
        }
        let walk = walks.entry(list).or_insert_with(|| Walk::begin(revision, now));
        if !walk.holds(revision, now) {
            *walk = Walk::begin(revision, now);
        }
        walk.total = known.total.or(walk.total);
        walk.places.extend(known.place);
        if walk.places.len() > PLACES {
            let mut kept = false;
            walk.places.retain(|_, _| {
                kept = !kept;
                kept
            });
        }
    }
}

impl Walk {
    fn begin(revision: &str, now: Instant) -> Self {
        Self { revision: revision.to_owned(), since: now, total: None, places: BTreeMap::new() }
    }

    fn holds(&self, revision: &str, now: Instant) -> bool {
        self.revision == revision && now.saturating_duration_since(self.since) < KEPT
    }
}

/// The revision of a company's data, as a value in a statement: where its logs end. PostgreSQL has as many chains as
/// there were writes at once, so there it is shortened.
pub(crate) fn revision(conn: &Conn<'_>) -> &'static str {
    macro_rules! heads {
        ($digest:literal, $hex:literal, $end:literal) => {
            concat!(
                "(SELECT ",
                $digest,
                "(CAST(t.audit_seq AS TEXT) || ':' || ",
                $hex,
                "(substr(t.audit_hash, 1, 8)",
                $end,
                ") || '/' || COALESCE((SELECT string_agg(",
                $hex,
                "(substr(c.hash, 1, 8)",
                $end,
                "), ',' ORDER BY c.chain) FROM event_chains c WHERE c.tenant_id = $1), '')) FROM tenants t WHERE t.id = $1)"
            )
        };
    }
    match conn {
        Conn::Sqlite(_) => heads!("", "hex", ""),
        Conn::Postgres(_) => heads!("md5", "encode", ", 'hex'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(offset: usize) -> Known {
        Known { place: Some((offset, format!("{offset}"))), total: None }
    }

    #[test]
    fn it_counts_only_while_the_log_is_what_it_was() {
        let (walks, now, list) = (Walks::default(), Instant::now(), [1; 32]);
        walks.learn(list, "a", Known { total: Some(5_000), ..place(1_000) }, now);
        walks.learn(list, "a", place(3_000), now);
        let known = walks.known(&list, "a", 2_999, now);
        assert_eq!(known, Known { total: Some(5_000), ..place(1_000) });
        assert_eq!(walks.known(&list, "a", 999, now).place, None);
        assert_eq!(walks.known(&list, "b", 3_000, now), Known::default());
        assert_eq!(walks.known(&[2; 32], "a", 3_000, now), Known::default());
        assert_eq!(walks.known(&list, "a", 3_000, now + KEPT), Known::default());
        walks.learn(list, "b", place(2_000), now);
        assert_eq!(walks.known(&list, "b", 9_000, now), place(2_000), "nothing of it is left");
        assert_eq!(walks.known(&list, "a", 9_000, now), Known::default());
    }

    #[test]
    fn it_has_a_bound() {
        let (walks, now) = (Walks::default(), Instant::now());
        for number in 0..=u8::MAX {
            walks.learn([number; 32], "a", place(1_000), now + Duration::from_millis(number.into()));
        }
        let later = now + Duration::from_secs(1);
        assert_eq!(walks.known(&[0; 32], "a", 1_000, later), Known::default(), "the oldest went");
        assert_eq!(walks.known(&[u8::MAX; 32], "a", 1_000, later), place(1_000));
        for offset in 0..100_000 {
            walks.learn([1; 32], "a", place(offset), now);
        }
        let lists = walks.0.lock().expect("whole");
        assert!(lists.len() <= LISTS && lists.values().all(|walk| walk.places.len() <= PLACES));
        drop(lists);
        assert_eq!(walks.known(&[1; 32], "a", 99_999, now), place(99_999), "the newest is there");
    }

    #[test]
    fn a_short_list_is_counted_each_time() {
        let (walks, now) = (Walks::default(), Instant::now());
        walks.learn([1; 32], "a", Known { total: Some(MANY - 1), place: None }, now);
        assert_eq!(walks.known(&[1; 32], "a", 0, now), Known::default());
    }
}
