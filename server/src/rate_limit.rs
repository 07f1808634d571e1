//! A bucket of requests a tenant, so that one company's synchronisation cannot starve another's.

use std::collections::HashMap;
use std::sync::Mutex;

use store::TenantId;
use time::OffsetDateTime;

/// A bucket holds this many seconds' worth of requests.
const BURST: f64 = 10.0;

/// Counts requests.
pub(crate) struct RateLimit {
    per_second: f64,
    buckets: Mutex<HashMap<TenantId, Bucket>>,
}

struct Bucket {
    left: f64,
    filled_at: OffsetDateTime,
}

impl RateLimit {
    /// `per_second` 0 means no limit.
    pub(crate) fn new(per_second: u32) -> Self {
        Self { per_second: f64::from(per_second), buckets: Mutex::default() }
    }

    /// Takes a request from the tenant's bucket, or says after how many seconds there will be one.
    pub(crate) fn take(&self, tenant: &TenantId, now: OffsetDateTime) -> Result<(), u64> {
        if self.per_second == 0.0 {
            return Ok(());
        }
        let full = self.per_second * BURST;
        let mut buckets = self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let bucket = buckets.entry(tenant.clone()).or_insert(Bucket { left: full, filled_at: now });
        let elapsed = (now - bucket.filled_at).as_seconds_f64().max(0.0);
        bucket.left = elapsed.mul_add(self.per_second, bucket.left).min(full);
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
        let (one, other) = (TenantId("1".to_owned()), TenantId("2".to_owned()));
        let now = OffsetDateTime::UNIX_EPOCH;
        assert_eq!((0..30).filter(|_| limit.take(&one, now).is_ok()).count(), 20);
        assert_eq!(limit.take(&one, now), Err(1));
        assert_eq!(limit.take(&other, now), Ok(()));
        assert_eq!((0..30).filter(|_| limit.take(&one, now + Duration::seconds(3)).is_ok()).count(), 6);
        assert!((0..1000).all(|_| RateLimit::new(0).take(&one, now).is_ok()));
    }
}
