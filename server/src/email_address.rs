//! E-mail addresses as names to sign in with.

/// Whether a text could be an e-mail address: something, an at sign, a domain. Delivery would tell; nothing less does.
pub fn is_plausible(text: &str) -> bool {
    let text = text.trim();
    let split = text.split_once('@');
    text.len() <= 254
        && !text.chars().any(|letter| letter.is_whitespace() || letter.is_control())
        && split.is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::is_plausible;

    #[test]
    fn only_what_cannot_be_an_address_is_refused() {
        for address in ["a@b", " ada@example.com ", "ada+tag@sub.example.com", "ä@ö.test"] {
            assert!(is_plausible(address), "{address}");
        }
        for text in ["", "ada", "@b", "a@", "a@b@c", "a b@c", "a@b\n.test", &format!("{}@b", "x".repeat(254))] {
            assert!(!is_plausible(text), "{text}");
        }
    }
}
