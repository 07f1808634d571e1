//! The one table of attributes: validation, filters, PATCH, projection and `/Schemas` all read it.

mod attribute;
mod core;
mod custom;

use std::sync::OnceLock;

pub use attribute::{Attribute, Kind, Mutability, Returned};
pub use custom::{CustomAttribute, CustomKind};

use crate::urn;

/// The two resource types served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceKind {
    /// An employee, `/Users`.
    User,
    /// A group, `/Groups`.
    Group,
}

impl ResourceKind {
    /// The `meta.resourceType`.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The path below the base URL, with its slash.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    /// The core schema's URN.
    pub fn schema(self) -> &'static str {
        match self {
            Self::User => urn::USER,
            Self::Group => urn::GROUP,
        }
    }

    /// The kind whose endpoint is named, for example by a Bulk operation's path.
    pub fn from_endpoint(name: &str) -> Option<Self> {
        [Self::User, Self::Group].into_iter().find(|kind| &kind.endpoint()[1..] == name)
    }
}

/// One schema: a URN and its attributes.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The URN.
    pub id: &'static str,
    /// Short name.
    pub name: &'static str,
    /// What it describes.
    pub description: &'static str,
    /// In the order in which `/Schemas` lists them.
    pub attributes: Vec<Attribute>,
}

/// All schemas of one tenant: the standard ones and its own attributes.
#[derive(Debug, Clone)]
pub struct Schemas {
    user: Schema,
    group: Schema,
    extensions: Vec<Schema>,
    common: Vec<Attribute>,
}

/// An attribute found in a [`Schemas`], and where its value lives in a document.
#[derive(Debug, Clone, Copy)]
pub struct Located<'s> {
    /// The extension whose object holds it; `None` for core attributes.
    pub extension: Option<&'static str>,
    /// Its definition.
    pub attribute: &'s Attribute,
}

impl Schemas {
    /// The standard schemas, without custom attributes.
    pub fn standard() -> &'static Self {
        static STANDARD: OnceLock<Schemas> = OnceLock::new();
        STANDARD.get_or_init(|| Self::with_custom(&[]))
    }

    /// The standard schemas and a tenant's own attributes.
    pub fn with_custom(custom: &[CustomAttribute]) -> Self {
        let mut extensions = vec![core::enterprise()];
        if !custom.is_empty() {
            extensions.push(custom::schema(custom));
        }
        Self { user: core::user(), group: core::group(), extensions, common: core::common() }
    }

    /// All schemas in the order of `/Schemas`.
    pub fn all(&self) -> impl Iterator<Item = &Schema> {
        [&self.user, &self.group].into_iter().chain(&self.extensions)
    }

    /// The core schema of a resource type.
    pub fn core(&self, kind: ResourceKind) -> &Schema {
        match kind {
            ResourceKind::User => &self.user,
            ResourceKind::Group => &self.group,
        }
    }

    /// The extensions of a resource type.
    pub fn extensions(&self, kind: ResourceKind) -> &[Schema] {
        match kind {
            ResourceKind::User => &self.extensions,
            ResourceKind::Group => &[],
        }
    }

    /// The extension with this URN, in any case (RFC 7643 §3.1 makes URNs case-insensitive).
    pub fn extension(&self, kind: ResourceKind, urn: &str) -> Option<&Schema> {
        self.extensions(kind).iter().find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }

    /// Whether the URN names a schema of this resource type.
    pub fn knows(&self, kind: ResourceKind, urn: &str) -> bool {
        self.core(kind).id.eq_ignore_ascii_case(urn) || self.extension(kind, urn).is_some()
    }

    /// Finds an attribute by name, in any case.
    ///
    /// Without a URN the core schema is searched, then the common attributes (`id`, `externalId`, `meta`), then the
    /// extensions: Azure writes `manager` where it means the enterprise extension's. A tenant's own attributes are
    /// also found under the enterprise URN, since that is where Okta's guide for the original puts them.
    pub fn find(&self, kind: ResourceKind, urn: Option<&str>, name: &str) -> Option<Located<'_>> {
        let named = |attribute: &&Attribute| attribute.name.eq_ignore_ascii_case(name);
        let core = |attribute| Located { extension: None, attribute };
        let in_extension = |schema: &&'_ Schema| urn.is_none_or(|urn| enterprise_or(schema.id, urn));
        let in_core = urn.is_none_or(|urn| urn.eq_ignore_ascii_case(self.core(kind).id));
        let found =
            in_core.then(|| self.core(kind).attributes.iter().chain(&self.common).find(named).map(core)).flatten();
        found.or_else(|| {
            let mut extensions: Vec<_> = self.extensions(kind).iter().filter(in_extension).collect();
            extensions.sort_by_key(|schema| urn.is_some_and(|urn| !schema.id.eq_ignore_ascii_case(urn)));
            extensions.into_iter().find_map(|schema| {
                let attribute = schema.attributes.iter().find(named)?;
                Some(Located { extension: Some(schema.id), attribute })
            })
        })
    }
}

fn enterprise_or(schema: &str, urn: &str) -> bool {
    schema.eq_ignore_ascii_case(urn) || (schema == urn::SPACEIQ && urn.eq_ignore_ascii_case(urn::ENTERPRISE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_attributes_by_any_spelling() {
        let custom = CustomAttribute::new("badgeNumber", CustomKind::String, "Badge number", false);
        let schemas = Schemas::with_custom(std::slice::from_ref(&custom));
        let extension = |urn, name| schemas.find(ResourceKind::User, urn, name).map(|found| found.extension);
        assert_eq!(extension(None, "USERNAME"), Some(None));
        assert_eq!(extension(None, "externalid"), Some(None));
        assert_eq!(extension(None, "manager"), Some(Some(urn::ENTERPRISE)));
        let shouted = urn::ENTERPRISE.to_uppercase();
        assert_eq!(extension(Some(&shouted), "department"), Some(Some(urn::ENTERPRISE)));
        assert_eq!(extension(Some(urn::ENTERPRISE), "badgeNumber"), Some(Some(urn::SPACEIQ)));
        assert_eq!(extension(Some(urn::SPACEIQ), "department"), None);
        assert_eq!(extension(Some(urn::USER), "department"), None);
        assert!(schemas.find(ResourceKind::Group, None, "manager").is_none());
    }
}
