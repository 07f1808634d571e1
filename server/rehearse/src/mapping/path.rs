//! Where a value lives in a SCIM resource, as mapping tables write it.

use std::fmt;

use serde_json::{Map, Value, json};

/// `attribute`, `attribute.sub`, `attribute[type eq "work"].sub` or `urn:…:attribute`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetPath {
    urn: Option<String>,
    attribute: String,
    kind: Option<String>,
    sub: Option<String>,
}

impl TargetPath {
    /// Reads a path.
    pub fn parse(text: &str) -> Option<Self> {
        let (urn, rest) = match text.rfind(':') {
            Some(colon) if text.starts_with("urn:") => (Some(text[..colon].to_owned()), &text[colon + 1..]),
            Some(_) => return None,
            None => (None, text),
        };
        let (attribute, kind, sub) = match rest.split_once('[') {
            Some((attribute, rest)) => {
                let (filter, sub) = rest.split_once(']')?;
                let kind = filter.strip_prefix("type eq \"")?.strip_suffix('"')?;
                (attribute, Some(kind.to_owned()), Some(sub.strip_prefix('.')?.to_owned()))
            }
            None => match rest.split_once('.') {
                Some((attribute, sub)) => (attribute, None, Some(sub.to_owned())),
                None => (rest, None, None),
            },
        };
        let name = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let sound = name(attribute) && kind.as_deref().is_none_or(name) && sub.as_deref().is_none_or(name);
        sound.then(|| Self { urn, attribute: attribute.to_owned(), kind, sub })
    }

    /// Whether its text stands for a truth value.
    pub fn is_boolean(&self) -> bool {
        self.urn.is_none() && self.attribute == "active" && self.sub.is_none()
    }

    /// Whether it is `userName`, `active` or another attribute of this name.
    pub fn is(&self, attribute: &str) -> bool {
        self.urn.is_none() && self.kind.is_none() && self.sub.is_none() && self.attribute == attribute
    }

    /// Whether it selects an element of a list.
    pub fn has_filter(&self) -> bool {
        self.kind.is_some()
    }

    /// The value in a resource.
    pub fn read<'r>(&self, resource: &'r Value) -> Option<&'r Value> {
        let object = match &self.urn {
            Some(urn) => resource.get(urn)?,
            None => resource,
        };
        let value = object.get(&self.attribute)?;
        let value = match &self.kind {
            Some(kind) => value.as_array()?.iter().find(|element| element["type"] == **kind)?,
            None => value,
        };
        match &self.sub {
            Some(sub) => value.get(sub),
            None => Some(value),
        }
    }

    /// Puts a value into a resource, with all that must be around it.
    pub fn write(&self, resource: &mut Map<String, Value>, value: Value) {
        let object = match &self.urn {
            Some(urn) => object(resource.entry(urn.clone()).or_insert_with(|| json!({}))),
            None => Some(resource),
        };
        let Some(object) = object else { return };
        let Some(sub) = &self.sub else {
            object.insert(self.attribute.clone(), value);
            return;
        };
        let holder = match &self.kind {
            None => object.entry(self.attribute.clone()).or_insert_with(|| json!({})),
            Some(kind) => {
                let list = object.entry(self.attribute.clone()).or_insert_with(|| json!([]));
                let Some(list) = list.as_array_mut() else { return };
                let place = list.iter().position(|element| element["type"] == **kind).unwrap_or_else(|| {
                    // Azure marks the work address as primary when it creates somebody.
                    let primary = self.attribute == "emails" && kind == "work";
                    list.push(if primary { json!({ "primary": true, "type": kind }) } else { json!({ "type": kind }) });
                    list.len() - 1
                });
                &mut list[place]
            }
        };
        if let Some(holder) = holder.as_object_mut() {
            holder.insert(sub.clone(), value);
        }
    }
}

fn object(value: &mut Value) -> Option<&mut Map<String, Value>> {
    value.as_object_mut()
}

impl fmt::Display for TargetPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(formatter, "{urn}:")?;
        }
        formatter.write_str(&self.attribute)?;
        if let Some(kind) = &self.kind {
            write!(formatter, "[type eq \"{kind}\"]")?;
        }
        self.sub.as_ref().map_or(Ok(()), |sub| write!(formatter, ".{sub}"))
    }
}
