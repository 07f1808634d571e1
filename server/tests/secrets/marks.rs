//! Secrets that are looked for wherever they do not belong.

use std::cell::RefCell;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use regex::bytes::Regex;

/// The secrets that were given out or typed, by name.
#[derive(Default)]
pub(super) struct Marks(RefCell<Vec<(String, Regex)>>);

impl Marks {
    /// From now on it is looked for.
    pub(super) fn add(&self, name: &str, secret: &str) -> String {
        assert!(secret.len() >= 16, "{name}: a short one would be found by chance");
        let spellings: Vec<_> = spellings(secret).iter().map(|spelling| regex::escape(spelling)).collect();
        self.0.borrow_mut().push((name.to_owned(), Regex::new(&spellings.join("|")).expect("an expression")));
        secret.to_owned()
    }

    /// The names of secrets that begin so.
    pub(super) fn names(&self, beginning: &str) -> Vec<String> {
        let marks = self.0.borrow();
        marks.iter().map(|(name, _)| name.clone()).filter(|name| name.starts_with(beginning)).collect()
    }

    /// Where a secret stands in the bytes, in clear or in a spelling that is no better.
    pub(super) fn found(&self, place: &str, bytes: &[u8], meant: &[&str]) -> Vec<String> {
        let marks = self.0.borrow();
        let looked_for = marks.iter().filter(|(name, _)| !meant.contains(&name.as_str()));
        let leaked = looked_for.filter(|(_, spellings)| spellings.is_match(bytes));
        leaked.map(|(name, _)| format!("{name} in {place}")).collect()
    }
}

fn spellings(secret: &str) -> Vec<String> {
    let hexadecimal = secret.bytes().fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"));
    let encoded = serde_urlencoded::to_string([("", secret)]).expect("encodable").trim_start_matches('=').to_owned();
    let (plain, upper) = (secret.to_owned(), hexadecimal.to_uppercase());
    let mut all = vec![plain, hexadecimal, upper, encoded];
    // Within a longer text base64 has one of three spellings; what depends on the neighbours is left away.
    for before in 0..3 {
        let padded = [&b"\0\0\0"[..before], secret.as_bytes()].concat();
        let skip = [0, 2, 3][before];
        for text in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            all.push(text[skip..text.len() - 2].to_owned());
        }
    }
    all
}

#[test]
fn a_secret_is_found_in_every_spelling() {
    let marks = Marks::default();
    marks.add("it", "hush-hush/hush+hush");
    for before in ["", "a", "ab", "abc"] {
        let text = format!("{before}hush-hush/hush+hush and more");
        for spelled in [text.clone(), STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
            assert_eq!(marks.found("here", spelled.as_bytes(), &[]), ["it in here"], "{spelled}");
        }
    }
    assert_eq!(marks.found("here", b"x=hush-hush%2Fhush%2Bhush&", &[]).len(), 1);
    assert_eq!(marks.found("here", b"hush-hush", &[]).len(), 0);
    assert_eq!(marks.found("here", b"hush-hush/hush+hush", &["it"]).len(), 0);
}
