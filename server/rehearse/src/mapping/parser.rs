//! Reading expressions: `Join(" ", [givenName], ToLower([surname]))`.

use super::expression::{Expression, Function};

/// Deeper nesting is nobody's.
const MAX_DEPTH: usize = 16;

/// Reads a whole expression.
pub(super) fn parse(text: &str) -> Result<Expression, String> {
    let mut reader = Reader { rest: text };
    let expression = reader.expression(0)?;
    reader.blanks();
    match (reader.rest, expression) {
        ("", Expression::Nothing) => Err("the expression is empty".to_owned()),
        ("", expression) => Ok(expression),
        (rest, _) => Err(format!("{rest:?} is left over")),
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, letter: char) -> bool {
        self.blanks();
        let rest = self.rest.strip_prefix(letter);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expression(&mut self, depth: usize) -> Result<Expression, String> {
        if depth == MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} functions within each other"));
        }
        if self.take('[') {
            return self.attribute();
        }
        if self.take('"') {
            return self.constant();
        }
        let end = self.rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        if end == 0 {
            return Ok(Expression::Nothing);
        }
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let function = Function::named(name).ok_or_else(|| {
            format!("{name} is no known function; attributes stand in [brackets], constants in \"quotes\"")
        })?;
        let arguments = self.arguments(name, depth)?;
        if !function.takes(arguments.len()) {
            return Err(format!("{name} does not take {} arguments", arguments.len()));
        }
        Ok(Expression::Call(function, arguments))
    }

    fn arguments(&mut self, name: &str, depth: usize) -> Result<Vec<Expression>, String> {
        if !self.take('(') {
            return Err(format!("{name} needs arguments in parentheses"));
        }
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.expression(depth + 1)?);
            if self.take(')') {
                return Ok(arguments);
            }
            if !self.take(',') {
                return Err(format!("a comma or parenthesis is missing in {name}(…)"));
            }
        }
    }

    fn attribute(&mut self) -> Result<Expression, String> {
        let (name, rest) = self.rest.split_once(']').ok_or("a bracket is not closed")?;
        self.rest = rest;
        let sound = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
        if name.is_empty() || !name.chars().all(sound) {
            return Err(format!("[{name}] is no attribute"));
        }
        Ok(Expression::Attribute(name.to_owned()))
    }

    fn constant(&mut self) -> Result<Expression, String> {
        let mut text = String::new();
        let mut letters = self.rest.char_indices();
        while let Some((place, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.rest = &self.rest[place + 1..];
                    return Ok(Expression::Constant(text));
                }
                '\\' => text.extend(letters.next().map(|(_, escaped)| escaped)),
                letter => text.push(letter),
            }
        }
        Err("a quote is not closed".to_owned())
    }
}
