//! The part of Azure's expression language that provisioning mappings mostly use.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::parser;
use crate::people::Person;

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// `[attribute]`.
    Attribute(String),
    /// `"constant"`.
    Constant(String),
    /// Nothing at all, as the second argument of `Switch` often is.
    Nothing,
    /// `Name(argument, …)`.
    Call(Function, Vec<Expression>),
}

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `Switch(source, default, key, value, …)`.
    Switch,
    /// `Join(separator, source, …)`; sources without value are left out.
    Join,
    /// `Append(source, suffix)`.
    Append,
    /// `ToLower(source)`.
    ToLower,
    /// `NormalizeDiacritics(source)`: letters without their marks.
    NormalizeDiacritics,
    /// `IsPresent(source)`: `True` or `False`.
    IsPresent,
}

/// Names, and the least and the largest number of arguments.
const FUNCTIONS: [(&str, Function, usize, usize); 6] = [
    ("Switch", Function::Switch, 4, usize::MAX),
    ("Join", Function::Join, 2, usize::MAX),
    ("Append", Function::Append, 2, 2),
    ("ToLower", Function::ToLower, 1, 2),
    ("NormalizeDiacritics", Function::NormalizeDiacritics, 1, 1),
    ("IsPresent", Function::IsPresent, 1, 1),
];

impl Function {
    /// By its name, in any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)).map(|(_, function, ..)| *function)
    }

    /// Whether so many arguments make sense.
    pub(super) fn takes(self, arguments: usize) -> bool {
        let pairs = self != Self::Switch || arguments.is_multiple_of(2);
        pairs && FUNCTIONS.iter().any(|(_, known, least, most)| *known == self && (*least..=*most).contains(&arguments))
    }

    fn name(self) -> &'static str {
        FUNCTIONS.iter().find(|(_, known, ..)| *known == self).map_or("", |(name, ..)| name)
    }
}

impl Expression {
    /// Reads an expression.
    pub fn parse(text: &str) -> Result<Self, String> {
        parser::parse(text)
    }

    /// The value for a person; `None` when there is none.
    pub fn evaluate(&self, person: &Person) -> Option<String> {
        match self {
            Self::Attribute(name) => person.get(name),
            Self::Constant(text) => Some(text.clone()),
            Self::Nothing => None,
            Self::Call(function, arguments) => call(*function, arguments, person),
        }
    }
}

fn call(function: Function, arguments: &[Expression], person: &Person) -> Option<String> {
    let first = arguments.first().and_then(|argument| argument.evaluate(person));
    let mut others = arguments.iter().skip(1).map(|argument| argument.evaluate(person));
    match function {
        Function::Switch => {
            let default = others.next().flatten();
            let cases: Vec<_> = others.collect();
            match cases.chunks_exact(2).find(|case| case[0] == first) {
                Some(case) => case[1].clone(),
                None => default,
            }
        }
        Function::Join => {
            let parts: Vec<String> = others.flatten().collect();
            (!parts.is_empty()).then(|| parts.join(&first.unwrap_or_default()))
        }
        Function::Append => Some(first? + &others.next().flatten().unwrap_or_default()),
        Function::ToLower => Some(first?.to_lowercase()),
        Function::NormalizeDiacritics => {
            Some(first?.nfd().filter(|letter| !is_combining_mark(*letter)).nfc().collect())
        }
        Function::IsPresent => Some(if first.is_some() { "True" } else { "False" }.to_owned()),
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => write!(formatter, "[{name}]"),
            Self::Constant(text) => {
                write!(formatter, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
            }
            Self::Nothing => Ok(()),
            Self::Call(function, arguments) => {
                write!(formatter, "{}(", function.name())?;
                for (place, argument) in arguments.iter().enumerate() {
                    if place > 0 {
                        formatter.write_str(", ")?;
                    }
                    argument.fmt(formatter)?;
                }
                formatter.write_str(")")
            }
        }
    }
}
