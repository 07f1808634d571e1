//! A stored resource: its attributes under their canonical names, without what the server adds when it answers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fold::fold;
use crate::schema::{Attribute, Kind, Located, ResourceKind, Schemas};
use crate::urn;

/// The attributes of one resource.
///
/// Core attributes stand at the top, extension attributes in an object under their URN. `id`, `meta`, `groups` and
/// `members` are not in it: they live in columns and tables of their own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Document(Map<String, Value>);

impl Document {
    /// All attributes.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The value of an attribute, if it has one.
    pub fn get(&self, located: Located<'_>) -> Option<&Value> {
        match located.extension {
            None => self.0.get(located.attribute.name.as_ref()),
            Some(urn) => self.0.get(urn)?.get(located.attribute.name.as_ref()),
        }
    }

    /// Sets an attribute; `None` unassigns it, and an extension without attributes disappears.
    pub fn set(&mut self, located: Located<'_>, value: Option<Value>) {
        let name = located.attribute.name.as_ref();
        let Some(urn) = located.extension else {
            put(&mut self.0, name, value);
            return;
        };
        let mut inner = match self.0.remove(urn) {
            Some(Value::Object(inner)) => inner,
            _ => Map::new(),
        };
        put(&mut inner, name, value);
        if !inner.is_empty() {
            self.0.insert(urn.to_owned(), Value::Object(inner));
        }
    }

    /// A text attribute at a path of keys, such as `["name", "givenName"]`.
    pub fn text(&self, keys: &[&str]) -> Option<&str> {
        let (first, rest) = keys.split_first()?;
        rest.iter().try_fold(self.0.get(*first)?, |value, key| value.get(key))?.as_str()
    }

    /// `userName`; every user has one.
    pub fn user_name(&self) -> &str {
        self.text(&["userName"]).unwrap_or_default()
    }

    /// `externalId`.
    pub fn external_id(&self) -> Option<&str> {
        self.text(&["externalId"])
    }

    /// `active`. A user whose `active` a client cleared is not: nobody gains access because the attribute that withholds
    /// it went away.
    pub fn active(&self) -> bool {
        self.0.get("active").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Sets `active` where the client said nothing of it.
    pub fn default_active(&mut self, active: bool) {
        self.0.entry("active").or_insert(active.into());
    }

    /// All e-mail addresses, in the order they were sent.
    pub fn emails(&self) -> impl Iterator<Item = &str> {
        self.elements("emails").filter_map(|email| email.get("value")?.as_str())
    }

    /// The address to show: the primary one, else the work address, else the first.
    pub fn email(&self) -> Option<&str> {
        let emails: Vec<_> = self.elements("emails").filter(|email| email.get("value").is_some()).collect();
        let primary = emails.iter().find(|email| email.get("primary") == Some(&Value::Bool(true)));
        let work = || emails.iter().find(|email| email.get("type").and_then(Value::as_str).is_some_and(is_work));
        primary.or_else(work).or_else(|| emails.first())?.get("value")?.as_str()
    }

    /// The name to show: `displayName`, else the formatted name, else given and family name, else `userName`.
    pub fn shown_name(&self) -> String {
        let parts = || {
            let parts: Vec<_> = [&["name", "givenName"], &["name", "familyName"]]
                .into_iter()
                .filter_map(|keys| self.text(keys))
                .collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        };
        self.text(&["displayName"])
            .or_else(|| self.text(&["name", "formatted"]))
            .map(str::to_owned)
            .or_else(parts)
            .unwrap_or_else(|| self.user_name().to_owned())
    }

    /// `title`.
    pub fn title(&self) -> Option<&str> {
        self.text(&["title"])
    }

    /// The enterprise extension's `department`.
    pub fn department(&self) -> Option<&str> {
        self.text(&[urn::ENTERPRISE, "department"])
    }

    /// The id that the enterprise extension's `manager` names. RFC 7643 §4.3: "the 'id' of the SCIM resource
    /// representing the user's manager".
    pub fn manager(&self) -> Option<&str> {
        self.text(&[urn::ENTERPRISE, "manager", "value"])
    }

    fn elements(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.0.get(name).and_then(Value::as_array).into_iter().flatten()
    }

    /// The same document made comparable: text that is compared without regard to case is folded, dates are written
    /// in UTC with a fixed width. Filters and sorting read this copy; answers never do.
    pub fn folded(&self, kind: ResourceKind, schemas: &Schemas) -> Value {
        let fold_all = |object: &Map<String, Value>, urn: Option<&str>| -> Map<String, Value> {
            let folded = object.iter().filter_map(|(name, value)| {
                let located = schemas.find(kind, urn, name)?;
                Some((name.clone(), comparable(located.attribute, value)))
            });
            folded.collect()
        };
        let mut folded = fold_all(&self.0, Some(kind.schema()));
        for extension in schemas.extensions(kind) {
            if let Some(Value::Object(inner)) = self.0.get(extension.id) {
                folded.insert(extension.id.to_owned(), Value::Object(fold_all(inner, Some(extension.id))));
            }
        }
        Value::Object(folded)
    }
}

fn put(object: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
}

fn is_work(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("work")
}

/// One value as [`Document::folded`] keeps it.
pub(crate) fn comparable(attribute: &Attribute, value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| comparable(attribute, item)).collect(),
        Value::Object(object) => {
            let subs = object.iter().map(|(name, value)| {
                let folded = attribute.sub(name).map_or_else(|| value.clone(), |sub| comparable(sub, value));
                (name.clone(), folded)
            });
            Value::Object(subs.collect())
        }
        Value::String(text) if attribute.kind == Kind::DateTime => {
            crate::coerce::instant(text).map_or_else(|| value.clone(), Value::String)
        }
        Value::String(text) if !attribute.case_exact => Value::String(fold(text)),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests;
