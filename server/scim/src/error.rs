//! The one error type of the protocol layer: what RFC 7644 §3.12 calls an error response.

use serde_json::{Value, json};

use crate::urn;

/// The `scimType` keywords of RFC 7644 §3.12, table 9, and of RFC 9865 §2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimType {
    /// The filter is malformed or compares what cannot be compared.
    InvalidFilter,
    /// The request asks for more than the server is willing to do at once.
    TooMany,
    /// A value must be unique and is taken.
    Uniqueness,
    /// The attribute cannot be changed by a client.
    Mutability,
    /// The body is not what the operation needs.
    InvalidSyntax,
    /// A PATCH path is malformed or names an unknown attribute.
    InvalidPath,
    /// A PATCH path selected nothing to work on.
    NoTarget,
    /// A required value is missing or a value has the wrong type.
    InvalidValue,
    /// The cursor was not issued by this server for this query.
    InvalidCursor,
}

impl ScimType {
    /// The keyword as it stands in the answer.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidCursor => "invalidCursor",
        }
    }
}

/// A refusal: HTTP status, keyword, and words for the admin who reads them in the provider's log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ScimError {
    /// HTTP status code.
    pub status: u16,
    /// Keyword, where the RFC defines one.
    pub scim_type: Option<ScimType>,
    /// Names the attribute and the rule, and says what to change.
    pub detail: String,
}

impl ScimError {
    /// An error with any status and no keyword.
    pub fn status(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    fn bad_request(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { status: 400, scim_type: Some(scim_type), detail: detail.into() }
    }

    /// 400 `invalidFilter`.
    pub fn invalid_filter(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidFilter, detail)
    }

    /// 400 `invalidPath`.
    pub fn invalid_path(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidPath, detail)
    }

    /// 400 `invalidValue`.
    pub fn invalid_value(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidValue, detail)
    }

    /// 400 `invalidSyntax`.
    pub fn invalid_syntax(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidSyntax, detail)
    }

    /// 400 `noTarget`.
    pub fn no_target(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::NoTarget, detail)
    }

    /// 400 `mutability`.
    pub fn mutability(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::Mutability, detail)
    }

    /// 400 `tooMany`.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::TooMany, detail)
    }

    /// 400 `invalidCursor` (RFC 9865 §2.1).
    pub fn invalid_cursor(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidCursor, detail)
    }

    /// 409 `uniqueness`, naming the attribute whose value is taken.
    pub fn uniqueness(attribute: &str) -> Self {
        Self {
            status: 409,
            scim_type: Some(ScimType::Uniqueness),
            detail: format!(
                "{attribute}: another resource already has this value, and it must be unique (upper and lower case \
                 count as the same). Choose another value, or update the existing resource."
            ),
        }
    }

    /// 404 for a resource or endpoint.
    pub fn not_found(what: &str) -> Self {
        Self::status(404, format!("{what} was not found."))
    }

    /// 412: the resource changed since the client read it.
    pub fn precondition_failed() -> Self {
        Self::status(
            412,
            "The resource has changed since the version in If-Match. Read it again, then repeat the change.",
        )
    }

    /// The body of the answer. RFC 7644 §3.12: `status` is "the HTTP status code expressed as a JSON string".
    pub fn to_json(&self) -> Value {
        let mut body = json!({ "schemas": [urn::ERROR], "status": self.status.to_string(), "detail": self.detail });
        if let Some(scim_type) = self.scim_type {
            body["scimType"] = scim_type.keyword().into();
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_text_and_keyword_is_printed() {
        let body = ScimError::uniqueness("userName").to_json();
        assert_eq!(body["status"], "409");
        assert_eq!(body["scimType"], "uniqueness");
        assert!(body["detail"].as_str().is_some_and(|detail| detail.contains("userName")));
    }
}
