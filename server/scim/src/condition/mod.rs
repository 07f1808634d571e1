//! Filters with their names looked up: what is asked of which value, typed, ready for SQL or memory.
//!
//! Semantics, the same in both places:
//! - a test on an attribute without value is false, so `not (a eq "x")` and `a ne "x"` are true there;
//! - a test on a multi-valued attribute holds when one element satisfies it; `ne` is the negation of `eq`;
//! - `eq null` means that there is no value;
//! - text is compared folded unless the attribute is `caseExact`; `gt` and its kin compare text by code point;
//! - instants are compared as instants.

mod compare;
mod evaluate;
mod resolve;
#[cfg(test)]
mod tests;

pub use evaluate::Subject;
pub use resolve::{resolve, resolve_within};

/// Where a value lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The resource's id.
    Id,
    /// `meta.created`.
    Created,
    /// `meta.lastModified`.
    LastModified,
    /// At these keys of the document: an attribute, or a sub-attribute of a single complex one.
    Document(Vec<String>),
    /// In the elements of the list at these keys; with a key, a part of each element.
    List(Vec<String>, Option<String>),
    /// Within [`Condition::Element`]: a part of the element.
    Part(String),
    /// The ids of a group's members.
    Members,
    /// The ids of the groups a resource belongs to.
    Groups,
}

/// What is asked of a value. Text is folded already where the attribute wants it.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// There is a value.
    Present,
    /// It equals.
    Equals(Scalar),
    /// It contains the text.
    Contains(String),
    /// It starts with the text.
    StartsWith(String),
    /// It ends with the text.
    EndsWith(String),
    /// It is greater (or equal, when inclusive).
    Greater(Scalar, Inclusive),
    /// It is less (or equal, when inclusive).
    Less(Scalar, Inclusive),
}

/// Whether an ordering includes the value itself.
pub type Inclusive = bool;

/// A typed comparison value.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// Milliseconds since 1970.
    Instant(i64),
}

/// A filter ready to be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Both hold.
    And(Box<Self>, Box<Self>),
    /// One holds.
    Or(Box<Self>, Box<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// A value passes a test.
    Test(Source, Test),
    /// One element of the list at these keys satisfies the condition.
    Element(Vec<String>, Box<Self>),
}

impl Condition {
    /// What always holds, or never: every resource has an id.
    fn constant(holds: bool) -> Self {
        let always = Self::Test(Source::Id, Test::Present);
        if holds { always } else { Self::Not(Box::new(always)) }
    }
}
