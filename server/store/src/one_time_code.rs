//! Codes of links that work once. The code is in the link alone; the database holds its SHA-256, which is enough for
//! 160 random bits.

use sha2::{Digest, Sha256};

use crate::Random;

/// 160 random bits, as hexadecimal digits.
pub fn generate(random: &dyn Random) -> String {
    let mut bytes = [0; 20];
    random.fill(&mut bytes);
    bytes.iter().fold(String::new(), |code, byte| code + &format!("{byte:02x}"))
}

pub(crate) fn hash(code: &str) -> Vec<u8> {
    Sha256::digest(code.as_bytes()).to_vec()
}
