//! An integration that disabled or deleted too many at once: its banner, who is affected, and the decision.

use std::time::Duration;

use app::components::{BrakeNote, grouped, moment, second};
use app::pages::{BrakeOutcome, BrakePage, BrakePerson, BrakeState, Page};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::brakes::{self, Brake, Decision, Outcome, Person, Progress};
use store::integrations::{self, Integration, Provider};
use store::{Conn, Store, StoreError, TenantId};

use super::error::ConsoleError;
use super::page::{Asked, Fields, Visitor};
use super::provider::provisioning;
use crate::state::AppState;

/// Rows on a page.
const SIZE: usize = 50;
/// How long the answer waits for everybody to be restored; the rest is done behind it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Banners of the brakes that wait for a decision.
pub(super) async fn notes(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    integrations: &[Integration],
    may_decide: bool,
) -> Result<Vec<BrakeNote>, StoreError> {
    let open = brakes::open(conn, tenant).await?;
    let note = |brake: Brake| {
        let provider = integrations.iter().find(|known| known.id == brake.integration_id)?.provider;
        let address = may_decide.then(|| address(provider));
        brake.decided.is_none().then(|| BrakeNote { text: words(&brake, provider), address })
    };
    Ok(open.into_iter().filter_map(note).collect())
}

fn address(provider: Provider) -> String {
    format!("{}/brake", app::pages::provider_address(provider))
}

fn words(brake: &Brake, provider: Provider) -> String {
    let number = |count: i64| grouped(u64::try_from(count).unwrap_or(0));
    let pulled = format!(
        "{} disabled or deleted {} of its {} employees within an hour, until {}.",
        provider.name(),
        number(brake.departed),
        number(brake.employees),
        moment(brake.pulled_at)
    );
    if brake.concerned <= brake.departed {
        return pulled;
    }
    format!("{pulled} Others followed: {} in all.", number(brake.concerned))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    after: i64,
}

pub(super) async fn page(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Asked(place): Asked<Place>,
) -> Result<Response, ConsoleError> {
    let page = view(&state, &visitor, provisioning(&key)?, place.after).await?;
    Ok(visitor.show(Page::Brake(page)).await)
}

async fn view(state: &AppState, visitor: &Visitor, provider: Provider, after: i64) -> Result<BrakePage, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let integration = integrations::find(&mut conn, tenant, provider).await?.ok_or(ConsoleError::NotFound)?;
    let brake = brakes::latest(&mut conn, tenant, &integration.id).await?.ok_or(ConsoleError::NotFound)?;
    let (people, more) = brakes::people(&mut conn, tenant, &brake.id, after, SIZE).await?;
    drop(reader);
    let base = address(provider);
    Ok(BrakePage {
        provider,
        text: words(&brake, provider),
        state: standing(&brake),
        next: people.last().filter(|_| more).map(|last| format!("{base}?after={}", last.seq)),
        first: (after > 0).then_some(base),
        people: people.into_iter().map(|person| shown(person, &brake)).collect(),
        notice: None,
        id: brake.id,
    })
}

fn standing(brake: &Brake) -> BrakeState {
    let Some((decision, at, by)) = &brake.decided else { return BrakeState::Waiting };
    let at = moment(*at);
    match (decision, brake.finished_at) {
        (Decision::Confirm, _) => BrakeState::Done(format!("{by} said on {at} that it was meant so.")),
        (Decision::Restore, Some(_)) => BrakeState::Done(format!("{by} restored them on {at}.")),
        (Decision::Restore, None) => {
            BrakeState::Restoring(format!("{by} decided on {at} to restore them. That goes on; reload to see how far."))
        }
    }
}

fn shown(person: Person, brake: &Brake) -> BrakePerson {
    let restored = person.outcome == Some(Outcome::Restored);
    // When it is over they may have been forgotten; the page of the employee knows the way.
    let is_kept = person.deleted && !restored && brake.finished_at.is_none();
    let address = Some(format!("/employees{}/{}", if is_kept { "/deleted" } else { "" }, person.employee_id));
    BrakePerson {
        name: person.name,
        address,
        deleted: person.deleted,
        at: second(person.at),
        outcome: person.outcome.map(|outcome| match outcome {
            Outcome::Restored => BrakeOutcome::Restored,
            Outcome::Taken => BrakeOutcome::Taken,
            Outcome::Gone => BrakeOutcome::Gone,
        }),
    }
}

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    brake: String,
    #[serde(default)]
    decision: String,
}

pub(super) async fn decide(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(answer): Fields<Answer>,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let decision = Decision::parse(&answer.decision).ok_or(ConsoleError::BadForm)?;
    let page = view(&state, &visitor, provider, 0).await?;
    let account = visitor.account()?;
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), state.store.now());
    let (brake, of) = (answer.brake.clone(), tenant.clone());
    let taken = page.id == answer.brake
        && state
            .store
            .write::<_, StoreError, _>(move |conn| {
                Box::pin(async move { brakes::decide(conn, (&of, &brake), decision, &by, now).await })
            })
            .await?;
    if !taken {
        let notice = "Nothing was done: someone else has decided meanwhile.".to_owned();
        let page = BrakePage { notice: Some(notice), ..view(&state, &visitor, provider, 0).await? };
        return Ok(visitor.show_with(StatusCode::CONFLICT, Page::Brake(page)).await);
    }
    let message = match decision {
        Decision::Confirm => "Noted: it was meant so. Whoever was deleted can still be restored for 30 days.",
        Decision::Restore => {
            let work = tokio::spawn(restore_all(state.store.clone(), tenant, answer.brake));
            match tokio::time::timeout(PATIENCE, work).await {
                Ok(Ok(Ok(()))) => "They were restored; the list below says whom that did not reach.",
                _ => "They are being restored. Reload the page to see how far.",
            }
        }
    };
    visitor.go_to(&address(provider), message).await
}

/// Restores everybody whom a brake concerns, a few at a time: between two steps others get their turn.
async fn restore_all(store: Store, tenant: TenantId, brake: String) -> Result<(), StoreError> {
    // On a shared database each is a transaction, so that nobody waits in a circle for the groups of several.
    let at_once = if store.is_shared() { 1 } else { 50 };
    loop {
        let (inner, tenant, brake) = (store.clone(), tenant.clone(), brake.clone());
        let step = store.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { brakes::restore_some(conn, &tenant, &brake, at_once, &inner).await })
        });
        if step.await? == Progress::Done {
            return Ok(());
        }
    }
}

/// Goes on with what a server began and did not end.
pub(crate) async fn restore_the_rest(store: &Store) -> Result<(), StoreError> {
    let unfinished = {
        let mut reader = store.read().await?;
        brakes::unfinished(&mut reader.conn()).await?
    };
    for (tenant, brake) in unfinished {
        restore_all(store.clone(), tenant, brake).await?;
    }
    Ok(())
}
