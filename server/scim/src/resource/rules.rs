//! What a whole resource must satisfy.

use crate::document::Document;
use crate::fold::fold;
use crate::schema::Located;
use crate::{ResourceKind, Schemas, ScimError};

/// Text that is matched or sorted by may have this many bytes, once it is folded: databases limit what an index holds.
const MAX_KEY: usize = 1024;

/// What identity providers match by, and the names shown, must fit into indexes.
pub(crate) fn check_lengths(document: &Document) -> Result<(), ScimError> {
    let single: [&[&str]; 6] = [
        &["userName"],
        &["externalId"],
        &["displayName"],
        &["name", "formatted"],
        &["name", "givenName"],
        &["name", "familyName"],
    ];
    let texts = single.into_iter().filter_map(|keys| Some((keys.join("."), document.text(keys)?)));
    let emails = document.emails().map(|email| ("emails.value".to_owned(), email));
    let long = texts.chain(emails).find(|(_, text)| text.len() > MAX_KEY || fold(text).len() > MAX_KEY);
    long.map_or(Ok(()), |(name, _)| {
        Err(ScimError::invalid_value(format!("{name}: the text is longer than {MAX_KEY} bytes. Shorten it.")))
    })
}

/// RFC 7643 §2.2: a required attribute must be there, and with a value.
///
/// Of a resource that exists only what it had before is asked for again: an attribute that a company made required later
/// must not keep a leaver from being disabled.
pub(crate) fn check_required(
    kind: ResourceKind,
    before: Option<&Document>,
    document: &Document,
    schemas: &Schemas,
) -> Result<(), ScimError> {
    let core = schemas.core(kind).attributes.iter().map(|attribute| Located { extension: None, attribute });
    let extensions = schemas
        .extensions(kind)
        .iter()
        .flat_map(|schema| schema.attributes.iter().map(|attribute| Located { extension: Some(schema.id), attribute }));
    let missing = core.chain(extensions).find(|located| {
        located.attribute.required
            && before.is_none_or(|before| before.get(*located).is_some())
            && document.get(*located).is_none_or(|value| value.as_str().is_some_and(|text| text.trim().is_empty()))
    });
    missing.map_or(Ok(()), |located| {
        let name = match located.extension {
            Some(urn) => format!("{urn}:{}", located.attribute.name),
            None => located.attribute.name.to_string(),
        };
        Err(ScimError::invalid_value(format!(
            "{name}: this attribute is required. Send it with a value that is not empty."
        )))
    })
}
