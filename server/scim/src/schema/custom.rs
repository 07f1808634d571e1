//! A tenant's own attributes: the original's "SCIM schema custom attributes".

use serde::{Deserialize, Serialize};

use super::{Attribute, Kind, Schema};
use crate::urn;

/// The types a custom attribute may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CustomKind {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Decimal,
    /// An instant.
    DateTime,
}

/// One row of the tenant's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomAttribute {
    /// The SCIM name.
    pub name: String,
    /// The type.
    pub kind: CustomKind,
    /// Shown to people beside the value.
    pub label: String,
    /// Whether an employee must have it.
    pub required: bool,
}

impl CustomAttribute {
    /// One row.
    pub fn new(name: &str, kind: CustomKind, label: &str, required: bool) -> Self {
        Self { name: name.to_owned(), kind, label: label.to_owned(), required }
    }

    /// Whether the name can be used in paths and filters (RFC 7643 §2.1: a letter, then letters, digits, `-`, `_`).
    pub fn has_valid_name(&self) -> bool {
        let mut letters = self.name.chars();
        self.name.len() <= 64
            && letters.next().is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
    }
}

pub(super) fn schema(custom: &[CustomAttribute]) -> Schema {
    let attribute = |row: &CustomAttribute| {
        let kind = match row.kind {
            CustomKind::String => Kind::String,
            CustomKind::Boolean => Kind::Boolean,
            CustomKind::Integer => Kind::Integer,
            CustomKind::Decimal => Kind::Decimal,
            CustomKind::DateTime => Kind::DateTime,
        };
        Attribute { required: row.required, ..Attribute::new(row.name.clone(), kind, row.label.clone()) }
    };
    Schema {
        id: urn::SPACEIQ,
        name: "SpaceIQUser",
        description: "Attributes that this company added",
        attributes: custom.iter().map(attribute).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_must_fit_paths() {
        let valid = |name| CustomAttribute::new(name, CustomKind::String, "", false).has_valid_name();
        assert!(valid("badge_number") && valid("Cost-Center2"));
        assert!(
            !valid("") && !valid("2nd") && !valid("a b") && !valid("a.b") && !valid("ü") && !valid(&"x".repeat(65))
        );
    }
}
