//! Notices in words: what happened, when, by whom and from where, and what to do about it. Nothing in them is secret.

use app::components::{marked_text, second};
use store::audit::Entry;
use store::integrations::Provider;
use store::notices::Due;

/// The longest name of something that is told.
const LONGEST: usize = 120;

const OWN: &str = "If that was you, or you know of it, there is nothing to do. If not: change your password under Your account, which ends your other sessions, and tell an admin of your company.";
const FACTOR: &str = "If that was you, there is nothing to do. If not: change your password and set the second factor up anew, both under Your account, and tell an admin of your company.";
const AWAY: &str = "Whoever it was taken from signs in with the password alone until another one is set up, under Your account. If nobody asked for it, set one up at once and look into the audit log for what else was done.";
const RECOVERY: &str = "If that was you, there is nothing to do; renew the codes under Your account when few are left. If not, somebody has your password and your codes: change the password and renew the codes at once.";
const REQUIRED: &str = "If you know of it, there is nothing to do. If not: decide it anew under Accounts, and look into the audit log for what else was done.";
const ACCOUNT: &str = "If you know of it, there is nothing to do. If not, ask an admin of your company.";
const TOKEN: &str = "If you know of it, there is nothing to do. If not: revoke the token on the provider's page, which holds from its next request on, and look into the audit log for what else was done.";
const SSO: &str = "If you know of it, there is nothing to do. If not: turn single sign-on off on the provider's page, and look into the audit log for what else was done.";
const FOUND: &str = "The token works no more. Issue a new one on the provider's page and give it to the provider, and find out where the old one lay about.";
const ENDS: &str = "Get the new certificate from your identity provider and paste it into Next X.509 Certificate, on the SSO tab of the provider's page, before the old one ends.";
const BRAKE: &str = "Nothing is erased until an admin decides. Open Integrations, look at who is affected, and restore them or confirm that it was meant so.";

/// A notice in words.
pub(crate) struct Words {
    /// What happened, in our own words.
    pub(crate) title: &'static str,
    /// To what: a name that somebody chose, with what cannot be seen made visible.
    pub(crate) about: String,
    /// When, by whom, from where.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// What to do.
    pub(crate) advice: &'static str,
}

/// The words of an act. Of one that is told no more there is its name only.
pub(crate) fn words(act: &Entry) -> Words {
    let (title, advice) = title(&act.action);
    let about = match Provider::parse(&act.subject) {
        Some(provider) => provider.name().to_owned(),
        None => clean(&act.subject),
    };
    let text = |name: &str| act.detail[name].as_str().filter(|text| !text.is_empty()).map(clean);
    let number = |name: &str| act.detail[name].as_i64().map(|number| number.to_string());
    let provider = act.detail["provider"].as_str().and_then(Provider::parse).map(|provider| provider.name().to_owned());
    let facts = [
        ("When", Some(second(act.at))),
        ("By", Some(actor(&act.actor))),
        ("From", text("from")),
        ("Passkey", text("passkey")),
        ("Provider", provider),
        ("New role", text("role").filter(|_| act.action == "account.role")),
        ("Employee", text("employee")),
        ("Issuer", text("issuer")),
        ("Break-glass", text("break_glass")),
        ("Ends", text("ends")),
        ("Left", number("left").filter(|_| act.action == "brake.pull")),
        ("Of", number("employees")),
        ("Codes left", number("left").filter(|_| act.action == "second_factor.recovery_code")),
    ];
    let facts = facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    Words { title, about, facts, advice }
}

fn title(action: &str) -> (&'static str, &'static str) {
    match action {
        "account.sign_in" => ("Your account was signed in to from a new place", OWN),
        "account.password" => ("The password of your account was changed", OWN),
        "account.role" => ("The role of your account was changed", ACCOUNT),
        "account.disable" => ("Your account was disabled", ACCOUNT),
        "account.enable" => ("Your account was enabled", ACCOUNT),
        "account.recover" => ("Your account was given a new password", ACCOUNT),
        "second_factor.set_up" => ("An authenticator app was set up for your account", OWN),
        "second_factor.off" => ("The authenticator app of your account was turned off", FACTOR),
        "second_factor.passkey_add" => ("A passkey was added to your account", FACTOR),
        "second_factor.passkey_remove" => ("A passkey of your account was removed", FACTOR),
        "second_factor.take_away" => ("A second factor was taken away", AWAY),
        "second_factor.recovery_code" => ("A recovery code of your account was used", RECOVERY),
        "second_factor.codes" => ("The recovery codes of your account were renewed", FACTOR),
        "second_factor.require" => ("A second factor is required of all accounts", REQUIRED),
        "second_factor.optional" => ("A second factor is required no more", REQUIRED),
        "integration.delete" => ("An integration and its tokens were ended", TOKEN),
        "token.issue" => ("A SCIM token was issued", TOKEN),
        "token.rotate" => ("A SCIM token was rotated", TOKEN),
        "token.revoke" => ("A SCIM token was revoked", TOKEN),
        "token.reported" => ("A SCIM token was found by somebody and revoked", FOUND),
        "sso.set" => ("The settings of single sign-on were saved", SSO),
        "sso.disable" => ("Single sign-on was turned off", SSO),
        "sso.require" => ("Single sign-on is required", SSO),
        "sso.optional" => ("Single sign-on is required no more", SSO),
        "sso.break_glass" => ("An account signs in without the single sign-on that is required", SSO),
        "sso.link" => ("An account was linked to an employee", SSO),
        "sso.unlink" => ("An account is linked to its employee no more", SSO),
        "sso.certificate_ends" => ("The certificate of single sign-on ends soon", ENDS),
        "brake.pull" => ("A brake was pulled: too many employees left at once", BRAKE),
        _ => ("Something was done that concerns you", ACCOUNT),
    }
}

/// Who did it. The address of an account is as good as any other text.
fn actor(actor: &str) -> String {
    match actor {
        "cli" => "the command line on the server".to_owned(),
        "system" => "the server".to_owned(),
        "token report" => "somebody who had it".to_owned(),
        email => clean(email),
    }
}

/// In one line, with what cannot be seen made visible, and not too long.
fn clean(text: &str) -> String {
    let text = marked_text(text).replace(char::is_control, " ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

impl Words {
    /// The text of an e-mail.
    pub(super) fn letter(&self, due: &Due, console: &str) -> String {
        let line = |(name, value): &(&str, String)| format!("  {:<12} {value}\n", format!("{name}:"));
        let about = ("What", self.about.clone());
        let company = ("Company", clean(&due.company));
        let facts: String = std::iter::once(&about).chain(&self.facts).chain([&company]).map(line).collect();
        format!(
            "{}.\n\n{facts}\n{}\n\nYour notices: {console}/settings/notices\n\nSpaceIQ wrote this to {} because it concerns the account with this address.\nNobody reads answers to it.\n",
            self.title, self.advice, due.email
        )
    }
}

#[cfg(test)]
mod tests {
    use store::notices::ACTS;

    use super::*;

    #[test]
    fn every_act_that_is_told_has_words_of_its_own() {
        let unknown = title("none").0;
        let titles: std::collections::BTreeSet<_> = ACTS.iter().map(|(action, _)| title(action).0).collect();
        assert_eq!(titles.len(), ACTS.len());
        assert!(!titles.contains(unknown));
    }

    #[test]
    fn names_stay_in_their_line_and_lose_what_cannot_be_seen() {
        assert_eq!(clean("a\r\nb").lines().count(), 1);
        assert!(clean("a\u{202e}b").contains("U+202E"));
        assert_eq!(clean(&"x".repeat(500)).chars().count(), LONGEST + 1);
    }
}
