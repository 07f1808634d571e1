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

    /// Whether it may see the company's accounts, and change those that it [may give](Self::may_give) the role of.
    pub fn manages_accounts(self) -> bool {
        matches!(self, Self::Admin | Self::Power)
    }

    /// Whether it may give someone this role, take it from them, and change the accounts that have it. Nobody gets at
    /// integrations through an account that they made or changed themselves.
    pub fn may_give(self, role: Self) -> bool {
        match self {
            Self::Admin => true,
            Self::Power => !role.manages_integrations(),
            Self::It | Self::Viewer => false,
        }
    }

    /// Whether the audit log is open to it, and files of the provisioning log.
    pub fn reads_audit(self) -> bool {
        !matches!(self, Self::Viewer)
    }

    /// Whether it may see and change integrations and their tokens.
    pub fn manages_integrations(self) -> bool {
        matches!(self, Self::Admin | Self::It)
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn nobody_gives_what_they_do_not_have() {
        for by in Role::ALL {
            for given in Role::ALL {
                let expected = by == Role::Admin || (by == Role::Power && matches!(given, Role::Power | Role::Viewer));
                assert_eq!(by.may_give(given), expected, "{by:?} {given:?}");
                assert!(!by.may_give(given) || by.manages_accounts());
                assert!(!by.may_give(given) || by.manages_integrations() || !given.manages_integrations());
            }
        }
    }
}
