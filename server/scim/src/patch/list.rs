//! Attributes with many values.

use serde_json::{Map, Value};

use super::{Op, Target};
use crate::condition::{Condition, resolve_within};
use crate::document::{Document, comparable};
use crate::filter::{Filter, Literal, Operator};
use crate::schema::Attribute;
use crate::{NoteKind, Notes, ScimError, coerce};

pub(super) fn apply(
    op: Op,
    target: &Target<'_, '_>,
    value: Value,
    document: &mut Document,
    notes: &mut Notes,
) -> Result<(), ScimError> {
    let attribute = target.located.attribute;
    let mut elements = Elements {
        attribute,
        named: target.named,
        list: document.get(target.located).and_then(Value::as_array).cloned().unwrap_or_default(),
        touched: None,
        notes,
    };
    match (&target.path.filter, &target.path.sub) {
        (None, None) => elements.whole(op, value)?,
        (filter, sub) => {
            let sub = match sub {
                None => None,
                Some(sub) => Some(attribute.sub(sub).ok_or_else(|| target.unknown_sub())?),
            };
            elements.selected(op, filter.as_ref(), sub, value)?;
        }
    }
    let Elements { mut list, touched, .. } = elements;
    if list.len() > coerce::MAX_ELEMENTS {
        return Err(coerce::too_many_elements(target.named));
    }
    coerce::keep_one_primary(&mut list, touched, target.named, notes);
    document.set(target.located, (!list.is_empty()).then_some(Value::Array(list)));
    Ok(())
}

struct Elements<'a> {
    attribute: &'a Attribute,
    named: &'a str,
    list: Vec<Value>,
    /// The element the operation set last: its claim to be primary is the newest.
    touched: Option<usize>,
    notes: &'a mut Notes,
}

impl Elements<'_> {
    /// The path names the attribute alone.
    fn whole(&mut self, op: Op, value: Value) -> Result<(), ScimError> {
        let sent = match coerce::value(self.attribute, value, self.named, self.notes)? {
            Some(Value::Array(sent)) => sent,
            _ => Vec::new(),
        };
        match op {
            Op::Replace => self.list = sent,
            // Entra without its compliance flag names in `value` what is to be removed.
            Op::Remove if !sent.is_empty() => {
                self.notes.add(NoteKind::Coerced, self.named, "Only the values that were sent with it were removed.");
                self.list.retain(|element| !sent.iter().any(|sent| self.attribute.same(element, sent)));
            }
            Op::Remove => self.list.clear(),
            Op::Add => sent.into_iter().for_each(|element| self.add(element)),
        }
        Ok(())
    }

    /// RFC 7644 §3.5.2.1: a value that exists already is not added again; what it says anew is merged into it.
    fn add(&mut self, element: Value) {
        let existing = self.list.iter().position(|known| self.attribute.same(known, &element));
        match (existing, element) {
            (Some(index), Value::Object(element)) => {
                let told = comparable(self.attribute, &self.list[index]);
                let says = comparable(self.attribute, &Value::Object(element.clone()));
                if let Some(known) = self.list[index].as_object_mut() {
                    known.extend(element.into_iter().filter(|(name, _)| told.get(name) != says.get(name)));
                }
                self.touched = Some(index);
            }
            (Some(_), _) => {}
            (None, element) => {
                self.touched = Some(self.list.len());
                self.list.push(element);
            }
        }
    }

    /// The path selects elements, or a sub-attribute of them.
    fn selected(
        &mut self,
        op: Op,
        filter: Option<&Filter>,
        sub: Option<&Attribute>,
        value: Value,
    ) -> Result<(), ScimError> {
        let condition = filter.map(|filter| resolve_within(filter, self.attribute)).transpose()?;
        let matched = self.matching(condition.as_ref());
        let content = self.content(op, sub, value)?;
        match (content, matched.is_empty()) {
            (None, true) => self.notes.add(
                NoteKind::NoEffect,
                self.named,
                "The path selected nothing, so there was nothing to clear.",
            ),
            (Some(content), true) => self.create(filter, sub, content)?,
            (None, false) => self.clear(&matched, sub),
            (Some(content), false) => self.set(op, &matched, filter, sub, &content),
        }
        Ok(())
    }

    fn matching(&self, condition: Option<&Condition>) -> Vec<usize> {
        let holds = |element: &Value| {
            condition.is_none_or(|condition| condition.matches_element(&comparable(self.attribute, element)))
        };
        self.list.iter().enumerate().filter(|(_, element)| holds(element)).map(|(index, _)| index).collect()
    }

    /// The value in schema form; `None` where the operation clears.
    fn content(&mut self, op: Op, sub: Option<&Attribute>, value: Value) -> Result<Option<Value>, ScimError> {
        match (op, sub) {
            (Op::Remove, _) => Ok(None),
            (_, Some(sub)) => coerce::value(sub, value, self.named, self.notes),
            (_, None) => coerce::single(self.attribute, value, self.named, self.notes),
        }
    }

    /// Entra expects a new element where none matches; RFC 7644 §3.5.2.3 alone would answer `noTarget`, and the export
    /// of that person would fail for ever.
    fn create(&mut self, filter: Option<&Filter>, sub: Option<&Attribute>, content: Value) -> Result<(), ScimError> {
        let mut element = Map::new();
        if let Some(filter) = filter {
            self.seed(filter, &mut element)?;
        }
        match (sub, content) {
            (Some(sub), content) => {
                element.insert(sub.name.to_string(), content);
            }
            (None, Value::Object(content)) => element.extend(content),
            (None, _) => {}
        }
        self.notes.add(
            NoteKind::CreatedOnAbsent,
            self.named,
            "The path selected nothing; a new value was created from it.",
        );
        self.touched = Some(self.list.len());
        self.list.push(Value::Object(element));
        Ok(())
    }

    /// The sub-attributes that a filter made of `eq` and `and` demands.
    fn seed(&self, filter: &Filter, element: &mut Map<String, Value>) -> Result<(), ScimError> {
        match filter {
            Filter::And(left, right) => {
                self.seed(left, element)?;
                self.seed(right, element)
            }
            Filter::Compare(path, Operator::Eq, literal) => {
                let value = match literal {
                    Literal::Text(text) => Value::from(text.as_str()),
                    Literal::Boolean(value) => (*value).into(),
                    Literal::Number(number) => number.to_string().into(),
                    Literal::Null => return Ok(()),
                };
                let sub = self.attribute.sub(&path.attribute).filter(|_| path.sub.is_none());
                if let Some(sub) = sub
                    && let Some(value) = coerce::single(sub, value, self.named, &mut Notes::default())?
                {
                    element.insert(sub.name.to_string(), value);
                }
                Ok(())
            }
            _ => Err(ScimError::no_target(format!(
                "{}: no value matches this filter, and none can be created from it. Use a filter of the form [type eq \"work\"].",
                self.named
            ))),
        }
    }

    fn clear(&mut self, matched: &[usize], sub: Option<&Attribute>) {
        if let Some(sub) = sub {
            for &index in matched {
                if let Some(element) = self.list[index].as_object_mut() {
                    element.remove(sub.name.as_ref());
                }
            }
        }
        let mut index = 0;
        self.list.retain(|element| {
            let keep = !matched.contains(&index) || (sub.is_some() && has_content(element));
            index += 1;
            keep
        });
    }

    fn set(&mut self, op: Op, matched: &[usize], filter: Option<&Filter>, sub: Option<&Attribute>, content: &Value) {
        for &index in matched {
            let mut element = self.list[index].as_object().cloned().unwrap_or_default();
            match (sub, content) {
                (Some(sub), content) => {
                    element.insert(sub.name.to_string(), content.clone());
                }
                (None, Value::Object(content)) => {
                    if op == Op::Replace {
                        // RFC 7644 §3.5.2.3: "all matching record values SHALL be replaced"; what the filter says of
                        // them stays true, so that the same path finds them again.
                        element = Map::new();
                        if let Some(filter) = filter {
                            let _ = self.seed(filter, &mut element);
                        }
                    }
                    element.extend(content.clone());
                }
                (None, _) => {}
            }
            self.list[index] = Value::Object(element);
            self.touched = Some(index);
        }
    }
}

/// Whether anything is left that is worth keeping: a type alone says nothing.
fn has_content(element: &Value) -> bool {
    element
        .as_object()
        .is_some_and(|object| object.keys().any(|key| !["type", "primary", "display"].contains(&key.as_str())))
}

impl Attribute {
    /// Whether two elements are one value: the same `value` and, where both say, the same `type`; without `value`, as in
    /// addresses, the same in all that the second one says.
    fn same(&self, known: &Value, other: &Value) -> bool {
        let (known, other) = (comparable(self, known), comparable(self, other));
        let agree = |name: &str| match (known.get(name), other.get(name)) {
            (Some(known), Some(other)) => known == other,
            _ => true,
        };
        match (known.get("value"), other.get("value")) {
            (Some(known), Some(other)) => known == other && agree("type"),
            (None, None) => {
                other.as_object().is_some_and(|other| other.iter().all(|(name, value)| known.get(name) == Some(value)))
            }
            _ => false,
        }
    }
}
