//! The grammar of RFC 7644, figure 1, by recursive descent.

use super::{Filter, Literal, Operator};
use crate::path::{AttributePath, shorten};
use crate::{NoteKind, Notes, ScimError};

/// Longer filters are refused; the longest that identity providers send have a few hundred letters.
const MAX_LENGTH: usize = 8 * 1024;
/// Deeper grouping is refused.
const MAX_DEPTH: usize = 24;
/// More comparisons are refused: each becomes a part of one SQL statement.
const MAX_TERMS: usize = 100;

/// Reads filters from the start of a text.
pub(crate) struct Parser<'a> {
    rest: &'a str,
    whole: &'a str,
    depth: usize,
    terms: usize,
    notes: &'a mut Notes,
}

impl<'a> Parser<'a> {
    /// A parser at the start of the text.
    pub(crate) fn new(text: &'a str, notes: &'a mut Notes) -> Result<Self, ScimError> {
        if text.len() > MAX_LENGTH {
            return Err(ScimError::invalid_filter(format!(
                "The filter is longer than {MAX_LENGTH} bytes. Ask for less at once."
            )));
        }
        if text.contains('\0') {
            return Err(ScimError::invalid_filter("The filter holds the character U+0000, which no value has."));
        }
        Ok(Self { rest: text.trim_start(), whole: text, depth: 0, terms: 0, notes })
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'a str {
        self.rest
    }

    /// An error at the place reached.
    pub(crate) fn error(&self, why: &str) -> ScimError {
        let place = self.whole.len() - self.rest.len();
        let near = if self.rest.is_empty() { "its end".to_owned() } else { format!("\"{}\"", shorten(self.rest)) };
        ScimError::invalid_filter(format!("The filter is not valid at position {place}, near {near}: {why}."))
    }

    /// `or` binds weakest.
    pub(crate) fn filter(&mut self) -> Result<Filter, ScimError> {
        let mut left = self.conjunction()?;
        while self.keyword("or") {
            left = Filter::Or(Box::new(left), Box::new(self.conjunction()?));
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Result<Filter, ScimError> {
        let mut left = self.term()?;
        while self.keyword("and") {
            left = Filter::And(Box::new(left), Box::new(self.term()?));
        }
        Ok(left)
    }

    fn term(&mut self) -> Result<Filter, ScimError> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(self.error(&format!("more than {MAX_TERMS} comparisons")));
        }
        if self.take('(') {
            return self.group();
        }
        let before = self.rest;
        if self.keyword("not") {
            if self.take('(') {
                return Ok(Filter::Not(Box::new(self.group()?)));
            }
            self.rest = before;
        }
        let path = self.path()?;
        if self.rest.starts_with('[') {
            return self.element(path);
        }
        self.comparison(path)
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, ScimError>) -> Result<T, ScimError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(&format!("more than {MAX_DEPTH} levels of grouping")));
        }
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn group(&mut self) -> Result<Filter, ScimError> {
        let inner = self.deeper(Self::filter)?;
        if self.take(')') { Ok(inner) } else { Err(self.error("a closing ) is missing")) }
    }

    fn element(&mut self, path: AttributePath) -> Result<Filter, ScimError> {
        self.take('[');
        let inner = self.deeper(Self::filter)?;
        if !self.rest.starts_with(']') {
            return Err(self.error("a closing ] is missing"));
        }
        self.rest = &self.rest[1..];
        // `emails[type eq "work"].value eq "x"`, as Azure writes it, asks for one element that satisfies both.
        let inner = if let Some(after) = self.rest.strip_prefix('.') {
            self.rest = after;
            let sub = self.path()?;
            Filter::And(Box::new(inner), Box::new(self.comparison(sub)?))
        } else {
            inner
        };
        self.skip_blanks();
        Ok(Filter::Element(path, Box::new(inner)))
    }

    fn comparison(&mut self, path: AttributePath) -> Result<Filter, ScimError> {
        let word = self.word();
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(path));
        }
        let Some(operator) = Operator::parse(word) else {
            return Err(
                self.error(&format!("\"{}\" is not one of eq, ne, co, sw, ew, gt, ge, lt, le, pr", shorten(word)))
            );
        };
        let value = self.literal(&path)?;
        Ok(Filter::Compare(path, operator, value))
    }

    fn path(&mut self) -> Result<AttributePath, ScimError> {
        let end = self
            .rest
            .find(|letter: char| letter.is_whitespace() || "()[]\"".contains(letter))
            .unwrap_or(self.rest.len());
        let path =
            AttributePath::parse(&self.rest[..end]).map_err(|_| self.error("an attribute name should stand here"))?;
        self.rest = &self.rest[end..];
        if !self.rest.starts_with('[') {
            self.skip_blanks();
        }
        Ok(path)
    }

    fn literal(&mut self, path: &AttributePath) -> Result<Literal, ScimError> {
        if self.rest.starts_with('"') {
            return self.quoted();
        }
        let word = self.word();
        if word.is_empty() {
            return Err(self.error("a value should stand here"));
        }
        let literal = match word.to_ascii_lowercase().as_str() {
            "true" => Literal::Boolean(true),
            "false" => Literal::Boolean(false),
            "null" => Literal::Null,
            _ => match serde_json::from_str::<f64>(word) {
                // A number that would be written otherwise, such as 1e5 or one of twenty digits, stays as it is: it may
                // stand for text.
                Ok(number) if number.to_string() == word => Literal::Number(number),
                _ => {
                    let name = path.to_string();
                    self.notes.add(
                        NoteKind::Coerced,
                        &name,
                        "The filter's value came without quotation marks and was read as text.",
                    );
                    Literal::Text(word.to_owned())
                }
            },
        };
        Ok(literal)
    }

    fn quoted(&mut self) -> Result<Literal, ScimError> {
        let mut escaped = false;
        let end = self.rest.char_indices().skip(1).find_map(|(index, letter)| {
            let closes = letter == '"' && !escaped;
            escaped = letter == '\\' && !escaped;
            closes.then_some(index + 1)
        });
        let end = end.ok_or_else(|| self.error("the text's closing quotation mark is missing"))?;
        let text: String =
            serde_json::from_str(&self.rest[..end]).map_err(|_| self.error("the text is not valid JSON"))?;
        if text.contains('\0') {
            return Err(self.error("the character U+0000 is not allowed in text"));
        }
        self.rest = &self.rest[end..];
        self.skip_blanks();
        Ok(Literal::Text(text))
    }

    fn word(&mut self) -> &'a str {
        let end =
            self.rest.find(|letter: char| letter.is_whitespace() || "()[]".contains(letter)).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        self.rest = &self.rest[end..];
        self.skip_blanks();
        word
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let Some(word) = self.rest.get(..keyword.len()) else { return false };
        let after = &self.rest[keyword.len()..];
        let ends = after.is_empty() || after.starts_with(|letter: char| letter.is_whitespace() || letter == '(');
        if !word.eq_ignore_ascii_case(keyword) || !ends {
            return false;
        }
        self.rest = after;
        self.skip_blanks();
        true
    }

    fn take(&mut self, letter: char) -> bool {
        let Some(after) = self.rest.strip_prefix(letter) else { return false };
        self.rest = after;
        self.skip_blanks();
        true
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }
}
