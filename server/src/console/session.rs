//! Sessions in the database, for tower-sessions. Only a hash of a session's id is stored: reading the table signs
//! nobody in.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::sessions::{self, Session as Row, SessionHash};
use store::{AccountId, IntegrationId, Store, StoreError, TenantId};
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{SessionManagerLayer, SessionStore};

use crate::state::AppState;

/// A session that nobody used for this long ends.
const IDLE: Duration = Duration::hours(1);
/// A session ends after this long, however busy.
const ABSOLUTE: Duration = Duration::hours(12);
/// What matters wants the password again when it was entered longer ago than this.
const RECENT: Duration = Duration::minutes(10);
/// Within this time the second factor has to follow the password.
const HALF_WAY: Duration = Duration::minutes(10);
/// Where a record keeps its [`Stamp`].
pub(super) const STAMP: &str = "stamp";
/// Where it keeps its [`Half`]. Whoever asks for a stamp finds nobody signed in.
pub(super) const HALF: &str = "half";

/// By what somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum By {
    /// The account's password.
    Password,
    /// The password, and a code after it.
    SecondFactor,
    /// The password, and a passkey after it.
    Passkey,
    /// An identity provider.
    SingleSignOn {
        /// Its integration.
        integration: IntegrationId,
        /// When the session there ends.
        until: Option<OffsetDateTime>,
        /// Whether the person signed in there anew, because we asked for it.
        anew: bool,
    },
}

impl By {
    /// For the audit log.
    pub(super) fn detail(&self) -> serde_json::Value {
        match self {
            Self::Password => json!({ "by": "password" }),
            Self::SecondFactor => json!({ "by": "password and code" }),
            Self::Passkey => json!({ "by": "password and passkey" }),
            Self::SingleSignOn { integration, .. } => {
                json!({ "by": "single sign-on", "integration": integration.as_str() })
            }
        }
    }
}

/// Who signed in, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) tenant: String,
    pub(super) account: String,
    #[serde(with = "time::serde::timestamp")]
    pub(super) signed_in_at: OffsetDateTime,
    #[serde(with = "time::serde::timestamp")]
    pub(super) seen_at: OffsetDateTime,
    /// When the account's owner last showed that it is they: with the password, or anew at the identity provider.
    #[serde(default, with = "time::serde::timestamp::option")]
    pub(super) confirmed_at: Option<OffsetDateTime>,
    /// The identity provider's integration, when it was not a password that signed in.
    #[serde(default)]
    pub(super) integration: Option<String>,
    /// When the session at the identity provider ends.
    #[serde(default, with = "time::serde::timestamp::option")]
    pub(super) until: Option<OffsetDateTime>,
    /// From where the session was used last.
    #[serde(default)]
    pub(super) address: String,
    /// What the browser calls itself.
    #[serde(default)]
    pub(super) agent: String,
}

/// Who entered the right password and owes a code or a passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Half {
    pub(super) tenant: String,
    pub(super) account: String,
    #[serde(with = "time::serde::timestamp")]
    pub(super) begun_at: OffsetDateTime,
    /// The page to come back to.
    pub(super) next: Option<String>,
}

impl Stamp {
    fn expires_at(&self) -> OffsetDateTime {
        let end = (self.seen_at + IDLE).min(self.signed_in_at + ABSOLUTE);
        self.until.map_or(end, |until| end.min(until))
    }

    /// Whether the password was entered so lately that it need not be asked for again. That somebody signed in says
    /// nothing of it: the identity provider may have known the browser for days.
    pub(super) fn is_recent(&self, now: OffsetDateTime) -> bool {
        self.confirmed_at.is_some_and(|at| now - at <= RECENT)
    }
}

/// What a session's row says of it.
pub(super) fn stamp_of(row: &Row) -> Option<Stamp> {
    Stamp::deserialize(row.data.get(STAMP)?).ok()
}

/// The layer that finds a request's session by its cookie.
pub(super) fn layer(state: &AppState) -> SessionManagerLayer<Sessions> {
    let https = state.config.is_https();
    SessionManagerLayer::new(Sessions(state.store.clone()))
        // The prefix makes browsers refuse the cookie from subdomains and without TLS.
        .with_name(if https { "__Host-session" } else { "session" })
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
}

/// See the module.
#[derive(Clone)]
pub(super) struct Sessions(Store);

impl std::fmt::Debug for Sessions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Sessions")
    }
}

pub(super) fn hash(id: &Id) -> SessionHash {
    Sha256::digest(id.0.to_be_bytes()).into()
}

fn backend(error: &StoreError) -> Error {
    tracing::error!(error = error as &dyn std::error::Error, "a session could not be read or written");
    Error::Backend(error.to_string())
}

/// A record without a stamp, whole or half, belongs to nobody and has no row.
fn row(record: &Record) -> Result<Row> {
    let encode = |error: serde_json::Error| Error::Encode(error.to_string());
    let (expires_at, tenant, account, integration) = match (record.data.get(STAMP), record.data.get(HALF)) {
        (Some(stamp), _) => {
            let stamp = Stamp::deserialize(stamp).map_err(encode)?;
            (stamp.expires_at(), stamp.tenant, stamp.account, stamp.integration)
        }
        (None, Some(half)) => {
            let half = Half::deserialize(half).map_err(encode)?;
            (half.begun_at + HALF_WAY, half.tenant, half.account, None)
        }
        (None, None) => return Err(Error::Encode("nobody is signed in".to_owned())),
    };
    let data = serde_json::to_value(&record.data).map_err(encode)?;
    let (tenant_id, account_id) = (TenantId(tenant), AccountId(account));
    let integration_id = integration.map(IntegrationId);
    Ok(Row { hash: hash(&record.id), expires_at, tenant_id, account_id, integration_id, data })
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let row = row(record)?;
        self.0
            .write(move |conn| Box::pin(async move { sessions::create(conn, &row).await }))
            .await
            .map_err(|error| backend(&error))
    }

    /// A session that ended while its request was under way stays ended: there is no row to update.
    async fn save(&self, record: &Record) -> Result<()> {
        let row = row(record)?;
        let saved = self.0.write(move |conn| Box::pin(async move { sessions::update(conn, &row).await })).await;
        saved.map(|_| ()).map_err(|error| backend(&error))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = async {
            let mut reader = self.0.read().await?;
            let row = sessions::load(&mut reader.conn(), &hash(id), self.0.now()).await?;
            reader.give_back();
            Ok::<_, StoreError>(row)
        };
        let Some(row) = found.await.map_err(|error| backend(&error))? else { return Ok(None) };
        let data = serde_json::from_value(row.data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: row.expires_at }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let hash = hash(id);
        self.0
            .write(move |conn| Box::pin(async move { sessions::end(conn, &hash).await }))
            .await
            .map_err(|error| backend(&error))
    }
}
