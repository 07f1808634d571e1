//! Settings: flag, then environment variable, then file, then default.

mod address;
mod limits;
mod settings;
mod tls;

use std::net::SocketAddr;

use ipnet::IpNet;
use store::{brakes, events};

pub use settings::Settings;

use crate::listener;
use crate::notices::smtp::Smtp;
use crate::telemetry::Format;
use crate::transport::certificate::CertificateFiles;

/// Where data lives when nobody says otherwise.
pub const DEFAULT_DATABASE_URL: &str = "sqlite:data/spaceiq.db";

/// What `serve` needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The address that browsers and identity providers use, without a slash at its end.
    pub public_url: String,
    /// SCIM requests a second and tenant, with bursts of ten times that; 0 means no limit.
    pub rate_limit: u32,
    /// Proxies that are believed when they say in `X-Forwarded-For` where a request comes from.
    pub trusted_proxies: Vec<IpNet>,
    /// What is kept of the provisioning log.
    pub log_limits: events::Limits,
    /// Certificate and key, when the server speaks TLS itself.
    pub tls: Option<CertificateFiles>,
    /// Whether SCIM is answered over plain HTTP from everywhere.
    pub allow_plain_http: bool,
    /// How many employees an integration may disable or delete within an hour before an admin is asked.
    pub brakes: brakes::Limits,
    /// Whether metadata may be fetched from private networks and this machine.
    pub fetch_private: bool,
    /// How lines of the log are written.
    pub log_format: Format,
    /// Where Prometheus finds the figures, when it is to.
    pub metrics_listen: Option<SocketAddr>,
    /// The collector that takes traces, without a slash at its end, when there is one.
    pub otlp_url: Option<String>,
    /// What clients may take.
    pub limits: listener::Limits,
    /// The mail server that takes notices, when there is one.
    pub smtp: Option<Smtp>,
}

impl Config {
    /// Puts flags and file together.
    pub fn new(flags: Settings, file: &Settings) -> Result<Self, String> {
        let settings = flags.or(file);
        let tls = tls::certificate_files(&settings)?;
        let listen = address::listen(settings.listen.as_deref())?;
        Ok(Self {
            listen,
            public_url: address::public_url(settings.public_url.as_deref(), listen, tls.is_some())?,
            rate_limit: settings.rate_limit.unwrap_or(limits::DEFAULT_RATE),
            trusted_proxies: address::networks(settings.trusted_proxies.as_deref())?,
            log_limits: limits::of_log(&settings),
            tls,
            allow_plain_http: settings.allow_plain_http.unwrap_or(false),
            brakes: limits::of_departures(&settings)?,
            fetch_private: settings.fetch_private.unwrap_or(false),
            log_format: settings.log_format.as_deref().map_or(Ok(Format::default()), str::parse)?,
            metrics_listen: address::metrics(settings.metrics_listen.as_deref())?,
            otlp_url: address::collector(settings.otlp_url.as_deref())?,
            limits: limits::of_clients(&settings),
            smtp: Smtp::new(settings.smtp_url.as_deref(), settings.smtp_from.as_deref(), settings.smtp_ca.as_deref())?,
        })
    }

    /// Whether browsers reach us over TLS, by the public address.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Azure's Tenant URL.
    pub fn scim_url(&self) -> String {
        format!("{}/scim", self.public_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let file: Settings = toml::from_str("listen = \"127.0.0.1:4000\"\nrate_limit = 0").expect("valid");
        let from_file = Config::new(Settings::default(), &file).expect("valid");
        assert_eq!((from_file.listen.port(), from_file.rate_limit), (4000, 0));
        let flag = |text: &str| Some(text.to_owned());
        let flags =
            Settings { listen: flag("127.0.0.1:5000"), public_url: flag("https://x.test/"), ..Settings::default() };
        let from_flag = Config::new(flags, &file).expect("valid");
        assert_eq!((from_flag.listen.port(), from_flag.scim_url().as_str()), (5000, "https://x.test/scim"));
        assert_eq!(from_flag.rate_limit, 0);
        let default = Config::new(Settings::default(), &Settings::default()).expect("valid");
        assert_eq!((default.public_url.as_str(), default.rate_limit), ("http://127.0.0.1:3000", 250));
    }
}
