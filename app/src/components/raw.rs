//! A resource as SCIM answers it, behind its name.

use std::fmt::Write;

use leptos::prelude::*;
use serde_json::Value;

use super::shown::is_unseen;
use super::{Icon, grouped, icon};
use crate::islands::copy::CopyButton;

/// Letters of one text that are shown.
const MAX_TEXT: usize = 2_000;
/// Letters shown in all.
const MAX_SHOWN: usize = 200_000;

/// A resource as JSON.
#[derive(Debug, Clone)]
pub struct Raw {
    /// As it is shown: indented, long texts cut.
    json: String,
    /// Whether something was cut.
    cut: bool,
    /// Where all of it can be had.
    address: String,
}

impl Raw {
    /// Of an answer, which can be had whole at the address.
    pub fn new(mut answer: Value, address: String) -> Self {
        let mut cut = shorten(&mut answer);
        let mut json = escaped(&serde_json::to_string_pretty(&answer).unwrap_or_default());
        if let Some((end, _)) = json.char_indices().nth(MAX_SHOWN) {
            json.truncate(end);
            cut = true;
        }
        Self { json, cut, address }
    }
}

/// Cuts long texts; says whether there were any.
fn shorten(value: &mut Value) -> bool {
    match value {
        Value::String(text) => match text.char_indices().nth(MAX_TEXT) {
            Some((end, _)) => {
                let letters = grouped(text.chars().count() as u64);
                text.truncate(end);
                let _ = write!(text, "… ({letters} letters)");
                true
            }
            None => false,
        },
        Value::Array(items) => items.iter_mut().fold(false, |cut, item| shorten(item) | cut),
        Value::Object(object) => object.values_mut().fold(false, |cut, item| shorten(item) | cut),
        _ => false,
    }
}

/// What cannot be seen, or turns the direction, is written as JSON writes it for machines: nothing hides, and what is
/// copied means the same.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter == '\n' || !is_unseen(letter) {
            escaped.push(letter);
        } else {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

/// Behind "Raw SCIM JSON".
pub fn raw(sprite: &str, raw: &Raw) -> AnyView {
    let hint =
        if raw.cut { "Long values are cut here; the file has all of it." } else { "As an identity provider reads it." };
    view! {
        <section class="card">
            <details class="more">
                <summary>"Raw SCIM JSON"</summary>
                <p class="hint">{hint}</p>
                <div class="actions">
                    <CopyButton field="raw-json".to_owned() what="SCIM JSON".to_owned()/>
                    <a class="btn small" href=raw.address.clone() download="">{icon(sprite, Icon::Download)}"Download"</a>
                </div>
                <pre class="code wrap" id="raw-json" tabindex="0" role="region" aria-label="Raw SCIM JSON" translate="no" dir="ltr">{raw.json.clone()}</pre>
            </details>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Raw;

    #[test]
    fn nothing_hides_and_the_meaning_stays() {
        let value = json!({"displayName": "a\u{202e}b\u{200b}\u{e0041}", "title": "\n</pre><script>", "ü": "é"});
        let raw = Raw::new(value.clone(), String::new());
        assert!(raw.json.contains("a\\u202eb\\u200b\\udb40\\udc41") && raw.json.contains("é"), "{}", raw.json);
        assert_eq!(serde_json::from_str::<Value>(&raw.json).ok(), Some(value));
        assert!(!raw.cut);
    }

    #[test]
    fn long_texts_are_cut_and_say_so() {
        let raw = Raw::new(json!({"title": "ä".repeat(1 << 20)}), String::new());
        assert!(raw.cut && raw.json.len() < 5_000 && raw.json.contains("… (1,048,576 letters)"), "{}", raw.json);
        let many: Vec<String> = (0..500).map(|_| "x".repeat(1_999)).collect();
        assert!(Raw::new(json!(many), String::new()).json.len() <= super::MAX_SHOWN);
    }
}
