//! Undoing one change of the provisioning log: what it changed gets the values it had.
//!
//! It is refused where something else changed the same since: an undo never takes back what it was not asked to.

mod apply;
mod image;
mod plan;

pub use apply::apply;
pub use plan::{Refusal, Undo};

use crate::brakes::record as record_restored;
use crate::deleted_employees::{self, Restoration};
use crate::events::{Action, Event, Origin, Outcome};
use crate::{Conn, Store, StoreError, TenantId, custom_attributes};

/// A change of more members than these keeps their number only, and cannot be undone.
pub const MAX_MEMBERS: usize = 1_000;

/// Whether an event changed something at all.
pub fn can_be_undone(event: &Event) -> bool {
    event.outcome == Outcome::Success && image::CHANGES.contains(&event.action)
}

/// Brings a deleted person back, with an event of its own.
pub async fn restore(
    conn: &mut Conn<'_>,
    (tenant, id): (&TenantId, &str),
    store: &Store,
) -> Result<Restoration, StoreError> {
    let schemas = custom_attributes::schemas(conn, tenant).await?;
    let done = deleted_employees::restore(conn, tenant, id, (&schemas, None), store.now()).await?;
    if let Restoration::Restored(back) = &done {
        let origin = Origin { tenant, integration: Some(&back.integration_id), token: None };
        record_restored(conn, origin, (Action::Restored, id), (None, &back.document), store).await?;
    }
    Ok(done)
}

/// What undoing an event would do, or why it cannot be done. `None` when there is no such event.
pub async fn preview(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    event: &str,
) -> Result<Option<Result<Undo, Refusal>>, StoreError> {
    let plan = plan::plan(conn, tenant, event).await?;
    Ok(plan.map(|plan| plan.map(|plan| plan.told())))
}
