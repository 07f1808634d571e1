//! What must hold for any bytes: the bodies of the fuzz targets in `fuzz/`, which stable tests run as well.
//!
//! Each function panics when its promise is broken, and for no other reason.
#![expect(clippy::missing_panics_doc, reason = "panicking is how a fuzz target reports")]

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::filter::Filter;
use crate::list::ListRequest;
use crate::patch::PatchRequest;
use crate::path::PatchPath;
use crate::schema::{CustomAttribute, CustomKind};
use crate::{Document, Notes, ResourceKind, Schemas, condition, cursor, json, resource};

const KINDS: [ResourceKind; 2] = [ResourceKind::User, ResourceKind::Group];

fn schemas() -> Schemas {
    Schemas::with_custom(&[
        CustomAttribute::new("badge", CustomKind::Integer, "Badge", false),
        CustomAttribute::new("since", CustomKind::DateTime, "Since", false),
        CustomAttribute::new("remote", CustomKind::Boolean, "Remote", false),
    ])
}

fn object(data: &[u8]) -> Option<Map<String, Value>> {
    json::parse_object(data).ok()
}

/// A filter that can be read is printed so that it reads the same, and can be looked up in the schemas or is refused.
pub fn filter(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(filter) = Filter::parse(text, &mut Notes::default()) else { return };
    let printed = filter.to_string();
    assert_eq!(Filter::parse(&printed, &mut Notes::default()), Ok(filter.clone()), "{printed}");
    for kind in KINDS {
        let _ = condition::resolve(&filter, kind, &schemas());
    }
}

/// A PATCH path that can be read is printed so that it reads the same.
pub fn path(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(path) = PatchPath::parse(text, &mut Notes::default()) else { return };
    let printed = path.to_string();
    assert_eq!(PatchPath::parse(&printed, &mut Notes::default()), Ok(path), "{printed}");
}

/// JSON that is accepted means what `serde_json` reads.
pub fn json(data: &[u8]) {
    let Ok(value) = json::parse(data) else { return };
    assert_eq!(serde_json::from_slice::<Value>(data).ok(), Some(value));
}

/// A resource that is accepted can be sent back as it is answered, and is the same then.
pub fn resource(data: &[u8]) {
    let Some(body) = object(data) else { return };
    let schemas = schemas();
    for kind in KINDS {
        let Ok(first) = resource::parse(kind, body.clone(), &schemas, &mut Notes::default()) else { continue };
        let _ = first.document.folded(kind, &schemas);
        let echoed = first.document.as_map().clone();
        let second = resource::parse(kind, echoed, &schemas, &mut Notes::default()).map(|second| second.document);
        assert_eq!(second, Ok(first.document));
    }
}

/// A PATCH is refused, or leaves a resource that is valid still.
pub fn patch(data: &[u8]) {
    let Some(body) = object(data) else { return };
    let Ok(request) = PatchRequest::parse(body, &mut Notes::default()) else { return };
    let schemas = schemas();
    for kind in KINDS {
        let before = before(kind);
        let Ok(patched) = request.apply(kind, &before, &schemas, &mut Notes::default()) else { continue };
        let echoed = patched.document.as_map().clone();
        let again = resource::parse(kind, echoed, &schemas, &mut Notes::default()).map(|again| again.document);
        assert_eq!(again, Ok(patched.document));
    }
}

fn before(kind: ResourceKind) -> Document {
    let body: &[u8] = match kind {
        ResourceKind::User => {
            br#"{"userName":"u","emails":[{"type":"work","value":"w@x","primary":true},{"type":"home","value":"h@x"}]}"#
        }
        ResourceKind::Group => br#"{"displayName":"d"}"#,
    };
    let parsed = resource::parse(kind, object(body).unwrap_or_default(), &schemas(), &mut Notes::default());
    parsed.map(|incoming| incoming.document).unwrap_or_default()
}

/// Query parameters are refused or read, never more than the limits allow.
pub fn query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let parameters: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    if let Ok(request) = ListRequest::from_query(&parameters, &mut Notes::default()) {
        assert!(request.count <= crate::list::MAX_COUNT);
    }
}

/// A cursor that is accepted is one that this server could have issued.
pub fn cursor(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(id) = cursor::decode(text, "title pr") {
        assert_eq!(cursor::decode(&cursor::encode(&id, "title pr"), "title pr"), Ok(id));
    }
}
