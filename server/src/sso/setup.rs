//! Settings as people enter them, in the console and on the command line: the same rules for both.

use serde_json::json;
use store::audit::{self, Act};
use store::integrations::{self, Provider};
use store::sso::{self, MatchBy, Settings};
use store::{Conn, IntegrationId, StoreError, TenantId};
use time::OffsetDateTime;

use super::certificate::Certificate;

const MAX_TEXT: usize = 1024;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// SAML Issuer URL.
    pub issuer: String,
    /// X.509 certificate, PEM.
    pub certificate: String,
    /// The next X.509 certificate, PEM; may be empty.
    pub next_certificate: String,
    /// SAML Redirect URL; may be empty.
    pub redirect_url: String,
    /// Portal URL; may be empty.
    pub portal_url: String,
    /// Logout Redirect; may be empty.
    pub logout_url: String,
    /// The attribute that names the employee; the NameID when empty.
    pub attribute: String,
    /// What of an employee it must equal.
    pub match_by: String,
    /// Whether sign-on may begin at the identity provider.
    pub allow_unsolicited: bool,
}

/// What is right to be stored.
#[derive(Debug, Clone)]
pub struct Checked {
    issuer: String,
    certificate: Certificate,
    next_certificate: Option<Certificate>,
    redirect_url: Option<String>,
    portal_url: Option<String>,
    logout_url: Option<String>,
    attribute: Option<String>,
    match_by: MatchBy,
    allow_unsolicited: bool,
}

/// A field, and what is wrong with it.
pub type FieldProblem = (&'static str, &'static str);

impl Draft {
    /// Checks every field.
    pub fn checked(&self, now: OffsetDateTime) -> Result<Checked, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let issuer = self.issuer.trim();
        if issuer.is_empty() || issuer.len() > MAX_TEXT || issuer.contains(char::is_whitespace) {
            problems
                .push(("issuer", "Enter the identity provider's identifier exactly as it shows it, without spaces."));
        }
        let certificate = one_certificate("certificate", &self.certificate, now, &mut problems);
        let next_certificate = if self.next_certificate.trim().is_empty() {
            None
        } else {
            one_certificate("next_certificate", &self.next_certificate, now, &mut problems)
        };
        let redirect_url = url("redirect_url", &self.redirect_url, &mut problems);
        let portal_url = url("portal_url", &self.portal_url, &mut problems);
        let logout_url = url("logout_url", &self.logout_url, &mut problems);
        let attribute = self.attribute.trim();
        if attribute.len() > MAX_TEXT || attribute.contains('\0') {
            problems.push(("attribute", "Enter the attribute's name, or leave this empty."));
        }
        let match_by = MatchBy::parse(&self.match_by);
        if match_by.is_none() {
            problems.push(("match_by", "Choose one of the values."));
        }
        if redirect_url.is_none()
            && !self.allow_unsolicited
            && !problems.iter().any(|(field, _)| *field == "redirect_url")
        {
            problems.push(("redirect_url", "Without it, sign-on must be allowed to begin at the identity provider."));
        }
        match (certificate, match_by) {
            (Some(certificate), Some(match_by)) if problems.is_empty() => Ok(Checked {
                issuer: issuer.to_owned(),
                certificate,
                next_certificate,
                redirect_url,
                portal_url,
                logout_url,
                attribute: Some(attribute.to_owned()).filter(|name| !name.is_empty()),
                match_by,
                allow_unsolicited: self.allow_unsolicited,
            }),
            _ => Err(problems),
        }
    }
}

fn one_certificate(
    field: &'static str,
    text: &str,
    now: OffsetDateTime,
    problems: &mut Vec<FieldProblem>,
) -> Option<Certificate> {
    match Certificate::from_pem(text) {
        Ok(certificate) if certificate.not_after <= now => {
            problems.push((
                field,
                "This certificate has expired. Paste the one that the identity provider signs with now.",
            ));
            None
        }
        Ok(certificate) => Some(certificate),
        Err(error) => {
            problems.push((field, error.words()));
            None
        }
    }
}

/// An address that a browser is sent to: https, or http on this machine.
fn url(field: &'static str, text: &str, problems: &mut Vec<FieldProblem>) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let parsed = text.parse::<http::Uri>().ok().filter(|uri| {
        let local = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let safe = uri.scheme_str() == Some("https") || uri.scheme_str() == Some("http") && local;
        let no_user = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        safe && no_user && text.len() <= MAX_TEXT && !text.contains('#')
    });
    if parsed.is_none() {
        problems.push((field, "Enter an address that begins with https://."));
    }
    parsed.map(|_| text.to_owned())
}

/// Who saves settings.
#[derive(Debug, Clone, Copy)]
pub struct Saver<'a> {
    /// Their name in the audit log.
    pub name: &'a str,
    /// From where, for people; empty for the command line.
    pub from: &'a str,
    /// Whether they may give every account. Whoever may not gets into none by a certificate of their own.
    pub gives_accounts: bool,
}

/// What became of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// They hold.
    Done,
    /// They hold, and everybody has to sign in by them.
    Required,
    /// Nothing was stored: everybody has to sign in here, and by these settings nobody could begin to.
    NoWayIn,
}

/// A redirect URL is missing while sign-on is required.
pub const NO_WAY_IN: FieldProblem = (
    "redirect_url",
    "Single sign-on is required, and begins here. Let passwords sign in again before you remove this.",
);

/// Stores the settings and turns sign-on on. `new_id` is the integration's, should there be none yet.
pub async fn save(
    conn: &mut Conn<'_>,
    (tenant, provider): (&TenantId, Provider),
    new_id: IntegrationId,
    checked: Checked,
    (saver, now): (Saver<'_>, OffsetDateTime),
) -> Result<Saved, StoreError> {
    let by = saver.name;
    let integration = integrations::ensure(conn, tenant, provider, new_id, now).await?;
    let requirement = sso::requirement(conn, tenant).await?;
    let required = requirement.is_some_and(|requirement| requirement.integration_id == integration.id);
    if required && checked.redirect_url.is_none() {
        return Ok(Saved::NoWayIn);
    }
    integrations::activate(conn, tenant, &integration.id, by, now).await?;
    let fingerprints: Vec<String> = [Some(&checked.certificate), checked.next_certificate.as_ref()]
        .into_iter()
        .flatten()
        .map(Certificate::fingerprint)
        .collect();
    let settings = Settings {
        tenant_id: tenant.clone(),
        integration_id: integration.id,
        enabled: true,
        issuer: checked.issuer,
        certificate: checked.certificate.der().to_vec(),
        next_certificate: checked.next_certificate.map(|next| next.der().to_vec()),
        redirect_url: checked.redirect_url,
        portal_url: checked.portal_url,
        logout_url: checked.logout_url,
        allow_unsolicited: checked.allow_unsolicited,
        attribute: checked.attribute,
        match_by: checked.match_by,
        saved_at: now,
        saved_by: by.to_owned(),
    };
    let unconfirmed = if !saver.gives_accounts && brings_certificate(conn, &settings).await? {
        sso::forget_identities(conn, tenant, &settings.integration_id).await?
    } else {
        0
    };
    sso::save(conn, provider, &settings).await?;
    let detail = json!({
        "issuer": settings.issuer,
        "certificates": fingerprints,
        "redirect_url": settings.redirect_url,
        "idp_initiated": settings.allow_unsolicited,
        "match_by": settings.match_by.key(),
        "attribute": settings.attribute,
        "from": saver.from,
        "links_to_confirm": Some(unconfirmed).filter(|number| *number > 0),
    });
    audit::record(conn, tenant, &Act { actor: by, action: "sso.set", subject: provider.key(), detail }, now).await?;
    Ok(if required { Saved::Required } else { Saved::Done })
}

/// Whether the settings have a certificate that those before them have not.
async fn brings_certificate(conn: &mut Conn<'_>, new: &Settings) -> Result<bool, StoreError> {
    let Some(old) = sso::find(conn, &new.tenant_id, &new.integration_id).await? else { return Ok(true) };
    let known = |der: &Vec<u8>| *der == old.certificate || old.next_certificate.as_ref() == Some(der);
    Ok(!known(&new.certificate) || new.next_certificate.as_ref().is_some_and(|der| !known(der)))
}

/// Turns sign-on off, with who did that and, for people, from where. Says whether it was on.
pub async fn disable(
    conn: &mut Conn<'_>,
    (tenant, provider): (&TenantId, Provider),
    (who, from): (&str, &str),
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let Some(integration) = integrations::find(conn, tenant, provider).await? else { return Ok(false) };
    let was_on = sso::disable(conn, tenant, &integration.id).await?;
    if was_on {
        let detail = json!({ "from": from });
        let act = Act { actor: who, action: "sso.disable", subject: provider.key(), detail };
        audit::record(conn, tenant, &act, now).await?;
    }
    Ok(was_on)
}
