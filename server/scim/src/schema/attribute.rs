//! Attribute characteristics, RFC 7643 §7.

use std::borrow::Cow;

/// The data types of RFC 7643 §2.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// An instant, RFC 3339.
    DateTime,
    /// Base64 bytes.
    Binary,
    /// A URI; compared exactly.
    Reference,
    /// An object with sub-attributes.
    Complex,
}

impl Kind {
    /// The name in `/Schemas`.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
            Self::Binary => "binary",
            Self::Reference => "reference",
            Self::Complex => "complex",
        }
    }
}

/// Whether a client may write the attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    /// Read and written freely.
    ReadWrite,
    /// Set by the server alone.
    ReadOnly,
    /// Written once, at creation.
    Immutable,
    /// Written, never read back.
    WriteOnly,
}

impl Mutability {
    /// The name in `/Schemas`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadWrite => "readWrite",
            Self::ReadOnly => "readOnly",
            Self::Immutable => "immutable",
            Self::WriteOnly => "writeOnly",
        }
    }
}

/// When the attribute is part of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// In every answer, whatever the client asks for.
    Always,
    /// Never.
    Never,
    /// Unless the client asks for others or excludes it.
    Default,
}

impl Returned {
    /// The name in `/Schemas`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Never => "never",
            Self::Default => "default",
        }
    }
}

/// One row of the schema table.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "RFC 7643 §7 gives attributes these characteristics")]
pub struct Attribute {
    /// Canonical spelling.
    pub name: Cow<'static, str>,
    /// Data type.
    pub kind: Kind,
    /// Whether the value is an array.
    pub multi_valued: bool,
    /// Whether a resource must have it.
    pub required: bool,
    /// Whether text is compared with regard to case.
    pub case_exact: bool,
    /// Who may write it.
    pub mutability: Mutability,
    /// When it is answered.
    pub returned: Returned,
    /// Whether its value is unique on this server (RFC 7643 `uniqueness: server`).
    pub unique: bool,
    /// Suggested values. RFC 7643 §7: clients may send others.
    pub canonical_values: &'static [&'static str],
    /// What a reference points to.
    pub reference_types: &'static [&'static str],
    /// Of complex attributes.
    pub sub_attributes: Vec<Self>,
    /// For people.
    pub description: Cow<'static, str>,
}

impl Attribute {
    /// An optional, readable and writable attribute with one value.
    pub fn new(name: impl Into<Cow<'static, str>>, kind: Kind, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            kind,
            multi_valued: false,
            required: false,
            case_exact: matches!(kind, Kind::Reference | Kind::Binary),
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            unique: false,
            canonical_values: &[],
            reference_types: &[],
            sub_attributes: Vec::new(),
            description: description.into(),
        }
    }

    /// Text that is compared without regard to case.
    pub fn text(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::String, description)
    }

    /// A complex attribute with one value.
    pub fn complex(name: &'static str, description: &'static str, sub_attributes: Vec<Self>) -> Self {
        Self { sub_attributes, ..Self::new(name, Kind::Complex, description) }
    }

    /// A complex attribute with many values.
    pub fn list(name: &'static str, description: &'static str, sub_attributes: Vec<Self>) -> Self {
        Self { multi_valued: true, ..Self::complex(name, description, sub_attributes) }
    }

    pub(super) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    pub(super) fn exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    pub(super) fn read_only(self) -> Self {
        let sub_attributes = self.sub_attributes.into_iter().map(Self::read_only).collect();
        Self { mutability: Mutability::ReadOnly, sub_attributes, ..self }
    }

    pub(super) fn immutable(self) -> Self {
        Self { mutability: Mutability::Immutable, ..self }
    }

    pub(super) fn always(self) -> Self {
        Self { returned: Returned::Always, ..self }
    }

    pub(super) fn write_only(self) -> Self {
        Self { mutability: Mutability::WriteOnly, returned: Returned::Never, ..self }
    }

    pub(super) fn canonical(self, canonical_values: &'static [&'static str]) -> Self {
        Self { canonical_values, ..self }
    }

    pub(super) fn refers_to(self, reference_types: &'static [&'static str]) -> Self {
        Self { reference_types, ..self }
    }

    /// A sub-attribute by name, in any case.
    pub fn sub(&self, name: &str) -> Option<&Self> {
        self.sub_attributes.iter().find(|sub| sub.name.eq_ignore_ascii_case(name))
    }

    /// Whether only the server writes it.
    pub fn is_read_only(&self) -> bool {
        self.mutability == Mutability::ReadOnly
    }
}
