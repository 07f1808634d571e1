//! Buckets of requests: one for each company, so that one's synchronisation cannot starve another's, or one for each
//! address that strangers come from.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

use time::OffsetDateTime;

/// A bucket holds this many seconds' worth of requests.
const BURST: f64 = 10.0;
/// So many buckets are kept before those that are full again are forgotten for the first time.
const FEW: usize = 1024;

/// Counts requests by whatever they are told apart by.
pub(crate) struct RateLimit<K> {
    per_second: f64,
    buckets: Mutex<Buckets<K>>,
}

struct Buckets<K> {
    by_key: HashMap<K, Bucket>,
    /// The number at which they are looked through.
    many: usize,
}

struct Bucket {
    left: f64,
    filled_at: OffsetDateTime,
}

impl<K: Eq + Hash> RateLimit<K> {
    /// `per_second` 0 means no limit.
    pub(crate) fn new(per_second: u32) -> Self {
        let buckets = Buckets { by_key: HashMap::new(), many: FEW };
        Self { per_second: f64::from(per_second), buckets: Mutex::new(buckets) }
    }

    /// Takes a request from a bucket, or says after how many seconds there will be one.
    pub(crate) fn take(&self, key: K, now: OffsetDateTime) -> Result<(), u64> {
        if self.per_second == 0.0 {
            return Ok(());
        }
        let full = self.per_second * BURST;
        let left_at = |bucket: &Bucket| {
            let elapsed = (now - bucket.filled_at).as_seconds_f64().max(0.0);
            elapsed.mul_add(self.per_second, bucket.left).min(full)
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if buckets.by_key.len() >= buckets.many {
            // A full bucket is as good as none. Whoever comes from ever new addresses does not fill the memory.
            buckets.by_key.retain(|_, bucket| left_at(bucket) < full);
            buckets.many = FEW.max(buckets.by_key.len() * 2);
        }
        let bucket = buckets.by_key.entry(key).or_insert(Bucket { left: full, filled_at: now });
        bucket.left = left_at(bucket);
        bucket.filled_at = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        // Okta takes whole seconds only; one is always enough, since at least one request a second is allowed.
        Err(1)
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    #[test]
    fn a_burst_then_the_rate_and_tenants_apart() {
        let limit = RateLimit::new(2);
        let (one, other) = ("1", "2");
        let now = OffsetDateTime::UNIX_EPOCH;
        assert_eq!((0..30).filter(|_| limit.take(one, now).is_ok()).count(), 20);
        assert_eq!(limit.take(one, now), Err(1));
        assert_eq!(limit.take(other, now), Ok(()));
        assert_eq!((0..30).filter(|_| limit.take(one, now + Duration::seconds(3)).is_ok()).count(), 6);
        assert!((0..1000).all(|_| RateLimit::new(0).take(one, now).is_ok()));
    }

    #[test]
    fn buckets_that_are_full_again_are_forgotten_and_others_are_not() {
        let limit = RateLimit::new(1);
        let now = OffsetDateTime::UNIX_EPOCH;
        let late = now + Duration::seconds(100);
        let empty = |key, at| while limit.take(key, at).is_ok() {};
        (0..1023).for_each(|key| assert_eq!(limit.take(key, now), Ok(())));
        empty(1023, late);
        assert_eq!(limit.take(1024, late), Ok(()));
        assert_eq!(limit.buckets.lock().expect("no panic").by_key.len(), 2);
        assert_eq!(limit.take(1023, late), Err(1), "the empty one is still empty");
    }
}
