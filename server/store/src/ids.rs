//! Identifiers that must not be mixed up.

use std::fmt;

use time::OffsetDateTime;

use crate::Random;

/// A UUID of version 7 from the given time and randomness.
///
/// RFC 9562 §6.2, method 3: the 12 bits after the milliseconds say which part of the millisecond it was, so that events
/// sort as they happened.
pub(crate) fn new_id(now: OffsetDateTime, random: &dyn Random) -> String {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let nanoseconds = now.nanosecond() % 1_000_000;
    let part = u16::try_from(u64::from(nanoseconds) * 4096 / 1_000_000).unwrap_or(0);
    bytes[..2].copy_from_slice(&part.to_be_bytes());
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

#[cfg(test)]
mod tests {
    use time::{Duration, OffsetDateTime};

    use super::{first_at, new_id};
    use crate::SeededRandom;

    #[test]
    fn ids_sort_as_they_were_made_also_within_a_millisecond() {
        let random = SeededRandom::new(1);
        let start = OffsetDateTime::from_unix_timestamp(1_800_000_000).expect("in range");
        let at = |microseconds: i64| new_id(start + Duration::microseconds(microseconds), &random);
        let ids: Vec<String> = (0..3_000).step_by(7).map(at).collect();
        assert!(ids.is_sorted() && ids[0] >= first_at(start), "{ids:?}");
        assert_ne!(at(5), at(5));
    }
}
