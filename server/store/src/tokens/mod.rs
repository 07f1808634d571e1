//! SCIM tokens: issued, activated, rotated, revoked, and presented.

mod issue;
mod present;
mod read;
mod rotate;
mod secret;
mod trial;

use time::{Duration, OffsetDateTime};

pub use issue::{activate, discard, issue, replace, revoke};
pub use present::{TokenContext, authenticate, owner_of, touch};
pub use read::{get, list};
pub use rotate::{Rotation, rotate};
pub use secret::{PREFIX, TokenDigest, TokenSecret};
pub use trial::{begin_trial, end_trial};

use crate::integrations::Provider;
use crate::{IntegrationId, TenantId, TokenId};

/// Tokens of one integration that may work at the same time: the one in use and the one that takes over.
pub const LIVE_TOKENS: usize = 2;

/// What a token can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was shown and never activated; it does not work.
    Pending,
    /// It works.
    Active,
    /// It was replaced and works until its overlap ends.
    Overlap,
    /// Its time is over.
    Expired,
    /// It was revoked, or its overlap ended.
    Revoked,
}

impl Status {
    /// The word in `token list --json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Overlap => "overlap",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// Whether requests with it are accepted.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Active | Self::Overlap)
    }
}

/// A token's row. It does not hold the secret: [`Issued`] does, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Which integration it belongs to.
    pub integration_id: IntegrationId,
    /// What people call it.
    pub label: String,
    /// Its first letters.
    pub prefix: String,
    /// Its last four letters.
    pub last_four: String,
    /// Who issued it: an account's e-mail address, or `cli`.
    pub created_by: String,
    /// When.
    pub created_at: OffsetDateTime,
    /// Since when it works.
    pub activated_at: Option<OffsetDateTime>,
    /// Until when; `None` means for ever.
    pub expires_at: Option<OffsetDateTime>,
    /// The token that takes over from it.
    pub replaced_by: Option<TokenId>,
    /// Until when it works beside the one that takes over.
    pub overlap_until: Option<OffsetDateTime>,
    /// When it was revoked.
    pub revoked_at: Option<OffsetDateTime>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
    /// When it was last presented, to the minute.
    pub last_used_at: Option<OffsetDateTime>,
    /// From which address.
    pub last_used_address: Option<String>,
    /// By which client, in its own words.
    pub last_used_agent: Option<String>,
    /// The networks from which it may be presented, with commas between; `None` means from everywhere.
    pub allowed_networks: Option<String>,
}

impl Token {
    /// What it can do at this time.
    pub fn status(&self, now: OffsetDateTime) -> Status {
        let over = |until: Option<OffsetDateTime>| until.is_some_and(|until| until <= now);
        if self.revoked_at.is_some() || over(self.overlap_until) {
            Status::Revoked
        } else if over(self.expires_at) {
            Status::Expired
        } else if self.activated_at.is_none() {
            Status::Pending
        } else if self.overlap_until.is_some() {
            Status::Overlap
        } else {
            Status::Active
        }
    }
}

/// A token that was just made: the only value that holds its secret.
#[derive(Debug)]
pub struct Issued {
    /// Its row.
    pub token: Token,
    /// To be shown once.
    pub secret: TokenSecret,
}

/// What a new token needs.
pub struct NewToken<'a> {
    /// The company.
    pub tenant: &'a TenantId,
    /// The provider it is for.
    pub provider: Provider,
    /// Its id.
    pub id: TokenId,
    /// An id for the integration, if there is none yet.
    pub integration_id: IntegrationId,
    /// What people call it.
    pub label: &'a str,
    /// The form's key: the same key never issues twice.
    pub request_key: &'a str,
    /// Its secret.
    pub secret: TokenSecret,
    /// Who asks.
    pub by: &'a str,
    /// How long it works.
    pub expires_in: Option<Duration>,
    /// The networks from which it may be presented, with commas between.
    pub allowed_networks: Option<&'a str>,
}
