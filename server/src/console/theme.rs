//! The choice of colours, in a cookie, so that the first byte of a page already has it.

use app::shell::Theme;
use axum::extract::State;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::ConsoleError;
use super::identity::local_path;
use super::page::Fields;
use crate::state::AppState;

const NAME: &str = "theme";
const ONE_YEAR: u32 = 31_536_000;

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    from: String,
}

pub(super) async fn choose(
    State(state): State<AppState>,
    Fields(choice): Fields<Choice>,
) -> Result<Response, ConsoleError> {
    let theme = Theme::parse(&choice.theme).ok_or(ConsoleError::BadForm)?;
    let secure = if state.config.is_https() { "; Secure" } else { "" };
    let cookie = format!("{NAME}={}; Path=/; Max-Age={ONE_YEAR}; SameSite=Lax; HttpOnly{secure}", theme.key());
    let mut response = Redirect::to(local_path(&choice.from).unwrap_or("/")).into_response();
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| ConsoleError::BadForm)?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// What was chosen before.
pub(super) fn chosen(headers: &HeaderMap) -> Theme {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).and_then(|(_, value)| Theme::parse(value)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        assert_eq!(chosen(&headers), Theme::System);
        headers.insert(COOKIE, HeaderValue::from_static("session=x; theme=dark"));
        assert_eq!(chosen(&headers), Theme::Dark);
        headers.insert(COOKIE, HeaderValue::from_static("theme=purple"));
        assert_eq!(chosen(&headers), Theme::System);
    }
}
