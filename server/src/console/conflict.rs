//! Who was faster: words for those who had an older page before them, from the record of what was done.

use app::components::moment;
use store::accounts::Role;
use store::audit::{self, Recorded};
use store::tokens::{self, Token};
use store::{TenantId, TokenId};
use time::OffsetDateTime;

use super::error::ConsoleError;
use super::page::role_name;
use crate::state::AppState;

/// The last of some acts upon a subject, as a sentence.
pub(super) async fn last(
    state: &AppState,
    tenant: &TenantId,
    subject: &str,
    actions: &[&str],
) -> Result<Option<String>, ConsoleError> {
    let mut reader = state.store.read().await?;
    let found = audit::last_about(&mut reader.conn(), tenant, subject, actions).await?;
    Ok(found.map(|act| sentence(&act.actor, &deed(&act), act.at)))
}

/// What became of a token since a page showed it, as sentences.
pub(super) async fn about_token(state: &AppState, tenant: &TenantId, id: &TokenId) -> Result<String, ConsoleError> {
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let Some(token) = tokens::get(&mut conn, tenant, id).await? else { return Ok(String::new()) };
    let successor = match &token.replaced_by {
        Some(id) => tokens::get(&mut conn, tenant, id).await?,
        None => None,
    };
    let activated = audit::last_about(&mut conn, tenant, &token.label, &["token.activate"]).await?;
    // Tokens may share a label; the record names the one that was meant.
    let activated = activated.filter(|act| act.detail["token"] == token.id.as_str());
    Ok(life(&token, successor.as_ref(), activated.as_ref()))
}

fn life(token: &Token, successor: Option<&Token>, activated: Option<&Recorded>) -> String {
    let activated = activated.map(|act| sentence(&act.actor, "activated it", act.at));
    let rotated = successor.map(|new| sentence(&new.created_by, "rotated it", new.created_at));
    let ended = token.revoked_by.as_ref().zip(token.revoked_at);
    let ended =
        ended.map(|(by, at)| sentence(by, if token.activated_at.is_some() { "ended it" } else { "discarded it" }, at));
    [rotated, ended].into_iter().flatten().collect::<Vec<_>>().pop().or(activated).unwrap_or_default()
}

fn sentence(actor: &str, deed: &str, at: OffsetDateTime) -> String {
    let actor = if actor == "cli" { "The command line" } else { actor };
    format!("{actor} {deed} on {}.", moment(at))
}

fn deed(act: &Recorded) -> String {
    let role = || act.detail["role"].as_str().and_then(Role::parse).map_or("another role", role_name);
    let words = match act.action.as_str() {
        "account.role" => return format!("gave the account the role {}", role()),
        "account.disable" => "disabled the account",
        "account.enable" => "enabled the account",
        "account.recover" => "gave the account a new password",
        "account.create" => "created the account",
        "invitation.renew" => "made a new link",
        "invitation.withdraw" => "withdrew the invitation",
        "integration.delete" => "deleted it",
        "attribute.add" => "added it",
        "attribute.remove" => "removed it",
        _ => "changed it",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_says_who_did_what_and_when() {
        let at = time::macros::datetime!(2026-11-24 9:05 UTC);
        let act = |actor: &str, action: &str| {
            let act =
                Recorded { at, actor: actor.to_owned(), action: action.to_owned(), detail: json!({ "role": "it" }) };
            sentence(&act.actor, &deed(&act), act.at)
        };
        assert_eq!(
            act("bo@x.test", "account.role"),
            "bo@x.test gave the account the role IT on 24 Nov 2026, 09:05 UTC."
        );
        assert_eq!(act("cli", "account.disable"), "The command line disabled the account on 24 Nov 2026, 09:05 UTC.");
    }
}
