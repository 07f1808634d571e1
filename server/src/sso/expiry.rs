//! Certificates that end soon: the page says so, and the admins are told, 60, 30 and 7 days before.

use app::components::day;
use serde_json::{Value, json};
use store::audit::{self, Act};
use store::integrations::{self, Provider};
use store::sso::{self, Settings};
use store::{Conn, Store, StoreError, TenantId, tenants};
use time::{Duration, OffsetDateTime};

use super::certificate::Certificate;

/// The act by which the admins are told.
const ACTION: &str = "sso.certificate_ends";
/// Louder the nearer it is.
const WARN_DAYS: [i64; 3] = [7, 30, 60];

/// When the newest certificate ends, while sign-on is on.
pub(crate) fn last_end(settings: &Settings) -> Option<OffsetDateTime> {
    let ders = [Some(&settings.certificate), settings.next_certificate.as_ref()];
    let ends = ders.into_iter().flatten().filter_map(|der| Certificate::from_der(der.clone()).ok());
    ends.map(|certificate| certificate.not_after).max().filter(|_| settings.enabled)
}

/// Within how many of the days that are warned of a certificate ends.
pub(crate) fn within(last: OffsetDateTime, now: OffsetDateTime) -> Option<i64> {
    WARN_DAYS.into_iter().find(|days| last - now <= Duration::days(*days))
}

/// Tells the admins of all companies, of each certificate once for each of the days.
pub async fn tell(store: &Store) -> Result<(), StoreError> {
    let now = store.now();
    let mut reader = store.read().await?;
    let mut news = Vec::new();
    for tenant in tenants::list(&mut reader.conn()).await? {
        let ending = ending(&mut reader.conn(), &tenant.id, now).await?;
        news.extend(ending.into_iter().map(|(provider, detail)| (tenant.id.clone(), provider, detail)));
    }
    drop(reader);
    for (tenant, provider, detail) in news {
        let told = store.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move {
                let act = Act { actor: "system", action: ACTION, subject: provider.key(), detail };
                audit::record(conn, &tenant, &act, now).await
            })
        });
        told.await?;
    }
    Ok(())
}

/// What of a company's the admins were not told yet.
async fn ending(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    now: OffsetDateTime,
) -> Result<Vec<(Provider, Value)>, StoreError> {
    let known = integrations::list(conn, tenant).await?;
    let mut ending = Vec::new();
    for settings in sso::list(conn, tenant).await? {
        let Some(last) = last_end(&settings) else { continue };
        let Some(days) = within(last, now) else { continue };
        let Some(integration) = known.iter().find(|known| known.id == settings.integration_id) else { continue };
        let detail = json!({ "ends": day(last), "within_days": days });
        let before = audit::last_about(conn, tenant, integration.provider.key(), &[ACTION]).await?;
        if before.is_none_or(|before| before.detail != detail) {
            ending.push((integration.provider, detail));
        }
    }
    Ok(ending)
}
