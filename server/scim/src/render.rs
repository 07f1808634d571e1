//! Printing a resource: the document and what the server knows about it.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::projection::Projection;
use crate::{Document, ResourceKind, Schemas, etag};

/// What the server adds to a document.
#[derive(Debug, Clone)]
pub struct Resource<'a> {
    /// Employee or group.
    pub kind: ResourceKind,
    /// Given by this server.
    pub id: &'a str,
    /// The client's attributes.
    pub document: &'a Document,
    /// When it was added.
    pub created: OffsetDateTime,
    /// When it was last changed.
    pub last_modified: OffsetDateTime,
    /// Counts its changes.
    pub version: i64,
    /// A group's members, or the groups a user belongs to; `None` when they were not read.
    pub references: Option<&'a [Reference]>,
}

/// A member of a group, or a group of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Employee or group.
    pub kind: ResourceKind,
    /// Its id.
    pub id: String,
    /// Its name, of a group that a user belongs to. Members are answered without names, as RFC 7643 §4.2 lists them:
    /// a large group's answer would otherwise read every member.
    pub display: Option<String>,
}

impl Resource<'_> {
    /// The URI. `base` is the SCIM base URL without a slash at its end.
    pub fn location(&self, base: &str) -> String {
        location(base, self.kind, self.id)
    }

    /// The JSON of the answer.
    pub fn to_json(&self, base: &str, schemas: &Schemas, projection: &Projection) -> Value {
        let mut body = self.document.as_map().clone();
        let extensions = schemas.extensions(self.kind).iter().map(|schema| schema.id);
        let used: Vec<_> =
            [self.kind.schema()].into_iter().chain(extensions.filter(|id| body.contains_key(*id))).collect();
        body.insert("schemas".to_owned(), json!(used));
        body.insert("id".to_owned(), self.id.into());
        if let Some(references) = self.references {
            self.put_references(&mut body, references, base);
        }
        let meta = json!({
            "resourceType": self.kind.name(),
            "created": date_time(self.created),
            "lastModified": date_time(self.last_modified),
            "location": self.location(base),
            "version": etag::tag(self.version),
        });
        body.insert("meta".to_owned(), meta);
        projection.apply(&mut body, self.kind, schemas);
        Value::Object(body)
    }

    fn put_references(&self, body: &mut Map<String, Value>, references: &[Reference], base: &str) {
        if references.is_empty() {
            return;
        }
        let (name, is_member) = match self.kind {
            ResourceKind::Group => ("members", true),
            ResourceKind::User => ("groups", false),
        };
        let list = references.iter().map(|reference| {
            let kind = if is_member { reference.kind.name() } else { "direct" };
            let mut value =
                json!({ "value": reference.id, "$ref": location(base, reference.kind, &reference.id), "type": kind });
            if let Some(display) = &reference.display {
                value["display"] = display.as_str().into();
            }
            value
        });
        body.insert(name.to_owned(), list.collect());
    }
}

/// The URI of a resource.
pub fn location(base: &str, kind: ResourceKind, id: &str) -> String {
    format!("{base}{}/{id}", kind.endpoint())
}

/// RFC 3339 in UTC with milliseconds.
pub fn date_time(instant: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    instant.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::urn;

    #[test]
    fn prints_schemas_true_to_content() {
        let document: Document =
            serde_json::from_value(json!({"userName": "u", urn::ENTERPRISE: {"department": "d"}})).expect("document");
        let groups = [Reference { kind: ResourceKind::Group, id: "g".to_owned(), display: Some("G".to_owned()) }];
        let resource = Resource {
            kind: ResourceKind::User,
            id: "1",
            document: &document,
            created: OffsetDateTime::UNIX_EPOCH,
            last_modified: OffsetDateTime::UNIX_EPOCH + time::Duration::milliseconds(1_500),
            version: 2,
            references: Some(&groups),
        };
        let body = resource.to_json("https://x.test/scim", Schemas::standard(), &Projection::default());
        assert_eq!(
            body,
            json!({
                "schemas": [urn::USER, urn::ENTERPRISE], "id": "1", "userName": "u",
                urn::ENTERPRISE: {"department": "d"},
                "groups": [{"value": "g", "$ref": "https://x.test/scim/Groups/g", "type": "direct", "display": "G"}],
                "meta": {
                    "resourceType": "User", "created": "1970-01-01T00:00:00.000Z", "lastModified": "1970-01-01T00:00:01.500Z",
                    "location": "https://x.test/scim/Users/1", "version": "W/\"2\"",
                },
            })
        );
    }
}
