//! How a provider's provisioning goes: what the console says of it, and from which numbers.

mod judge;

use app::components::{Bar, Chart, grouped, moment};
use app::pages::{Health, HealthState};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use store::integrations::{self, Integration};
use store::tokens::{self, Token};
use store::usage::{self, Usage};
use store::{Conn, StoreError, TenantId};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use super::error::ConsoleError;
use super::listing::counted;
use super::page::{Visitor, fragment};
use super::provider::provisioning;
use crate::assets;
use crate::state::AppState;
use judge::{Evidence, cadence, judge};

/// Employees and groups are counted so far.
const COUNTED: u64 = 100_000;
const HOURS: i64 = 24;
const DAYS: i64 = 14;

type Hours = Vec<(OffsetDateTime, Usage)>;

/// The health card alone, for a page that keeps it up to date.
pub(super) async fn card(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let integration = integrations::find(&mut conn, tenant, provider).await?;
    let tokens = tokens::list(&mut conn, tenant).await?;
    let health = of(&mut conn, tenant, integration.as_ref(), &tokens, state.store.now()).await?;
    drop(reader);
    Ok(match health {
        Some(health) => fragment(move || health.view(&assets::address("icons.svg"))).await,
        None => StatusCode::NOT_FOUND.into_response(),
    })
}

/// How it goes with an integration; nothing for one that is not active.
pub(super) async fn of(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    integration: Option<&Integration>,
    tokens: &[Token],
    now: OffsetDateTime,
) -> Result<Option<Health>, StoreError> {
    let Some(integration) = integration.filter(|known| known.activated_at.is_some()) else { return Ok(None) };
    let hours = usage::by_hour(conn, tenant, &integration.id, now - Duration::days(DAYS)).await?;
    let (employees, groups) = integrations::counts(conn, tenant, &integration.id, COUNTED + 1).await?;
    let evidence = evidence(integration, tokens, &hours, now);
    let (state, text) = judge(&evidence);
    let words =
        |count| if count > COUNTED { counted(count, COUNTED, "", "").trim().to_owned() } else { grouped(count) };
    Ok(Some(Health {
        state,
        text,
        last: evidence.last_contact.map_or_else(|| "Never".to_owned(), moment),
        next: cadence(integration.provider).next(evidence.last_contact, now),
        employees: words(employees),
        groups: words(groups),
        charts: [by_hour(&hours, now), by_day(&hours, now)],
    }))
}

/// The state and its reason alone, for a tile.
pub(super) async fn brief(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    integration: &Integration,
    tokens: &[Token],
    now: OffsetDateTime,
) -> Result<HealthState, StoreError> {
    let hours = usage::by_hour(conn, tenant, &integration.id, now - Duration::hours(HOURS)).await?;
    Ok(judge(&evidence(integration, tokens, &hours, now)).0)
}

fn evidence(integration: &Integration, tokens: &[Token], hours: &Hours, now: OffsetDateTime) -> Evidence {
    let mut own = tokens.iter().filter(|token| token.integration_id == integration.id);
    let day = now - Duration::hours(HOURS);
    let latest = hours.iter().rev().filter(|(hour, usage)| *hour >= day && usage.requests > 0).take(2);
    let recent = latest.fold(Usage::default(), |sum, (_, usage)| Usage {
        requests: sum.requests + usage.requests,
        failures: sum.failures + usage.failures,
    });
    Evidence {
        provider: integration.provider,
        last_contact: own.clone().filter_map(|token| token.last_used_at).max(),
        has_live_token: own.any(|token| token.status(now).is_live()),
        recent,
        now,
    }
}

/// The hours of a day; the last one is not over.
fn by_hour(hours: &Hours, now: OffsetDateTime) -> Chart {
    let format = format_description!("[hour]:00");
    let bars = bars(hours, now, Duration::hours(1), HOURS, format);
    Chart { id: "last-day", title: "Requests an hour, last 24 hours (UTC)", unit: "Hour", bars }
}

fn by_day(hours: &Hours, now: OffsetDateTime) -> Chart {
    let format = format_description!("[day padding:none] [month repr:short]");
    let bars = bars(hours, now, Duration::days(1), DAYS, format);
    Chart { id: "last-days", title: "Requests a day, last 14 days (UTC)", unit: "Day", bars }
}

fn bars(hours: &Hours, now: OffsetDateTime, unit: Duration, count: i64, format: &[BorrowedFormatItem<'_>]) -> Vec<Bar> {
    let number = |at: OffsetDateTime| at.unix_timestamp().div_euclid(unit.whole_seconds());
    let last = number(now);
    let bar = |wanted: i64| {
        let within = hours.iter().filter(|(hour, _)| number(*hour) == wanted).map(|(_, usage)| usage);
        let sum = |of: fn(&Usage) -> i64| u64::try_from(within.clone().map(of).sum::<i64>()).unwrap_or(0);
        let start = OffsetDateTime::from_unix_timestamp(wanted * unit.whole_seconds()).unwrap_or(now);
        Bar {
            label: start.format(format).unwrap_or_default(),
            requests: sum(|usage| usage.requests),
            failures: sum(|usage| usage.failures),
        }
    };
    (last - count + 1..=last).map(bar).collect()
}

#[cfg(test)]
mod tests {
    use store::usage::Usage;
    use time::macros::datetime;

    use super::{by_day, by_hour};

    #[test]
    fn hours_and_days_are_summed_in_their_places() {
        let usage = |requests, failures| Usage { requests, failures };
        let hours = vec![
            (datetime!(2026-11-09 23:00 UTC), usage(900, 0)),
            (datetime!(2026-11-10 00:00 UTC), usage(7, 1)),
            (datetime!(2026-11-22 10:00 UTC), usage(50, 0)),
            (datetime!(2026-11-22 11:00 UTC), usage(5, 2)),
            (datetime!(2026-11-23 10:00 UTC), usage(3, 0)),
        ];
        let now = datetime!(2026-11-23 10:40 UTC);
        let day = by_hour(&hours, now).bars;
        assert_eq!((day.len(), day[0].label.as_str(), day[0].requests), (24, "11:00", 5));
        assert_eq!((day[23].label.as_str(), day[23].requests, day[23].failures), ("10:00", 3, 0));
        let days = by_day(&hours, now).bars;
        assert_eq!((days.len(), days[0].label.as_str(), days[0].requests, days[0].failures), (14, "10 Nov", 7, 1));
        assert_eq!((days[12].label.as_str(), days[12].requests, days[12].failures), ("22 Nov", 55, 2));
        assert_eq!(days[13].requests, 3);
    }
}
