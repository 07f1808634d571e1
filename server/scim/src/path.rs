//! Attribute paths as they stand in filters, projections and PATCH: RFC 7644 §3.10.

use std::fmt;

use crate::ScimError;
use crate::filter::Filter;
use crate::filter::parser::Parser;
use crate::note::Notes;

/// `[urn:]attribute[.sub]`, spelled as the client spelled it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributePath {
    /// The schema's URN, when one was given.
    pub urn: Option<String>,
    /// The attribute's name.
    pub attribute: String,
    /// The sub-attribute's name.
    pub sub: Option<String>,
}

impl AttributePath {
    /// Reads a path. The URN ends at the last colon, since `2.0` inside it has a dot as well.
    pub fn parse(text: &str) -> Result<Self, ScimError> {
        let bad = || ScimError::invalid_path(format!("\"{}\" is not an attribute path.", shorten(text)));
        let (urn, rest) = match text.rfind(':') {
            Some(colon) => (Some(text[..colon].to_owned()), &text[colon + 1..]),
            None => (None, text),
        };
        if urn.as_deref().is_some_and(|urn| !urn.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"))) {
            return Err(bad());
        }
        let (attribute, sub) = match rest.split_once('.') {
            Some((attribute, sub)) => (attribute, Some(sub)),
            None => (rest, None),
        };
        if !is_name(attribute) || !sub.is_none_or(is_name) {
            return Err(bad());
        }
        Ok(Self { urn, attribute: attribute.to_owned(), sub: sub.map(str::to_owned) })
    }
}

/// RFC 7643 §2.1: a letter, then letters, digits, `-`, `_`; `$ref` begins with a dollar sign.
fn is_name(text: &str) -> bool {
    let letters = text.strip_prefix('$').unwrap_or(text);
    letters.starts_with(|first: char| first.is_ascii_alphabetic())
        && letters.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
}

/// The first part of a text that is quoted in an error.
pub(crate) fn shorten(text: &str) -> String {
    if text.chars().count() <= 80 { text.to_owned() } else { text.chars().take(80).chain(['…']).collect() }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(formatter, "{urn}:")?;
        }
        formatter.write_str(&self.attribute)?;
        self.sub.as_ref().map_or(Ok(()), |sub| write!(formatter, ".{sub}"))
    }
}

/// A PATCH path: an attribute, and for multi-valued ones perhaps which elements, and which part of them.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchPath {
    /// The attribute; a sub-attribute here belongs to a path without a filter.
    pub attribute: AttributePath,
    /// `[…]`.
    pub filter: Option<Filter>,
    /// The sub-attribute after `]`.
    pub sub: Option<String>,
}

impl PatchPath {
    /// Reads `attribute`, `attribute.sub`, `attribute[filter]` or `attribute[filter].sub`.
    pub fn parse(text: &str, notes: &mut Notes) -> Result<Self, ScimError> {
        let text = text.trim();
        let Some(open) = text.find('[') else {
            let mut attribute = AttributePath::parse(text)?;
            let sub = attribute.sub.take();
            return Ok(Self { attribute, filter: None, sub });
        };
        let bad = |why: &str| ScimError::invalid_path(format!("\"{}\" is not a PATCH path: {why}.", shorten(text)));
        let mut attribute = AttributePath::parse(&text[..open])?;
        if attribute.sub.take().is_some() {
            return Err(bad("a filter cannot follow a sub-attribute"));
        }
        let mut parser =
            Parser::new(&text[open + 1..], notes).map_err(|error| bad(error.detail.trim_end_matches('.')))?;
        let filter = parser.filter().map_err(|error| bad(error.detail.trim_end_matches('.')))?;
        let rest = parser.rest().strip_prefix(']').ok_or_else(|| bad("the filter's closing ] is missing"))?.to_owned();
        let sub = match rest.strip_prefix('.') {
            None if rest.is_empty() => None,
            Some(sub) if is_name(sub) => Some(sub.to_owned()),
            _ => return Err(bad("only .subAttribute may follow the ]")),
        };
        Ok(Self { attribute, filter: Some(filter), sub })
    }
}

impl fmt::Display for PatchPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.attribute)?;
        if let Some(filter) = &self.filter {
            write!(formatter, "[{filter}]")?;
        }
        self.sub.as_ref().map_or(Ok(()), |sub| write!(formatter, ".{sub}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::urn;

    #[test]
    fn reads_and_prints_paths() {
        for text in [
            "userName",
            "name.givenName",
            "members",
            "members[value eq \"2819\"]",
            "emails[type eq \"work\"].value",
            "addresses[type eq \"work\" and primary eq true].$ref",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
            "urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"work\"].value",
        ] {
            let path = PatchPath::parse(text, &mut Notes::default()).expect(text);
            assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn a_urn_has_dots_of_its_own() {
        let path = AttributePath::parse(&format!("{}:manager.value", urn::ENTERPRISE)).expect("path");
        assert_eq!(path.urn.as_deref(), Some(urn::ENTERPRISE));
        assert_eq!((path.attribute.as_str(), path.sub.as_deref()), ("manager", Some("value")));
    }

    #[test]
    fn refuses_what_is_no_path() {
        for text in [
            "",
            ".",
            "a.",
            ".b",
            "a b",
            "a.b.c",
            "emails[type eq \"work\".value",
            "emails[]",
            "emails[type]x",
            "a.b[c eq 1]",
            "foo:bar",
            "emails[type eq \"work\"]..value",
            "1a",
            "a[b eq 1]]",
        ] {
            let error = PatchPath::parse(text, &mut Notes::default()).expect_err(text);
            assert_eq!(error.scim_type, Some(crate::ScimType::InvalidPath), "{text}");
        }
    }
}
