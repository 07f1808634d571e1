//! Passwords of accounts: argon2id, a few at a time.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use store::Random;
use tokio::sync::Semaphore;

/// RFC 9106 and OWASP: 46 MiB, one pass, one lane.
const MEMORY_KIB: u32 = 47_104;
/// Hashes computed at the same time: 92 MiB at most.
const PARALLEL: usize = 2;
/// The shortest password taken: OWASP ASVS 5.0, 6.2.1.
pub const MIN_LENGTH: usize = 8;
const MAX_LENGTH: usize = 1024;

/// Says why a password is not taken.
pub fn check(password: &str) -> Result<(), &'static str> {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        Err("Use at least 8 characters; 15 or more are better.")
    } else if password.len() > MAX_LENGTH {
        Err("Use at most 1,024 bytes.")
    } else {
        Ok(())
    }
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
    fn length_is_the_only_rule() {
        assert!(check("1234567").is_err() && check("12345678").is_ok() && check("ü ü ü ü ").is_ok());
        assert!(check(&"x".repeat(1025)).is_err());
    }
}
