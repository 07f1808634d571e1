//! Identifiers that must not be mixed up.

use std::fmt;

use time::OffsetDateTime;

use crate::Random;

/// A UUID of version 7 from the given time and randomness.
pub(crate) fn new_id(now: OffsetDateTime, random: &dyn Random) -> String {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let milliseconds = u64::try_from(crate::milliseconds(now)).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid().to_string()
}

/// The lowest id that could be made at that time.
pub(crate) fn first_at(at: OffsetDateTime) -> String {
    let milliseconds = u64::try_from(crate::milliseconds(at)).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &[0; 10]).into_uuid().to_string()
}

/// Whether a text can be in the database at all. PostgreSQL cannot even be asked for one with U+0000.
pub(crate) fn can_exist(text: &str) -> bool {
    !text.contains('\0')
}

macro_rules! id {
    ($name:ident, $what:literal) => {
        #[doc = $what]
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub String);

        impl $name {
            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id!(TenantId, "One customer company.");
id!(AccountId, "A person who signs in to the console.");
id!(InvitationId, "An invitation to an account.");
id!(IntegrationId, "A provider activated for a tenant; also the instance id in its SAML addresses.");
id!(TokenId, "A SCIM token's row.");
