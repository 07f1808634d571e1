//! Reading JSON from strangers: limits, duplicate keys, and U+0000.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::ScimError;

/// Deeper nesting than this is refused; the deepest legal SCIM body (a PATCH in a Bulk request) has about ten levels.
const MAX_DEPTH: usize = 32;

/// Parses a request body.
///
/// Refuses duplicate keys, because two readers of `{"active":true,"active":false}` may disagree about what it says,
/// and U+0000, which PostgreSQL cannot store.
pub fn parse(body: &[u8]) -> Result<Value, ScimError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(ScimError::invalid_syntax("The request has no body. Send a JSON object."));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Strict { depth: 0 }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| ScimError::invalid_syntax(format!("The body is not valid JSON: {error}.")))?;
    Ok(value)
}

/// The body as an object, which every SCIM request is.
pub fn parse_object(body: &[u8]) -> Result<Map<String, Value>, ScimError> {
    match parse(body)? {
        Value::Object(object) => Ok(object),
        _ => Err(ScimError::invalid_syntax("The body must be a JSON object.")),
    }
}

struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: Error>(&self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!("more than {MAX_DEPTH} levels of nesting")));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

fn text<E: Error>(text: &str) -> Result<Value, E> {
    if text.contains('\0') {
        return Err(E::custom("the character U+0000 is not allowed in text"));
    }
    Ok(Value::String(text.to_owned()))
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        text(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.deeper()?)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        // RFC 7643 §2.1: attribute names are "case insensitive", so `active` and `Active` are one name.
        let mut names = HashSet::new();
        while let Some(key) = entries.next_key_seed(Key)? {
            let value = entries.next_value_seed(self.deeper()?)?;
            if !names.insert(key.to_ascii_lowercase()) {
                return Err(A::Error::custom(format_args!("the key \"{key}\" appears twice in one object")));
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let key = String::deserialize(deserializer)?;
        if key.contains('\0') {
            return Err(D::Error::custom("the character U+0000 is not allowed in a name"));
        }
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_two_readers_may_read_differently() {
        for (body, word) in [
            (r#"{"a":1,"a":2}"#.to_owned(), "twice"),
            (r#"{"a":{"b":1,"b":2}}"#.to_owned(), "twice"),
            (r#"{"active":true,"Active":false}"#.to_owned(), "twice"),
            (r#"{"a":"x\u0000y"}"#.to_owned(), "U+0000"),
            (r#"{"a\u0000":1}"#.to_owned(), "U+0000"),
            ("[".repeat(40) + &"]".repeat(40), "nesting"),
            ("{\"a\":1} x".to_owned(), "not valid JSON"),
            ("{".to_owned(), "not valid JSON"),
            (String::new(), "no body"),
        ] {
            let error = parse(body.as_bytes()).expect_err(&body);
            assert!(error.detail.contains(word), "{body}: {}", error.detail);
            assert_eq!(error.status, 400);
        }
        assert!(parse_object(b"[]").is_err());
    }

    #[test]
    fn reads_everything_else() {
        let body = r#"{"a":[1,-2,3.5,true,null,"ü"],"b":{"c":{}}}"#;
        assert_eq!(parse(body.as_bytes()), Ok(serde_json::from_str(body).expect("valid")));
    }
}
