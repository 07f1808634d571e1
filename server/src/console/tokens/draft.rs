//! What an admin may choose about a new token.

use app::components::FieldError;
use app::pages::{LIFETIMES, TokenDraft};
use ipnet::IpNet;
use serde::Deserialize;
use store::integrations::Provider;
use time::{Duration, OffsetDateTime};

use crate::console::provider::default_label;

/// The longest name of a token, in letters.
const MAX_LABEL: usize = 100;
/// How many networks may be named.
const MAX_NETWORKS: usize = 50;
/// The lifetime when nobody chose one: the tile's button sends only the key.
const DEFAULT_LIFETIME: &str = "365";

/// The form as it came. What is missing has a default.
#[derive(Deserialize)]
pub(in crate::console) struct Draft {
    #[serde(default)]
    pub(super) request_key: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    lifetime: String,
    #[serde(default)]
    networks: String,
}

/// A form that may be carried out.
pub(super) struct Checked {
    pub(super) provider: Provider,
    pub(super) label: String,
    pub(super) expires_in: Option<Duration>,
    pub(super) networks: Option<String>,
}

impl Draft {
    pub(super) fn checked(&self, provider: Provider, now: OffsetDateTime) -> Result<Checked, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut label = self.label.trim().to_owned();
        if label.is_empty() {
            label = default_label(provider, now);
        }
        if label.chars().count() > MAX_LABEL {
            errors.push(FieldError { field: "label", text: "Shorten the name to at most 100 letters.".to_owned() });
        }
        let chosen = if self.lifetime.is_empty() { DEFAULT_LIFETIME } else { &self.lifetime };
        if !LIFETIMES.iter().any(|(value, _)| *value == chosen) {
            errors.push(FieldError { field: "lifetime", text: "Choose one of the lifetimes.".to_owned() });
        }
        let networks = networks(&self.networks).unwrap_or_else(|text| {
            errors.push(FieldError { field: "networks", text });
            None
        });
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Checked { provider, label, expires_in: chosen.parse().ok().map(Duration::days), networks })
    }

    /// As it is shown again.
    pub(super) fn shown(self) -> TokenDraft {
        let Self { request_key, label, lifetime, networks } = self;
        TokenDraft { request_key, label, lifetime, networks }
    }
}

/// Networks in their shortest form, with commas between; a single address is a network of one.
fn networks(text: &str) -> Result<Option<String>, String> {
    let items = text.split([',', ' ', '\n', '\r']).map(str::trim).filter(|item| !item.is_empty());
    let parsed: Result<Vec<IpNet>, String> = items
        .map(|item| {
            let network = item.parse::<IpNet>().or_else(|_| item.parse::<std::net::IpAddr>().map(IpNet::from));
            network.map(|network| network.trunc()).map_err(|_| {
                let shown: String = item.chars().take(60).collect();
                format!(
                    "{shown} is no network. Write addresses such as 203.0.113.7 or networks such as 203.0.113.0/24."
                )
            })
        })
        .collect();
    let parsed = parsed?;
    if parsed.len() > MAX_NETWORKS {
        return Err(format!("Name at most {MAX_NETWORKS} networks."));
    }
    let shown: Vec<String> = parsed.iter().map(ToString::to_string).collect();
    Ok((!shown.is_empty()).then(|| shown.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_as_people_write_them() {
        assert_eq!(networks(" "), Ok(None));
        let wanted = "203.0.113.0/24, 198.51.100.7/32, 2001:db8::/32";
        assert_eq!(networks("203.0.113.9/24,198.51.100.7\n2001:db8::1/32"), Ok(Some(wanted.to_owned())));
        for wrong in ["203.0.113.0/33", "everywhere", "1.2.3", &"1.2.3.4,".repeat(51)] {
            assert!(networks(wrong).is_err(), "{wrong}");
        }
    }

    fn draft(label: &str, lifetime: &str) -> Draft {
        Draft {
            request_key: "k".to_owned(),
            label: label.to_owned(),
            lifetime: lifetime.to_owned(),
            networks: String::new(),
        }
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let checked = draft("", "")
            .checked(Provider::Azure, OffsetDateTime::UNIX_EPOCH)
            .unwrap_or_else(|errors| panic!("{errors:?}"));
        assert_eq!((checked.label.as_str(), checked.expires_in), ("Azure, 1 January 1970", Some(Duration::days(365))));
        let never = draft("x", "never")
            .checked(Provider::Azure, OffsetDateTime::UNIX_EPOCH)
            .unwrap_or_else(|errors| panic!("{errors:?}"));
        assert_eq!(never.expires_in, None);
    }

    #[test]
    fn each_field_says_what_is_wrong() {
        let refused = |draft: Draft| draft.checked(Provider::Azure, OffsetDateTime::UNIX_EPOCH).err().expect("errors");
        assert_eq!(refused(draft(&"x".repeat(101), "365"))[0].field, "label");
        assert_eq!(refused(draft("x", "9999"))[0].field, "lifetime");
    }
}

#[cfg(test)]
mod fuzz {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What is read is stored in a form that reads the same, and the endpoint reads it as networks too.
        #[test]
        fn networks_are_read_or_refused(text in "[0-9a-f.:/, \\n]{0,80}|\\PC{0,80}") {
            if let Ok(Some(stored)) = networks(&text) {
                prop_assert_eq!(networks(&stored), Ok(Some(stored.clone())));
                for network in stored.split(", ") {
                    prop_assert!(network.parse::<IpNet>().is_ok(), "{}", network);
                }
            }
        }
    }
}
