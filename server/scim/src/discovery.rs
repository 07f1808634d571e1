//! `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas`: RFC 7643 §5 to §7, RFC 7644 §4, RFC 9865 §4.

use serde_json::{Value, json};

use crate::schema::{Attribute, Schema};
use crate::{ResourceKind, Schemas, bulk, list, urn};

const CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// What this server can do. `base` is the SCIM base URL without a slash at its end.
pub fn service_provider_config(base: &str) -> Value {
    json!({
        "schemas": [CONFIG],
        "patch": { "supported": true },
        "bulk": { "supported": true, "maxOperations": bulk::MAX_OPERATIONS, "maxPayloadSize": bulk::MAX_PAYLOAD_SIZE },
        "filter": { "supported": true, "maxResults": list::MAX_COUNT },
        "changePassword": { "supported": false },
        "sort": { "supported": true },
        "etag": { "supported": true },
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": list::DEFAULT_COUNT,
            "maxPageSize": list::MAX_COUNT,
        },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "SCIM Bearer Token",
            "description": "A token issued in the console under Provisioning & SSO, sent as Authorization: Bearer.",
            "primary": true,
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig") },
    })
}

/// `/ResourceTypes`, one value a resource type.
pub fn resource_types(schemas: &Schemas, base: &str) -> Vec<Value> {
    [ResourceKind::User, ResourceKind::Group].map(|kind| resource_type(schemas, kind, base)).into()
}

fn resource_type(schemas: &Schemas, kind: ResourceKind, base: &str) -> Value {
    let name = kind.name();
    let extension = |schema: &Schema| {
        let required = schema.attributes.iter().any(|attribute| attribute.required);
        json!({ "schema": schema.id, "required": required })
    };
    let mut value = json!({
        "schemas": [RESOURCE_TYPE],
        "id": name,
        "name": name,
        "endpoint": kind.endpoint(),
        "description": schemas.core(kind).description,
        "schema": kind.schema(),
        "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{name}") },
    });
    let extensions: Vec<_> = schemas.extensions(kind).iter().map(extension).collect();
    if !extensions.is_empty() {
        value["schemaExtensions"] = extensions.into();
    }
    value
}

/// `/Schemas`, one value a schema.
pub fn schemas(schemas: &Schemas, base: &str) -> Vec<Value> {
    schemas.all().map(|schema| schema_json(schema, base)).collect()
}

fn schema_json(schema: &Schema, base: &str) -> Value {
    json!({
        "schemas": [SCHEMA],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": schema.attributes.iter().map(attribute_json).collect::<Vec<_>>(),
        "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{}", schema.id) },
    })
}

fn attribute_json(attribute: &Attribute) -> Value {
    let mut value = json!({
        "name": attribute.name,
        "type": attribute.kind.name(),
        "multiValued": attribute.multi_valued,
        "description": attribute.description,
        "required": attribute.required,
        "caseExact": attribute.case_exact,
        "mutability": attribute.mutability.name(),
        "returned": attribute.returned.name(),
        "uniqueness": if attribute.unique { "server" } else { "none" },
    });
    if !attribute.canonical_values.is_empty() {
        value["canonicalValues"] = json!(attribute.canonical_values);
    }
    if !attribute.reference_types.is_empty() {
        value["referenceTypes"] = json!(attribute.reference_types);
    }
    if !attribute.sub_attributes.is_empty() {
        value["subAttributes"] = attribute.sub_attributes.iter().map(attribute_json).collect();
    }
    value
}

/// A discovery collection as a list response. RFC 7644 §4: these endpoints are neither filtered nor paged.
pub fn collection(resources: Vec<Value>) -> Value {
    let mut body = json!({
        "schemas": [urn::LIST],
        "totalResults": resources.len(),
        "startIndex": 1,
        "itemsPerPage": resources.len(),
    });
    body["Resources"] = Value::Array(resources);
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_have_no_null_members() {
        fn no_null(value: &Value) -> bool {
            match value {
                Value::Null => false,
                Value::Array(items) => items.iter().all(no_null),
                Value::Object(object) => object.values().all(no_null),
                _ => true,
            }
        }
        let all = schemas(Schemas::standard(), "https://x.test/scim");
        assert_eq!(all.len(), 3);
        assert!(all.iter().all(no_null));
        assert_eq!(all[0]["attributes"][0]["name"], "userName");
        assert_eq!(all[0]["attributes"][0]["uniqueness"], "server");
    }

    #[test]
    fn the_enterprise_extension_is_advertised() {
        let types = resource_types(Schemas::standard(), "https://x.test/scim");
        assert_eq!(types[0]["schemaExtensions"][0]["schema"], urn::ENTERPRISE);
        assert!(types[1].get("schemaExtensions").is_none());
        assert_eq!(types[1]["meta"]["location"], "https://x.test/scim/ResourceTypes/Group");
    }
}
