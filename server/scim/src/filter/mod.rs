//! Filters, RFC 7644 §3.4.2.2: text to tree and back.

pub(crate) mod parser;

use std::fmt;

use crate::path::AttributePath;
use crate::{Notes, ScimError};

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
}

impl Operator {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Eq, "eq"),
        (Self::Ne, "ne"),
        (Self::Co, "co"),
        (Self::Sw, "sw"),
        (Self::Ew, "ew"),
        (Self::Gt, "gt"),
        (Self::Ge, "ge"),
        (Self::Lt, "lt"),
        (Self::Le, "le"),
    ];

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find_map(|(operator, name)| word.eq_ignore_ascii_case(name).then_some(operator))
    }

    /// The keyword.
    pub fn keyword(self) -> &'static str {
        Self::ALL.into_iter().find_map(|(operator, name)| (operator == self).then_some(name)).unwrap_or_default()
    }
}

/// A comparison value.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`: no value.
    Null,
}

/// A filter as it was written. Names are not looked up yet: see [`crate::condition`].
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Both hold.
    And(Box<Self>, Box<Self>),
    /// One holds.
    Or(Box<Self>, Box<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// An attribute compared with a value.
    Compare(AttributePath, Operator, Literal),
    /// The attribute has a value.
    Present(AttributePath),
    /// Some element of a multi-valued attribute satisfies the inner filter.
    Element(AttributePath, Box<Self>),
}

impl Filter {
    /// Reads a filter. Leniencies, such as values without quotation marks, are noted.
    pub fn parse(text: &str, notes: &mut Notes) -> Result<Self, ScimError> {
        let mut parser = parser::Parser::new(text, notes)?;
        let filter = parser.filter()?;
        if parser.rest().is_empty() {
            Ok(filter)
        } else {
            Err(parser.error("the filter should end here or go on with \"and\" or \"or\""))
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(formatter, "{}", serde_json::Value::from(text.as_str())),
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Boolean(value) => write!(formatter, "{value}"),
            Self::Null => formatter.write_str("null"),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operand = |formatter: &mut fmt::Formatter<'_>, filter: &Self, group: bool| {
            if group { write!(formatter, "({filter})") } else { write!(formatter, "{filter}") }
        };
        match self {
            Self::And(left, right) => {
                operand(formatter, left, matches!(**left, Self::Or(..)))?;
                formatter.write_str(" and ")?;
                operand(formatter, right, matches!(**right, Self::Or(..) | Self::And(..)))
            }
            Self::Or(left, right) => {
                write!(formatter, "{left} or ")?;
                operand(formatter, right, matches!(**right, Self::Or(..)))
            }
            Self::Not(inner) => write!(formatter, "not ({inner})"),
            Self::Compare(path, operator, value) => write!(formatter, "{path} {} {value}", operator.keyword()),
            Self::Present(path) => write!(formatter, "{path} pr"),
            Self::Element(path, inner) => write!(formatter, "{path}[{inner}]"),
        }
    }
}

#[cfg(test)]
mod tests;
