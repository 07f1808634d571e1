//! What can be set, as flags and in the file.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Settings of the command line or of the optional TOML file, whose keys are the flags' names with `_` for `-`. `None` is
/// left to whoever has the next word.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the data lives; the command line has it elsewhere.
    pub database_url: Option<String>,
    /// See [`Config`](super::Config).
    pub listen: Option<String>,
    /// See [`Config`](super::Config).
    pub public_url: Option<String>,
    /// See [`Config`](super::Config).
    pub rate_limit: Option<u32>,
    /// See [`Config`](super::Config); with commas between.
    pub trusted_proxies: Option<String>,
    /// See [`Config`](super::Config).
    pub log_keep_days: Option<u16>,
    /// See [`Config`](super::Config).
    pub log_keep_megabytes: Option<u32>,
    /// See [`Config::tls`](super::Config::tls).
    pub tls_certificate: Option<PathBuf>,
    /// See [`Config::tls`](super::Config::tls).
    pub tls_key: Option<PathBuf>,
    /// See [`Config`](super::Config).
    pub allow_plain_http: Option<bool>,
    /// See [`Limits`](store::brakes::Limits).
    pub brake_percent: Option<u8>,
    /// See [`Limits`](store::brakes::Limits).
    pub brake_least: Option<u32>,
    /// See [`Config`](super::Config).
    pub fetch_private: Option<bool>,
    /// See [`Config`](super::Config).
    pub log_format: Option<String>,
    /// See [`Config`](super::Config).
    pub metrics_listen: Option<String>,
    /// See [`Config`](super::Config).
    pub otlp_url: Option<String>,
    /// See [`Config::limits`](super::Config::limits).
    pub max_connections: Option<u32>,
    /// See [`Config::limits`](super::Config::limits); in seconds.
    pub idle_timeout: Option<u32>,
    /// See [`Config::limits`](super::Config::limits); in seconds.
    pub body_timeout: Option<u32>,
    /// See [`Config::smtp`](super::Config::smtp); it may hold a password.
    pub smtp_url: Option<String>,
    /// See [`Config::smtp`](super::Config::smtp).
    pub smtp_from: Option<String>,
    /// See [`Config::smtp`](super::Config::smtp).
    pub smtp_ca: Option<PathBuf>,
}

impl Settings {
    /// Reads the file, when one was named.
    pub fn read(path: Option<&Path>) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read the configuration file {}: {error}", path.display()))?;
        toml::from_str(&text).map_err(|error| {
            let reason = error.message().to_owned();
            format!("the configuration file {} is not valid: {reason}", path.display())
        })
    }

    /// These, and where they say nothing, the others.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        let other = other.clone();
        Self {
            database_url: self.database_url.or(other.database_url),
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            rate_limit: self.rate_limit.or(other.rate_limit),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            log_keep_days: self.log_keep_days.or(other.log_keep_days),
            log_keep_megabytes: self.log_keep_megabytes.or(other.log_keep_megabytes),
            tls_certificate: self.tls_certificate.or(other.tls_certificate),
            tls_key: self.tls_key.or(other.tls_key),
            allow_plain_http: self.allow_plain_http.or(other.allow_plain_http),
            brake_percent: self.brake_percent.or(other.brake_percent),
            brake_least: self.brake_least.or(other.brake_least),
            fetch_private: self.fetch_private.or(other.fetch_private),
            log_format: self.log_format.or(other.log_format),
            metrics_listen: self.metrics_listen.or(other.metrics_listen),
            otlp_url: self.otlp_url.or(other.otlp_url),
            max_connections: self.max_connections.or(other.max_connections),
            idle_timeout: self.idle_timeout.or(other.idle_timeout),
            body_timeout: self.body_timeout.or(other.body_timeout),
            smtp_url: self.smtp_url.or(other.smtp_url),
            smtp_from: self.smtp_from.or(other.smtp_from),
            smtp_ca: self.smtp_ca.or(other.smtp_ca),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_does_not_pass_silently() {
        assert!(toml::from_str::<Settings>("lisen = \"x\"").is_err());
    }
}
