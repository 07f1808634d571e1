//! Bodies as they are kept: never a secret, and never much. A body that is cut stays JSON, so that it can be read and
//! masked like any other.

use serde_json::{Map, Value};
use store::events::Kept;
use store::tokens::PREFIX;

/// Bytes that are kept of a body.
const MAX_BODY: usize = 16 * 1024;
/// Letters of a text and items of a list that are kept: the first pair with which the body is short enough.
const STEPS: [(usize, usize); 4] = [(1_000, 100), (250, 30), (60, 10), (20, 3)];
/// Stands where a secret was.
const SECRET: &str = "(secret, not kept)";

/// A body.
pub(crate) fn kept(body: &Value) -> Kept {
    let text = if has_secret(body) { without_secrets(body, false).to_string() } else { body.to_string() };
    if text.len() <= MAX_BODY {
        return Kept { text, size: None };
    }
    let size = i64::try_from(text.len()).ok();
    let whole = without_secrets(body, false);
    let shorter = STEPS.iter().map(|&(letters, items)| cut(&whole, letters, items).to_string());
    let text = shorter.into_iter().find(|text| text.len() <= MAX_BODY).unwrap_or_else(|| "{}".to_owned());
    Kept { text, size }
}

/// Of a body that could not be read only the length: who knows what stands in it.
pub(crate) fn unreadable(bytes: usize) -> Kept {
    Kept { text: String::new(), size: i64::try_from(bytes).ok() }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "secret", "token", "credential", "authorization", "apikey", "api_key", "privatekey"]
        .iter()
        .any(|word| name.contains(word))
}

/// RFC 7644 §3.5.2: in a PATCH the attribute's name stands in `path` and its value beside it.
fn names_secret(object: &Map<String, Value>) -> bool {
    object.iter().any(|(key, value)| key.eq_ignore_ascii_case("path") && value.as_str().is_some_and(is_secret_name))
}

fn has_secret(value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            names_secret(object) || object.iter().any(|(key, value)| is_secret_name(key) || has_secret(value))
        }
        Value::Array(items) => items.iter().any(has_secret),
        Value::String(text) => text.contains(PREFIX),
        _ => false,
    }
}

fn without_secrets(value: &Value, secret: bool) -> Value {
    match value {
        Value::Object(object) => {
            let named = names_secret(object);
            let clean = |(key, value): (&String, &Value)| {
                let secret = secret || is_secret_name(key) || (named && key.eq_ignore_ascii_case("value"));
                (key.clone(), without_secrets(value, secret))
            };
            Value::Object(object.iter().map(clean).collect())
        }
        Value::Array(items) => items.iter().map(|item| without_secrets(item, secret)).collect(),
        Value::String(text) if secret || text.contains(PREFIX) => SECRET.into(),
        Value::Number(_) if secret => SECRET.into(),
        other => other.clone(),
    }
}

fn cut(value: &Value, letters: usize, items: usize) -> Value {
    match value {
        Value::String(text) => match text.char_indices().nth(letters) {
            Some((end, _)) => format!("{}… ({} letters)", &text[..end], text.chars().count()).into(),
            None => text.as_str().into(),
        },
        Value::Array(all) => {
            let mut kept: Vec<Value> = all.iter().take(items).map(|item| cut(item, letters, items)).collect();
            if all.len() > items {
                kept.push(format!("… {} more", all.len() - items).into());
            }
            kept.into()
        }
        Value::Object(all) => {
            let pair = |(key, value): (&String, &Value)| {
                (key.chars().take(letters).collect::<String>(), cut(value, letters, items))
            };
            let mut kept: Map<String, Value> = all.iter().take(items).map(pair).collect();
            if all.len() > items {
                kept.insert("…".to_owned(), format!("{} more", all.len() - items).into());
            }
            kept.into()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_not_kept_wherever_they_stand() {
        let token = format!("{PREFIX}0000");
        for body in [
            json!({"userName": "a", "password": "hunter2"}),
            json!({"urn:ietf:params:scim:schemas:core:2.0:User:password": "hunter2"}),
            json!({"Operations": [{"op": "replace", "path": "password", "value": "hunter2"}]}),
            json!({"Operations": [{"op": "replace", "Path": "urn:x:PassWord", "Value": {"deep": ["hunter2"]}}]}),
            json!({"Operations": [{"op": "add", "value": {"password": "hunter2"}}]}),
            json!({"access_token": "hunter2", "pin": {"secretCode": 12345}}),
            json!({"note": format!("hunter2 {token}")}),
        ] {
            let text = kept(&body).text;
            assert!(!text.contains("hunter2") && !text.contains("12345") && !text.contains(PREFIX), "{text}");
            assert!(text.contains("not kept"), "{text}");
        }
    }

    #[test]
    fn a_long_body_is_cut_and_stays_json() {
        for body in [
            json!({"userName": "a", "title": "ä".repeat(1 << 20)}),
            json!({"members": (0..20_000).map(|number| json!({"value": number.to_string()})).collect::<Vec<_>>()}),
            (0..50_000).map(|number| (format!("k{number}"), json!(number))).collect::<Map<_, _>>().into(),
            json!({"x".repeat(100_000): vec![vec!["y".repeat(10_000); 20]; 50]}),
        ] {
            let kept = kept(&body);
            assert!(kept.text.len() <= MAX_BODY && kept.size > Some(100_000), "{}", kept.text.len());
            serde_json::from_str::<Value>(&kept.text).expect("JSON");
        }
        let short = json!({"userName": "a"});
        assert_eq!(kept(&short), Kept { text: short.to_string(), size: None });
    }
}
