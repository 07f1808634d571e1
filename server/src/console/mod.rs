//! The admin console.

use axum::Router;

use crate::state::AppState;

/// Stub.
pub fn router(_state: &AppState) -> Router {
    Router::new()
}

/// Whether a text could be an e-mail address: something, an at sign, a domain. Delivery would tell; nothing less does.
pub fn looks_like_email(text: &str) -> bool {
    let text = text.trim();
    text.len() <= 254
        && !text.chars().any(|letter| letter.is_whitespace() || letter.is_control())
        && text
            .split_once('@')
            .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'))
}
