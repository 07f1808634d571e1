//! What accounts may do.

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Admin,
    /// Integrations and the data they exchange.
    It,
    /// Everything but integrations.
    Power,
    /// Look.
    Viewer,
}

impl Role {
    /// All roles, the mightiest first.
    pub const ALL: [Self; 4] = [Self::Admin, Self::It, Self::Power, Self::Viewer];

    /// The word in the database and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::It => "it",
            Self::Power => "power",
            Self::Viewer => "viewer",
        }
    }

    /// The role with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether it may see and change accounts.
    pub fn manages_accounts(self) -> bool {
        self == Self::Admin
    }

    /// Whether it may see and change integrations and their tokens.
    pub fn manages_integrations(self) -> bool {
        matches!(self, Self::Admin | Self::It)
    }
}
