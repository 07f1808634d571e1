//! Waiting, healthy, quiet or failing.

use app::components::moment;
use app::pages::HealthState;
use store::integrations::Provider;
use store::usage::Usage;
use time::{Duration, OffsetDateTime};

/// How often a provider calls.
pub(super) struct Cadence {
    /// The time between two calls, of a provider that calls by the clock.
    every: Option<Duration>,
    /// After this long without a call one should look.
    quiet_after: Duration,
}

/// Microsoft documents a cycle about every 40 minutes, fixed. Three of them without a call are no accident. Google looks
/// for changes several times a day. The others send what changed when it changes: a week without any is rare.
pub(super) fn cadence(provider: Provider) -> Cadence {
    match provider {
        Provider::Azure => Cadence { every: Some(Duration::minutes(40)), quiet_after: Duration::hours(2) },
        Provider::Google => Cadence { every: None, quiet_after: Duration::days(2) },
        _ => Cadence { every: None, quiet_after: Duration::days(7) },
    }
}

impl Cadence {
    /// When the next call is due, in words.
    pub(super) fn next(&self, last: Option<OffsetDateTime>, now: OffsetDateTime) -> String {
        match (last, self.every) {
            (_, None) => "When something changes".to_owned(),
            (None, Some(_)) => "When provisioning is started there".to_owned(),
            (Some(last), Some(every)) if last + every >= now => format!("About {}", moment(last + every)),
            (Some(last), Some(every)) => format!("Was due about {}", moment(last + every)),
        }
    }
}

/// What is known of an active provider.
pub(super) struct Evidence {
    pub(super) provider: Provider,
    pub(super) last_contact: Option<OffsetDateTime>,
    pub(super) has_live_token: bool,
    /// The last two hours of a day in which there were requests at all.
    pub(super) recent: Usage,
    pub(super) now: OffsetDateTime,
}

impl Evidence {
    /// All of the recent requests failed, or a quarter of more than a few: single ones fail for good reasons.
    fn fails(&self) -> bool {
        let Usage { requests, failures } = self.recent;
        failures > 0 && (failures == requests || (failures >= 3 && failures * 4 >= requests))
    }
}

/// How it goes, why, and what to do.
pub(super) fn judge(evidence: &Evidence) -> (HealthState, String) {
    let name = evidence.provider.name();
    if !evidence.has_live_token {
        let text = format!("No token works any more: {name} is refused. Generate another one and put it in {name}.");
        return (HealthState::Failing, text);
    }
    let Some(last) = evidence.last_contact else {
        let text = match evidence.provider {
            Provider::Azure => {
                "Nothing came yet. Press Test Connection in the Azure portal, or set Provisioning Status to On."
                    .to_owned()
            }
            _ => format!("Nothing came yet. Test the connection in {name}, or assign someone there."),
        };
        return (HealthState::Waiting, text);
    };
    let cadence = cadence(evidence.provider);
    if evidence.fails() {
        let Usage { requests, failures } = evidence.recent;
        let text = format!(
            "{failures} of the last {requests} requests failed. The provisioning log says why, and what to do."
        );
        return (HealthState::Failing, text);
    }
    if evidence.now - last > cadence.quiet_after {
        let text = match cadence.every {
            Some(every) => format!(
                "No call for {}; {name} calls about every {} minutes. See whether Provisioning Status is still On there.",
                ago(evidence.now - last),
                every.whole_minutes()
            ),
            None => format!(
                "No call for {}. {name} may have had nothing to send; a test there tells.",
                ago(evidence.now - last)
            ),
        };
        return (HealthState::Quiet, text);
    }
    let text = match cadence.every {
        Some(every) => {
            format!("{name} calls about every {} minutes, and its calls are answered.", every.whole_minutes())
        }
        None => format!("{name} calls when something changes, and its calls are answered."),
    };
    (HealthState::Healthy, text)
}

fn ago(time: Duration) -> String {
    match (time.whole_days(), time.whole_hours()) {
        (0, hours) => format!("{hours} hours"),
        (1, _) => "a day".to_owned(),
        (days, _) => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use app::pages::HealthState;
    use store::integrations::Provider;
    use store::usage::Usage;
    use time::Duration;
    use time::macros::datetime;

    use super::{Evidence, cadence, judge};

    fn state(provider: Provider, minutes: Option<i64>, recent: (i64, i64), has_live_token: bool) -> HealthState {
        let now = datetime!(2026-11-23 10:40 UTC);
        let last_contact = minutes.map(|minutes| now - Duration::minutes(minutes));
        let recent = Usage { requests: recent.0, failures: recent.1 };
        judge(&Evidence { provider, last_contact, has_live_token, recent, now }).0
    }

    #[test]
    fn azure_is_expected_every_forty_minutes() {
        assert_eq!(state(Provider::Azure, None, (0, 0), true), HealthState::Waiting);
        assert_eq!(state(Provider::Azure, Some(39), (9, 0), true), HealthState::Healthy);
        assert_eq!(state(Provider::Azure, Some(120), (9, 0), true), HealthState::Healthy, "a cycle may be late");
        assert_eq!(state(Provider::Azure, Some(121), (9, 0), true), HealthState::Quiet);
    }

    #[test]
    fn others_call_when_something_changes() {
        assert_eq!(state(Provider::Okta, Some(6 * 24 * 60), (0, 0), true), HealthState::Healthy);
        assert_eq!(state(Provider::Okta, Some(7 * 24 * 60 + 1), (0, 0), true), HealthState::Quiet);
        assert_eq!(state(Provider::Google, Some(2 * 24 * 60 + 1), (0, 0), true), HealthState::Quiet);
    }

    #[test]
    fn failures_are_told_from_accidents() {
        assert_eq!(state(Provider::Azure, Some(5), (1, 1), true), HealthState::Failing, "all of them");
        assert_eq!(state(Provider::Azure, Some(5), (100, 2), true), HealthState::Healthy);
        assert_eq!(state(Provider::Azure, Some(5), (8, 2), true), HealthState::Healthy, "too few to tell");
        assert_eq!(state(Provider::Azure, Some(5), (12, 3), true), HealthState::Failing);
        assert_eq!(state(Provider::Azure, Some(5), (13, 3), true), HealthState::Healthy);
        assert_eq!(state(Provider::Okta, None, (0, 0), false), HealthState::Failing, "no token works");
    }

    #[test]
    fn the_next_call_is_due_or_was() {
        let now = datetime!(2026-11-23 10:40 UTC);
        let next = |provider, minutes| cadence(provider).next(Some(now - Duration::minutes(minutes)), now);
        assert_eq!(next(Provider::Azure, 10), "About 23 Nov 2026, 11:10 UTC");
        assert_eq!(next(Provider::Azure, 60), "Was due about 23 Nov 2026, 10:20 UTC");
        assert_eq!(next(Provider::Okta, 60), "When something changes");
    }
}
