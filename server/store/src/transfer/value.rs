//! A value as both engines have it, and how it is spelled in a backup.

use serde_json::Value as Json;
use sqlx::{ColumnIndex, Database, Decode, Row, Type};

use super::catalogue::{Column, Kind};
use crate::StoreError;

/// Values of one column compare as both engines compare the columns of keys: texts and bytes byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Value {
    /// A null, a number, a text, or an array that holds the bytes in hexadecimal digits.
    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Integer(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Blob(bytes) => vec![hex(bytes)].into(),
        }
    }

    pub(super) fn from_json(json: &Json, kind: Kind) -> Option<Self> {
        match (json, kind) {
            (Json::Null, _) => Some(Self::Null),
            (Json::Number(number), Kind::Integer) => number.as_i64().map(Self::Integer),
            (Json::String(text), Kind::Text) => Some(Self::Text(text.clone())),
            (Json::Array(items), Kind::Blob) => bytes(items.first()?.as_str()?).map(Self::Blob),
            _ => None,
        }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn blob(&self) -> Option<&[u8]> {
        if let Self::Blob(bytes) = self { Some(bytes) } else { None }
    }

    /// Whether both mean the same. PostgreSQL keeps what JSON means, not its spelling.
    pub(super) fn is_same(&self, other: &Self, json: bool) -> bool {
        if self == other {
            return true;
        }
        let parsed = |value: &Self| value.text().and_then(|text| serde_json::from_str::<Json>(text).ok());
        match (json, parsed(self), parsed(other)) {
            (true, Some(one), Some(two)) => is_same_json(&one, &two),
            _ => false,
        }
    }
}

/// 1e16 and 10000000000000000 are one number, which PostgreSQL spells in its own way.
fn is_same_json(one: &Json, two: &Json) -> bool {
    match (one, two) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same_json(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| is_same_json(a, b)))
        }
        _ => one == two,
    }
}

/// The values of a row, in the order of the columns.
pub(super) fn values_of<'r, R>(row: &'r R, columns: &[Column]) -> Result<Vec<Value>, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    let value = |(at, column): (usize, &Column)| {
        let value = match column.kind {
            Kind::Integer => row.try_get::<Option<i64>, _>(at)?.map(Value::Integer),
            Kind::Text => row.try_get::<Option<String>, _>(at)?.map(Value::Text),
            Kind::Blob => row.try_get::<Option<Vec<u8>>, _>(at)?.map(Value::Blob),
        };
        Ok(value.unwrap_or(Value::Null))
    };
    columns.iter().enumerate().map(value).collect()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |hex, byte| hex + &format!("{byte:02x}"))
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        hex.chars().map(|digit| digit.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_their_spelling() {
        for (value, kind) in [
            (Value::Null, Kind::Blob),
            (Value::Integer(i64::MIN), Kind::Integer),
            (Value::Text("\u{0} \u{202e} \"[null]\" \u{1f600}".to_owned()), Kind::Text),
            (Value::Blob(vec![0, 255, 16]), Kind::Blob),
            (Value::Blob(Vec::new()), Kind::Blob),
        ] {
            assert_eq!(Value::from_json(&value.to_json(), kind), Some(value));
        }
        for (json, kind) in [
            ("1.5", Kind::Integer),
            ("[\"0\"]", Kind::Blob),
            ("[\"zz\"]", Kind::Blob),
            ("[]", Kind::Blob),
            ("1", Kind::Text),
        ] {
            assert_eq!(Value::from_json(&serde_json::from_str(json).expect("JSON"), kind), None, "{json}");
        }
    }

    #[test]
    fn json_is_compared_by_what_it_means_only_where_it_is_json() {
        let text = |text: &str| Value::Text(text.to_owned());
        let (one, two) = (text(r#"{"a":1e16,"b":[1]}"#), text(r#"{"b": [1], "a": 10000000000000000}"#));
        assert!(one.is_same(&two, true) && !one.is_same(&two, false));
        assert!(!text("[1]").is_same(&text("[2]"), true));
        assert!(!Value::Null.is_same(&text("null"), true));
    }
}
