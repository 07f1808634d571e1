//! Why *Test Connection* fails on the provider's side, as far as it shows here.

use app::components::moment;
use store::TokenId;
use store::integrations::Provider;
use store::tokens::{Status, Token};
use time::{Duration, OffsetDateTime};

/// The last use of a token is known to the minute.
const GRAIN: Duration = Duration::minutes(1);

/// A request that was turned away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// When.
    pub(super) at: OffsetDateTime,
    /// 401 or 403.
    pub(super) status: i64,
    /// The token that it came with, if it is the company's.
    pub(super) token: Option<TokenId>,
    /// From where it came.
    pub(super) address: Option<String>,
}

/// What is most likely wrong, and what to do about it; nothing once a request was answered.
pub(super) fn diagnosis(
    provider: Provider,
    tokens: &[Token],
    refusal: Option<&Refusal>,
    scim_url: &str,
    now: OffsetDateTime,
) -> Vec<String> {
    let name = provider.name();
    let answered =
        tokens.iter().filter(|token| token.status(now).is_live()).filter_map(|token| token.last_used_at).max();
    if let Some(refusal) = refusal.filter(|refusal| answered.is_none_or(|at| at < refusal.at + GRAIN)) {
        return vec![turned_away(name, tokens, refusal, now)];
    }
    let live = tokens.iter().any(|token| token.status(now).is_live());
    match tokens.first() {
        Some(token) if !live && token.status(now) == Status::Pending => vec![format!(
            "The token ending in {} was never activated. Generate another one, put it into {name}, and press Activate here before you test.",
            token.last_four
        )],
        Some(_) if live && answered.is_none() => nobody_came(name, scim_url),
        _ => Vec::new(),
    }
}

fn turned_away(name: &str, tokens: &[Token], refusal: &Refusal, now: OffsetDateTime) -> String {
    let from = refusal.address.as_deref().map(|address| format!(" from {address}")).unwrap_or_default();
    let when = moment(refusal.at);
    let Some(token) = refusal.token.as_ref().and_then(|id| tokens.iter().find(|token| token.id == *id)) else {
        return format!(
            "A request{from} on {when} had no token of this integration. Paste the SCIM Bearer Token into {name} again, without blanks around it."
        );
    };
    let four = &token.last_four;
    if refusal.status == 403 {
        let networks = token.allowed_networks.as_deref().unwrap_or("none");
        return format!(
            "A request{from} on {when} had the right token, ending in {four}, but came from an address that the token does not allow. Allowed are: {networks}. Generate a token with the addresses of {name}, or without any."
        );
    }
    let (why, what) = match token.status(now) {
        Status::Pending => ("was never activated", "Generate another one, and press Activate before you test."),
        Status::Expired => ("has expired", "Generate a new token and put it in its place."),
        Status::Revoked => ("was revoked or replaced", "Put the token in its place that works now."),
        Status::Active | Status::Overlap => ("did not work yet", "It works now: test again."),
    };
    format!("A request{from} on {when} came with the token ending in {four}, which {why}. {what}")
}

/// From here it only shows that no request with a token of this integration has come.
fn nobody_came(name: &str, scim_url: &str) -> Vec<String> {
    let mut hints = vec![format!(
        "No request of {name} with this token has reached this server. The Tenant URL there must be {scim_url}, letter by letter."
    )];
    if !scim_url.starts_with("https://") {
        hints.push(format!("{name} wants an address that begins with https://. Put a proxy with a certificate in front of this server, and start it with --public-url."));
    }
    hints.push("Its name must lead here from the internet, its port (443, when none is named) must be open, and its certificate must be of a public authority and not expired.".to_owned());
    hints.push("A proxy in front of this server must let /scim and the Authorization header through. Test connection and Check look at this from here.".to_owned());
    hints.push("A token that was cut or mistyped is nobody's: such requests are refused without a trace here. Paste the token again.".to_owned());
    hints
}

#[cfg(test)]
mod tests {
    use store::IntegrationId;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn token(id: &str, activated: bool) -> Token {
        Token {
            id: TokenId(id.to_owned()),
            integration_id: IntegrationId("i".to_owned()),
            label: "Production".to_owned(),
            prefix: "siq_scim_7Qm2".to_owned(),
            last_four: format!("{id}{id}{id}{id}"),
            created_by: "ada".to_owned(),
            created_at: NOW - Duration::days(9),
            activated_at: activated.then_some(NOW - Duration::days(9)),
            expires_at: None,
            replaced_by: None,
            overlap_until: None,
            revoked_at: None,
            revoked_by: None,
            last_used_at: None,
            last_used_address: None,
            last_used_agent: None,
            allowed_networks: None,
        }
    }

    fn refusal(status: i64, token: Option<&str>) -> Refusal {
        let token = token.map(|id| TokenId(id.to_owned()));
        Refusal { at: NOW - Duration::hours(1), status, token, address: Some("203.0.113.9".to_owned()) }
    }

    fn says(tokens: &[Token], refusal: Option<&Refusal>, url: &str) -> String {
        diagnosis(Provider::Azure, tokens, refusal, url, NOW).join(" ")
    }

    #[test]
    fn the_refused_token_is_named_by_its_last_four() {
        let url = "https://x.test/scim";
        let revoked = Token { revoked_at: Some(NOW - Duration::hours(2)), ..token("b", true) };
        let expired = Token { expires_at: Some(NOW - Duration::hours(2)), ..token("c", true) };
        let fenced = Token { allowed_networks: Some("10.0.0.0/8".to_owned()), ..token("e", true) };
        let tokens = [token("a", true), revoked, expired, token("d", false), fenced];
        for (status, id, words) in [
            (401, Some("b"), "ending in bbbb, which was revoked"),
            (401, Some("c"), "ending in cccc, which has expired"),
            (401, Some("d"), "ending in dddd, which was never activated"),
            (403, Some("e"), "Allowed are: 10.0.0.0/8"),
            (401, None, "no token of this integration"),
        ] {
            let said = says(&tokens, Some(&refusal(status, id)), url);
            assert!(said.contains(words) && said.contains("203.0.113.9"), "{said}");
        }
    }

    #[test]
    fn once_a_request_was_answered_nothing_is_said() {
        let used = Token { last_used_at: Some(NOW), ..token("a", true) };
        assert_eq!(says(&[used.clone()], None, "https://x.test/scim"), "");
        assert_eq!(says(&[used.clone()], Some(&refusal(401, Some("b"))), "https://x.test/scim"), "");
        let later = Refusal { at: NOW + Duration::minutes(2), ..refusal(401, None) };
        assert_ne!(says(&[used], Some(&later), "https://x.test/scim"), "");
    }

    #[test]
    fn when_nobody_came_the_way_is_looked_at() {
        let said = says(&[token("a", true)], None, "http://10.0.0.1:3000/scim");
        for words in ["No request of Azure", "http://10.0.0.1:3000/scim", "begins with https://", "443"] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(!says(&[token("a", true)], None, "https://x.test/scim").contains("begins with https://"));
        assert!(says(&[token("a", false)], None, "https://x.test/scim").contains("never activated"));
        assert_eq!(says(&[], None, "https://x.test/scim"), "");
    }
}
