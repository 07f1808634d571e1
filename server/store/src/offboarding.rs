//! Everybody whom an integration provisioned, at once.

use scim::{Notes, ResourceKind};

use crate::events::{self, Action, Exchange, NewEvent, Origin, Outcome};
use crate::groups::Moved;
use crate::pool::run;
use crate::{Conn, IntegrationId, Store, StoreError, TenantId, custom_attributes, employees};

/// Deactivates an integration's active employees, each with an event of its own; says how many.
pub async fn deactivate_all(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    integration: &IntegrationId,
    store: &Store,
) -> Result<u64, StoreError> {
    let ids: Vec<String> = run!(conn, |c| sqlx::query_scalar(
        "SELECT id FROM employees WHERE tenant_id = $1 AND integration_id = $2 AND active = TRUE ORDER BY id"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .fetch_all(c)
    .await)?;
    let schemas = custom_attributes::schemas(conn, tenant).await?;
    let (now, notes, exchange) = (store.now(), Notes::default(), Exchange::default());
    let mut deactivated = 0;
    for id in ids {
        let Some(before) = employees::get_for_update(conn, tenant, &id).await? else { continue };
        let mut after = before.clone();
        employees::set_active(&mut after.document, &schemas, false)?;
        after.updated_at = now;
        after.version += 1;
        employees::update(conn, tenant, &after, &schemas).await?;
        let subject = after.document.shown_name();
        let event = NewEvent {
            id: store.new_id(),
            action: Action::Disabled,
            outcome: Outcome::Success,
            kind: Some(ResourceKind::User),
            resource_id: Some(&id),
            subject: &subject,
            before: Some(&before.document),
            after: Some(&after.document),
            members: &Moved::default(),
            notes: &notes,
            exchange: &exchange,
            repeats: 1,
        };
        events::record(conn, Origin { tenant, integration: Some(integration), token: None }, &event, now).await?;
        deactivated += 1;
    }
    Ok(deactivated)
}
