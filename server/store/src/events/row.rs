//! An event as its row: written, read and made into a digest in one place, so that no column is forgotten by any.

use std::sync::LazyLock;

use super::chain::Chain;
use super::{Action, Event, Exchange, Kept, Outcome, changes};
use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, TokenId, instant, parameters};
use sha2::{Digest, Sha256};

/// All columns but the tenant, in the order in which they are bound.
pub(super) const COLUMNS: &str = "id, at, action, outcome, status, scim_type, resource_type, resource_id, subject, \
     subject_key, token_id, integration_id, last_four, address, client, correlation_id, method, path, duration_us, \
     repeats, members_added, members_removed, detail, chain, seq, hash, size, notes, before, after, request, \
     request_size, response, response_size";

/// Binds columns in the order of [`COLUMNS`]: those of a row by `of_one!`, those of several by `of_each!`.
macro_rules! bound {
    ($bind:ident!($query:expr, $rows:expr)) => {
        $crate::parameters::$bind!($query, $rows, row =>
            row.id.as_str(),
            row.at,
            row.action.as_str(),
            row.outcome.as_str(),
            row.status,
            row.scim_type.as_deref(),
            row.resource_type.as_deref(),
            row.resource_id.as_deref(),
            row.subject.as_str(),
            row.subject_key.as_str(),
            row.token_id.as_deref(),
            row.integration_id.as_deref(),
            row.last_four.as_deref(),
            row.address.as_deref(),
            row.client.as_deref(),
            row.correlation_id.as_deref(),
            row.method.as_deref(),
            row.path.as_deref(),
            row.duration_us,
            row.repeats,
            row.members_added,
            row.members_removed,
            row.detail.as_deref(),
            row.chain,
            row.seq,
            row.hash.as_deref(),
            row.size,
            row.notes.as_str(),
            row.before.as_deref(),
            row.after.as_deref(),
            row.request.as_deref(),
            row.request_size,
            row.response.as_deref(),
            row.response_size,
        )
    };
}
pub(super) use bound;

#[derive(Debug, Default, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) at: i64,
    pub(super) action: String,
    pub(super) outcome: String,
    pub(super) status: Option<i64>,
    pub(super) scim_type: Option<String>,
    pub(super) resource_type: Option<String>,
    pub(super) resource_id: Option<String>,
    pub(super) subject: String,
    pub(super) subject_key: String,
    pub(super) token_id: Option<String>,
    pub(super) integration_id: Option<String>,
    pub(super) last_four: Option<String>,
    pub(super) address: Option<String>,
    pub(super) client: Option<String>,
    pub(super) correlation_id: Option<String>,
    pub(super) method: Option<String>,
    pub(super) path: Option<String>,
    pub(super) duration_us: Option<i64>,
    pub(super) repeats: i64,
    pub(super) members_added: i64,
    pub(super) members_removed: i64,
    pub(super) detail: Option<String>,
    pub(super) chain: Option<i64>,
    pub(super) seq: Option<i64>,
    pub(super) hash: Option<Vec<u8>>,
    pub(super) size: i64,
    pub(super) notes: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) request: Option<String>,
    pub(super) request_size: Option<i64>,
    pub(super) response: Option<String>,
    pub(super) response_size: Option<i64>,
}

impl Row {
    fn texts(&self) -> [Option<&str>; 21] {
        [
            Some(&self.id),
            Some(&self.action),
            Some(&self.outcome),
            self.scim_type.as_deref(),
            self.resource_type.as_deref(),
            self.resource_id.as_deref(),
            Some(&self.subject),
            self.token_id.as_deref(),
            self.integration_id.as_deref(),
            self.last_four.as_deref(),
            self.address.as_deref(),
            self.client.as_deref(),
            self.correlation_id.as_deref(),
            self.method.as_deref(),
            self.path.as_deref(),
            self.detail.as_deref(),
            Some(&self.notes),
            self.before.as_deref(),
            self.after.as_deref(),
            self.request.as_deref(),
            self.response.as_deref(),
        ]
    }

    fn numbers(&self) -> [Option<i64>; 11] {
        [
            Some(self.at),
            self.status,
            self.duration_us,
            Some(self.repeats),
            Some(self.members_added),
            Some(self.members_removed),
            self.chain,
            self.seq,
            self.request_size,
            self.response_size,
            Some(self.size),
        ]
    }

    /// About how much room it takes.
    pub(super) fn weight(&self) -> i64 {
        let texts: usize = self.texts().into_iter().flatten().map(str::len).sum();
        i64::try_from(texts + 200).unwrap_or(i64::MAX)
    }

    /// A digest of what the row says. Every text goes in with its length before it, so that no two rows can be spelled
    /// alike; what is missing differs from what is empty.
    pub(super) fn digest(&self, tenant: &TenantId) -> Vec<u8> {
        let mut hasher = Sha256::new();
        let mut field = |bytes: Option<&[u8]>| {
            hasher.update(bytes.map_or(u64::MAX, |bytes| bytes.len() as u64).to_be_bytes());
            hasher.update(bytes.unwrap_or_default());
        };
        field(Some(tenant.as_str().as_bytes()));
        // What it is found by follows from the subject, yet a changed one would hide the row from a search.
        field(Some(self.subject_key.as_bytes()));
        self.texts().into_iter().for_each(|text| field(text.map(str::as_bytes)));
        self.numbers()
            .into_iter()
            .for_each(|number| field(number.map(i64::to_be_bytes).as_ref().map(|bytes| &bytes[..])));
        hasher.finalize().to_vec()
    }

    /// Writes it, and where its chain ends now.
    pub(super) async fn insert(&self, conn: &mut Conn<'_>, tenant: &TenantId, chain: &Chain) -> Result<(), StoreError> {
        let sql = conn.together(&[chain.put_back(), INSERT.as_str()]);
        run!(conn, |c| bound!(of_one!(sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant.as_str()), self))
            .execute(c)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    pub(super) fn event(self) -> Event {
        let body = |text: Option<String>, size| text.map(|text| Kept { text, size });
        Event {
            id: self.id,
            at: instant(self.at),
            action: Action::parse(&self.action).unwrap_or(Action::Other),
            outcome: Outcome::parse(&self.outcome).unwrap_or(Outcome::Failure),
            kind: self.resource_type,
            resource_id: self.resource_id,
            subject: self.subject,
            token_id: self.token_id.map(TokenId),
            integration_id: self.integration_id.map(IntegrationId),
            repeats: self.repeats,
            members: (self.members_added, self.members_removed),
            changes: changes::between(self.before.as_deref(), self.after.as_deref()),
            notes: serde_json::from_str(&self.notes).unwrap_or_default(),
            exchange: Exchange {
                method: self.method,
                path: self.path,
                status: self.status,
                scim_type: self.scim_type,
                detail: self.detail,
                correlation_id: self.correlation_id,
                client: self.client,
                address: self.address,
                duration_us: self.duration_us,
                last_four: self.last_four,
                request: body(self.request, self.request_size),
                response: body(self.response, self.response_size),
            },
        }
    }
}

/// The parameter of a column in the statement that writes a row; the tenant is the first.
pub(super) fn parameter(column: &str) -> String {
    let place = COLUMNS.split(", ").position(|name| name == column);
    format!("${}", place.map_or(0, |place| place + 2))
}

/// Put together once: every write needs it.
static INSERT: LazyLock<String> = LazyLock::new(|| inserting(&parameters::row(columns())));

/// How many columns a row has, the tenant among them.
pub(crate) fn columns() -> usize {
    1 + COLUMNS.split(',').count()
}

/// The statement that writes these rows.
pub(crate) fn inserting(rows: &str) -> String {
    format!("INSERT INTO provisioning_events (tenant_id, {COLUMNS}) VALUES {rows}")
}

/// The statement that writes rows of the tenant `$1` from lists, on PostgreSQL.
pub(crate) fn inserting_lists(lists: &str) -> String {
    format!("INSERT INTO provisioning_events (tenant_id, {COLUMNS}) SELECT $1, j.* FROM unnest({lists}) AS j")
}
