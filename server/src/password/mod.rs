//! Passwords of accounts: which are taken, and their hashes: argon2id, a few at a time.

mod common;

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use scim::fold::fold;
use store::Random;
use tokio::sync::Semaphore;

/// RFC 9106 and OWASP: 46 MiB, one pass, one lane.
const MEMORY_KIB: u32 = 47_104;
/// Hashes computed at the same time: 92 MiB at most.
const PARALLEL: usize = 2;
/// The shortest password taken: OWASP ASVS 5.0, 6.2.1.
pub const MIN_LENGTH: usize = 8;
const MAX_LENGTH: usize = 1024;

/// Says why a password is not taken. Length is what counts; what everybody tries first is refused, and so are the names
/// that a stranger knows: the account's e-mail address and its company.
pub fn check(password: &str, names: &[&str]) -> Result<(), &'static str> {
    let folded = fold(password);
    if password.chars().count() < MIN_LENGTH {
        Err("Use at least 8 characters; 15 or more are better.")
    } else if password.len() > MAX_LENGTH {
        Err("Use at most 1,024 bytes.")
    } else if common::is_common(&folded) {
        Err("This is one of the passwords that are tried first. Use another one: a few words make a good one.")
    } else if names.iter().any(|name| is_name(&folded, name)) {
        Err("Use something else than the e-mail address or the name of the company.")
    } else {
        Ok(())
    }
}

/// Whether the password is the name, or what stands before its at sign, with or without something behind it.
fn is_name(folded: &str, name: &str) -> bool {
    let name = fold(name.trim());
    let first = name.split('@').next().unwrap_or_default();
    let joined: String = name.split_whitespace().collect();
    let same = |name: &str| {
        let bare = common::bare(name);
        folded == name || (!bare.is_empty() && common::bare(folded) == bare)
    };
    [name.as_str(), first, &joined].into_iter().any(same)
}

/// Computes and checks hashes without stopping the server's other work.
#[derive(Clone)]
pub struct Passwords {
    semaphore: Arc<Semaphore>,
    /// Verified when no account has the e-mail address, so that a stranger cannot tell by the time it takes.
    decoy: Arc<str>,
}

impl Passwords {
    /// With randomness for the decoy.
    pub fn new(random: &dyn Random) -> Self {
        let mut secret = [0; 32];
        random.fill(&mut secret);
        let decoy = hash_now(&secret, random).unwrap_or_default().into();
        Self { semaphore: Arc::new(Semaphore::new(PARALLEL)), decoy }
    }

    /// Whether the password is the one that was hashed; without a hash, `false` after the same time.
    pub async fn verify(&self, password: String, hash: Option<String>) -> bool {
        let Ok(_permit) = self.semaphore.acquire().await else { return false };
        let decoy = self.decoy.clone();
        let check = move || {
            let known = hash.is_some();
            let text = hash.as_deref().unwrap_or(&decoy);
            let matches =
                PasswordHash::new(text).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok());
            matches && known
        };
        tokio::task::spawn_blocking(check).await.unwrap_or(false)
    }

    /// The hash of a new password, in PHC form.
    pub async fn hash(&self, password: String, random: Arc<dyn Random>) -> Option<String> {
        let _permit = self.semaphore.acquire().await.ok()?;
        tokio::task::spawn_blocking(move || hash_now(password.as_bytes(), &*random)).await.ok()?
    }
}

/// The hash of a new password, in PHC form, computed here and now: for the command line.
pub fn hash_now(password: &[u8], random: &dyn Random) -> Option<String> {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let hash: PasswordHash = hasher().hash_password_with_salt(password, &salt).ok()?;
    Some(hash.to_string())
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, 1, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use store::SeededRandom;

    use super::*;

    #[tokio::test]
    async fn verifies_only_the_right_password() {
        let random = Arc::new(SeededRandom::new(1));
        let passwords = Passwords::new(&*random);
        let hash = passwords.hash("correct horse".to_owned(), random).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse".to_owned(), Some(hash.clone())).await);
        assert!(!passwords.verify("wrong horse".to_owned(), Some(hash)).await);
        assert!(!passwords.verify("correct horse".to_owned(), None).await);
        assert!(!passwords.verify(String::new(), Some("nonsense".to_owned())).await);
    }

    #[test]
    fn where_there_is_no_account_as_much_is_computed() {
        let passwords = Passwords::new(&SeededRandom::new(1));
        let hash = hash_now(b"correct horse", &SeededRandom::new(2)).expect("a hash");
        // Algorithm, version and cost; what differs is only salt and hash, of the same lengths.
        let cost = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!((cost(&passwords.decoy), passwords.decoy.len()), (cost(&hash), hash.len()));
        assert!(PasswordHash::new(&passwords.decoy).is_ok());
    }

    #[test]
    fn length_is_the_only_rule_of_form() {
        assert!(check("xk7 9qf", &[]).is_err() && check("xk7 9qfw", &[]).is_ok() && check("ü ü ü ü ", &[]).is_ok());
        assert!(check(&"x".repeat(1025), &[]).is_err());
    }

    #[test]
    fn what_strangers_try_is_refused() {
        let names = ["Ada.Lovelace@acme.test", "Acme Widgets"];
        for known in [
            "Password1234",
            "ADA.LOVELACE@ACME.TEST",
            "ada.lovelace1815",
            "Acme Widgets",
            "AcmeWidgets!!",
            "acme widgets 2026",
        ] {
            assert!(check(known, &names).is_err(), "{known}");
        }
        for rare in ["ada of acme widgets", "lovelace-engine", "correct horse battery"] {
            assert_eq!(check(rare, &names), Ok(()), "{rare}");
        }
        assert_eq!(check("--------", &["", "@"]), Ok(()), "no name is no rule");
    }
}
