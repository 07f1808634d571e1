//! When a job is held back: Azure's published rules.

use crate::report::Report;

/// Failures from which on the share of failures counts.
const FAILURES: usize = 5_000;
/// That share, in percent.
const SHARE: usize = 40;
/// Failures that are too many whatever their share.
const TOO_MANY: usize = 40_000;

pub(super) fn verdict(report: &Report) -> Option<String> {
    let done: usize = report.users.values().chain(report.groups.values()).sum();
    let all = done + report.failed;
    let large_share = report.failed >= FAILURES && report.failed * 100 > all * SHARE;
    (large_share || report.failed > TOO_MANY)
        .then(|| format!("EncounteredEscrowProportionThreshold: {} of {all} failed", report.failed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Action;

    #[test]
    fn many_failures_hold_a_job_back() {
        let verdict = |failed, done| {
            verdict(&Report { failed, users: [(Action::Create, done)].into(), ..Report::default() }).is_some()
        };
        assert!(!verdict(4_999, 0) && verdict(5_000, 0));
        assert!(!verdict(5_000, 7_500) && verdict(5_000, 7_499));
        assert!(!verdict(40_000, 1_000_000) && verdict(40_001, 1_000_000));
    }
}
