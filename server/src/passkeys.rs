//! Passkeys (Web Authentication, level 3): what an authenticator is asked, and whether its answer is right. Beside a
//! password, so a key that only asks to be touched will do; where it knows its owner, it has to say so.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::accounts::Account;
use store::passkeys::Passkey;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    PublicKeyCredential, RegisterPublicKeyCredential, SecurityKey, SecurityKeyAuthentication, SecurityKeyRegistration,
    WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

const NAME: &str = "SpaceIQ";

/// Asks and checks for one address of the console.
pub struct Passkeys {
    webauthn: Webauthn,
    host: String,
}

/// A question for an authenticator.
pub(crate) struct Question {
    /// For the browser, as JSON.
    pub(crate) options: String,
    /// For the one who checks the answer; kept here.
    pub(crate) state: String,
}

/// What waits for an answer. An answer to the one kind is none to the other.
#[derive(Serialize, Deserialize)]
enum Waiting {
    Add(SecurityKeyRegistration),
    /// With the rows as they were when it was asked, by their ids.
    Present(SecurityKeyAuthentication, Vec<(String, String)>),
}

/// A passkey that was just made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) credential_id: String,
    pub(crate) credential: String,
}

/// A passkey that was presented, and what it is checked with before and after.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Presented {
    pub(crate) credential_id: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Why there is no question, or why an answer is not right.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("it cannot be read")]
    Unreadable(#[from] serde_json::Error),
    #[error("it is not right")]
    Wrong(#[from] WebauthnError),
    #[error("it is an answer to another question")]
    Other,
    #[error("no passkey was made for this address")]
    None,
}

impl Passkeys {
    /// `None` where browsers know no passkeys: they want the host to have a name, and TLS unless it is this machine.
    pub fn new(public_url: &str) -> Option<Self> {
        let url = Url::parse(public_url).ok()?;
        let host = url.domain()?.to_owned();
        if url.scheme() != "https" && host != "localhost" {
            return None;
        }
        let webauthn = WebauthnBuilder::new(&host, &url).ok()?.rp_name(NAME).build().ok()?;
        Some(Self { webauthn, host })
    }

    /// The host that passkeys made here are bound to.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Asks for a new passkey, on none of the authenticators that have one of this account.
    pub(crate) fn ask_to_add(&self, account: &Account, known: &[Passkey]) -> Result<Question, Refused> {
        let ids = known.iter().filter_map(|known| URL_SAFE_NO_PAD.decode(&known.credential_id).ok());
        let excluded = ids.collect();
        let (handle, email) = (handle(account), account.email.as_str());
        let begun = self.webauthn.start_securitykey_registration(handle, email, email, Some(excluded), None, None)?;
        let (mut options, state) = begun;
        // Whatever the browser offers will do, not only keys that are plugged in. And browsers refuse to make one that
        // only verified owners may use, which is the library's wish, where verifying them is not required.
        options.public_key.hints = None;
        options.public_key.extensions = None;
        Ok(Question { options: serde_json::to_string(&options)?, state: serde_json::to_string(&Waiting::Add(state))? })
    }

    /// Looks at a passkey that was just made.
    pub(crate) fn made(&self, state: &str, answer: &str) -> Result<Made, Refused> {
        let Waiting::Add(state) = serde_json::from_str(state)? else { return Err(Refused::Other) };
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer)?;
        let key = self.webauthn.finish_securitykey_registration(&answer, &state)?;
        let credential_id = URL_SAFE_NO_PAD.encode(key.cred_id().as_slice());
        Ok(Made { credential_id, credential: serde_json::to_string(&key)? })
    }

    /// Asks for one of an account's passkeys.
    pub(crate) fn ask_to_present(&self, known: &[Passkey]) -> Result<Question, Refused> {
        let here: Vec<_> = known.iter().filter(|known| known.host == self.host).collect();
        let keys = here.iter().map(|known| serde_json::from_str(&known.credential));
        let keys = keys.collect::<Result<Vec<SecurityKey>, _>>()?;
        if keys.is_empty() {
            return Err(Refused::None);
        }
        let (mut options, state) = self.webauthn.start_securitykey_authentication(&keys)?;
        options.public_key.hints = None;
        let rows = here.into_iter().map(|known| (known.credential_id.clone(), known.credential.clone())).collect();
        let state = serde_json::to_string(&Waiting::Present(state, rows))?;
        Ok(Question { options: serde_json::to_string(&options)?, state })
    }

    /// Looks at a passkey that was presented. Web Authentication §7.2, step 22: a counter that did not grow says that
    /// there are two of it, and it is refused.
    pub(crate) fn presented(&self, state: &str, answer: &str) -> Result<Presented, Refused> {
        let Waiting::Present(state, rows) = serde_json::from_str(state)? else { return Err(Refused::Other) };
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let result = self.webauthn.finish_securitykey_authentication(&answer, &state)?;
        let credential_id = URL_SAFE_NO_PAD.encode(result.cred_id().as_slice());
        let (credential_id, before) = rows.into_iter().find(|(id, _)| *id == credential_id).ok_or(Refused::Other)?;
        let mut key: SecurityKey = serde_json::from_str(&before)?;
        let after = match key.update_credential(&result) {
            Some(true) => serde_json::to_string(&key)?,
            _ => before.clone(),
        };
        Ok(Presented { credential_id, before, after })
    }
}

/// What authenticators know an account by (§5.4.3: nothing in it says who it is).
fn handle(account: &Account) -> Uuid {
    let mut digest = Sha256::new();
    for part in [account.tenant_id.as_str(), "/", account.id.as_str()] {
        digest.update(part.as_bytes());
    }
    let digest: [u8; 32] = digest.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_for_hosts_with_a_name_over_tls_or_on_this_machine() {
        for (url, host) in [
            ("https://console.test", Some("console.test")),
            ("https://console.test:8443", Some("console.test")),
            ("http://localhost:3000", Some("localhost")),
            ("http://127.0.0.1:3000", None),
            ("https://192.0.2.1", None),
            ("https://[2001:db8::1]", None),
            ("http://console.test", None),
            ("console.test", None),
        ] {
            assert_eq!(Passkeys::new(url).as_ref().map(Passkeys::host), host, "{url}");
        }
    }
}
