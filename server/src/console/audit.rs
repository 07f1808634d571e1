//! The audit log.

use app::components::second;
use app::pages::{AuditPage, AuditRow, Page};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use store::audit::{self, Entry, Filter, Place};

use super::day::{day, day_after};
use super::error::ConsoleError;
use super::ignored::Ignored;
use super::page::{Asked, Visitor};
use crate::state::AppState;

/// Rows on a page.
const SIZE: usize = 50;

/// Actions and their words.
const ACTIONS: [(&str, &str); 52] = [
    ("account.sign_in", "Signed in"),
    ("account.confirm", "Confirmed the password of"),
    ("account.create", "Created account"),
    ("account.role", "Changed the role of"),
    ("account.password", "Changed the password of"),
    ("account.disable", "Disabled account"),
    ("account.enable", "Enabled account"),
    ("account.recover", "Recovered account"),
    ("second_factor.set_up", "Set up an authenticator app"),
    ("second_factor.passkey_add", "Added a passkey to"),
    ("second_factor.passkey_remove", "Removed a passkey of"),
    ("second_factor.codes", "Renewed recovery codes"),
    ("second_factor.recovery_code", "Used a recovery code"),
    ("second_factor.off", "Turned off the authenticator app"),
    ("second_factor.take_away", "Took away the second factor of"),
    ("second_factor.require", "Required a second factor of all accounts of"),
    ("second_factor.optional", "Required no second factor any more of"),
    ("invitation.create", "Invited"),
    ("invitation.renew", "Invited again"),
    ("invitation.withdraw", "Withdrew the invitation of"),
    ("session.end", "Ended a session of"),
    ("tenant.create", "Created company"),
    ("integration.delete", "Deleted integration"),
    ("attribute.add", "Added attribute"),
    ("attribute.remove", "Removed attribute"),
    ("token.issue", "Issued token"),
    ("token.activate", "Activated token"),
    ("token.discard", "Discarded token"),
    ("token.rotate", "Rotated token"),
    ("token.revoke", "Revoked token"),
    ("token.reported", "Revoked a token that was found:"),
    ("sso.set", "Set up single sign-on with"),
    ("sso.disable", "Turned off single sign-on with"),
    ("sso.link", "Linked to an employee"),
    ("sso.unlink", "Ended the link to an employee of"),
    ("sso.confirm", "Confirmed how the identity provider names"),
    ("sso.unconfirmed", "Kept from the console, since its link is not confirmed:"),
    ("sso.sign_in", "Signed in through the identity provider"),
    ("sso.refused", "Refused a sign-on"),
    ("sso.test", "Tested sign-on:"),
    ("sso.require", "Required single sign-on with"),
    ("sso.optional", "Let passwords sign in again beside"),
    ("sso.break_glass", "Made the way in without single sign-on"),
    ("sso.certificate_ends", "Told admins of the certificate that ends soon:"),
    ("brake.pull", "Pulled the brake of"),
    ("brake.restore", "Restored everybody whom the brake held of"),
    ("brake.confirm", "Confirmed what the brake held of"),
    ("employee.restore", "Restored employee"),
    ("events.undo", "Undid event"),
    ("events.reveal", "Looked at personal data of event"),
    ("events.export", "Exported the provisioning log"),
    ("events.prune", "Removed the oldest"),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AuditQuery {
    actor: String,
    action: String,
    from: String,
    to: String,
    before: String,
    after: String,
}

impl AuditQuery {
    fn place(&self) -> Place {
        match (self.before.parse(), self.after.parse()) {
            (Ok(seq), _) => Place::Before(seq),
            (Err(_), Ok(seq)) => Place::After(seq),
            (Err(_), Err(_)) => Place::Newest,
        }
    }

    fn ignored(&self) -> Vec<String> {
        let mut ignored = Ignored::default();
        ignored.word("What", &self.action, ACTIONS.iter().any(|(action, _)| *action == self.action));
        ignored.day("From", &self.from);
        ignored.day("To", &self.to);
        ignored.0
    }

    fn address(&self, name: &str, seq: i64) -> String {
        let seq = seq.to_string();
        let all =
            [("actor", &self.actor), ("action", &self.action), ("from", &self.from), ("to", &self.to), (name, &seq)];
        let pairs: Vec<_> = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("/audit-log?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
    }
}

pub(super) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Asked(query): Asked<AuditQuery>,
) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = Filter {
        actor: text(&query.actor),
        action: Some(query.action.clone()).filter(|asked| ACTIONS.iter().any(|(action, _)| action == asked)),
        from: day(&query.from),
        until: day_after(&query.to),
    };
    let place = query.place();
    let mut reader = state.store.read().await?;
    let (entries, more) = audit::page(&mut reader.conn(), tenant, &filter, place, SIZE).await?;
    drop(reader);
    let newest = place == Place::Newest || (matches!(place, Place::After(_)) && !more);
    let others_follow = more || matches!(place, Place::After(_));
    let any = (String::new(), "Anything".to_owned());
    let actions = ACTIONS.iter().map(|(action, words)| ((*action).to_owned(), (*words).to_owned()));
    let page = AuditPage {
        newer: entries.first().filter(|_| !newest).map(|entry| query.address("after", entry.seq)),
        older: entries.last().filter(|_| others_follow).map(|entry| query.address("before", entry.seq)),
        rows: entries.iter().map(row).collect(),
        actions: std::iter::once(any).chain(actions).collect(),
        ignored: query.ignored(),
        actor: query.actor,
        action: query.action,
        from: query.from,
        until: query.to,
    };
    Ok(visitor.show(Page::Audit(page)).await)
}

fn row(entry: &Entry) -> AuditRow {
    let known = ACTIONS.iter().find(|(action, _)| *action == entry.action).map(|(_, words)| (*words).to_owned());
    AuditRow {
        number: entry.seq,
        at: second(entry.at),
        words: known.unwrap_or_else(|| spelled(&entry.action)),
        subject: if entry.subject == entry.actor { String::new() } else { entry.subject.clone() },
        actor: entry.actor.clone(),
        detail: entry.detail.as_object().into_iter().flatten().filter_map(|(name, value)| fact(name, value)).collect(),
    }
}

/// An action that has no words yet, in its own: `sso.set_up` as "Sso: set up".
fn spelled(action: &str) -> String {
    let text = action.replace('.', ": ").replace('_', " ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Chains and their hashes are for `audit verify`, not for people.
fn fact(name: &str, value: &Value) -> Option<(String, String)> {
    let value = match value {
        Value::Null => return None,
        Value::String(text) if text.is_empty() => return None,
        Value::String(text) => text.clone(),
        _ if name == "chains" => return None,
        other => other.to_string(),
    };
    Some((spelled(name), value))
}
