//! A token as its card shows it.

use std::collections::HashMap;

use app::components::{day, moment};
use app::pages::{TokenCard, TokenState};
use store::TokenId;
use store::tokens::{Status, Token};
use store::usage::Usage;
use time::{Duration, OffsetDateTime};

/// From how long before its end on a token is said to expire soon, and the days at which a banner says so again.
const EXPIRES_SOON: Duration = Duration::days(30);

/// Within 30, 14 and 3 days of its end the words become more urgent.
pub(super) fn expiry_notice(token: &Token, now: OffsetDateTime) -> Option<String> {
    let at = token.expires_at.filter(|_| token.status(now) == Status::Active)?;
    let left = (at - now).whole_days();
    let urgency = match left {
        ..3 => "Rotate it today: provisioning stops when it ends.",
        3..14 => "Rotate it this week.",
        14..30 => "Rotate it in time.",
        _ => return None,
    };
    Some(format!("The token {} expires on {}. {urgency}", token.label, day(at)))
}

/// Its first and last letters.
pub(super) fn letters(token: &Token) -> String {
    format!("{}…{}", token.prefix, token.last_four)
}

/// The card.
pub(super) fn card(token: &Token, all: &[Token], used: &HashMap<TokenId, Usage>, now: OffsetDateTime) -> TokenCard {
    let seen = token.last_used_at.map(|at| {
        let by = [token.last_used_agent.as_deref().map(client_name), token.last_used_address.clone()];
        let by: Vec<String> = by.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        let by = by.join(", ");
        if by.is_empty() { moment(at) } else { format!("{} · {by}", moment(at)) }
    });
    let today = used.get(&token.id).copied().unwrap_or_default();
    let state = state_of(token, now);
    let successor = token.replaced_by.as_ref().and_then(|id| all.iter().find(|other| other.id == *id));
    TokenCard {
        id: token.id.to_string(),
        label: token.label.clone(),
        letters: letters(token),
        created: format!("{} by {}", day(token.created_at), token.created_by),
        last_used: seen.unwrap_or_else(|| "Never".to_owned()),
        today: match (today.requests, today.failures) {
            (0, _) => "No requests".to_owned(),
            (1, 0) => "1 request".to_owned(),
            (1, _) => "1 request, which failed".to_owned(),
            (requests, 0) => format!("{requests} requests"),
            (requests, failures) => format!("{requests} requests, {failures} failed"),
        },
        expires: match (token.overlap_until, token.expires_at) {
            (Some(at), _) => format!("Replaced; works until {}", moment(at)),
            (None, Some(at)) => day(at),
            (None, None) => "Never".to_owned(),
        },
        networks: token.allowed_networks.clone(),
        superseded: state == TokenState::Overlap && successor.is_some_and(|token| token.last_used_at.is_some()),
        state,
    }
}

/// Names that people know for what clients call themselves.
fn client_name(agent: &str) -> String {
    let known = [("Okta SCIM Client", "Okta"), ("Microsoft", "Microsoft Entra ID"), ("OneLogin", "OneLogin")];
    let name = known.into_iter().find_map(|(start, name)| agent.starts_with(start).then_some(name));
    name.map_or_else(|| agent.to_owned(), str::to_owned)
}

fn state_of(token: &Token, now: OffsetDateTime) -> TokenState {
    match token.status(now) {
        Status::Pending => TokenState::Pending,
        Status::Active if token.expires_at.is_some_and(|at| at - now < EXPIRES_SOON) => TokenState::Expiring,
        Status::Active => TokenState::Active,
        Status::Overlap => TokenState::Overlap,
        Status::Expired => TokenState::Expired,
        Status::Revoked => TokenState::Revoked,
    }
}
