//! Settings: flag, then environment variable, then file, then default.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use serde::Deserialize;
use store::brakes;
use store::events::Limits;

use crate::listener;
use crate::notices::smtp::Smtp;
use crate::telemetry::Format;
use crate::transport::certificate::CertificateFiles;

/// Where data lives when nobody says otherwise.
pub const DEFAULT_DATABASE_URL: &str = "sqlite:data/spaceiq.db";
const DEFAULT_LISTEN: &str = "127.0.0.1:3000";
/// SCIM requests a second and tenant. Azure asks for at least 25.
const DEFAULT_RATE_LIMIT: u32 = 250;
/// A year and the month in which somebody looks back at it.
const DEFAULT_LOG_KEEP_DAYS: u16 = 400;

/// More clients than any identity provider has, few enough to keep in memory.
const DEFAULT_CONNECTIONS: u32 = 20_000;
/// Seconds for which a client may be silent, or send a body.
const DEFAULT_PATIENCE: u32 = 60;

/// The optional TOML file: the keys are the flags' names with `_` for `-`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// See [`Config`].
    pub database_url: Option<String>,
    /// See [`Config`].
    pub listen: Option<String>,
    /// See [`Config`].
    pub public_url: Option<String>,
    /// See [`Config`].
    pub rate_limit: Option<u32>,
    /// See [`Config`]; with commas between.
    pub trusted_proxies: Option<String>,
    /// See [`Config`].
    pub log_keep_days: Option<u16>,
    /// See [`Config`].
    pub log_keep_megabytes: Option<u32>,
    /// See [`Config::tls`].
    pub tls_certificate: Option<PathBuf>,
    /// See [`Config::tls`].
    pub tls_key: Option<PathBuf>,
    /// See [`Config`].
    pub allow_plain_http: Option<bool>,
    /// See [`Limits`](brakes::Limits).
    pub brake_percent: Option<u8>,
    /// See [`Limits`](brakes::Limits).
    pub brake_least: Option<u32>,
    /// See [`Config`].
    pub log_format: Option<String>,
    /// See [`Config`].
    pub metrics_listen: Option<String>,
    /// See [`Config`].
    pub max_connections: Option<u32>,
    /// See [`Config`]; in seconds.
    pub idle_timeout: Option<u32>,
    /// See [`Config`]; in seconds.
    pub body_timeout: Option<u32>,
    /// See [`Config`].
    pub fetch_private: Option<bool>,
    /// See [`Config::smtp`]; it may hold a password.
    pub smtp_url: Option<String>,
    /// See [`Config::smtp`].
    pub smtp_from: Option<String>,
    /// See [`Config::smtp`].
    pub smtp_ca: Option<PathBuf>,
}

impl ConfigFile {
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
}

/// What `serve` needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The address that browsers and identity providers use, without a slash at its end.
    pub public_url: String,
    /// SCIM requests a second and tenant, with bursts of ten times that; 0 means no limit.
    pub rate_limit: u32,
    /// Proxies that are believed when they say in `X-Forwarded-For` where a request comes from.
    pub trusted_proxies: Vec<IpNet>,
    /// How many days provisioning events are kept; 0 means for ever.
    pub log_keep_days: u16,
    /// How many megabytes of them are kept a tenant; 0 means all.
    pub log_keep_megabytes: u32,
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
    /// What clients may take.
    pub limits: listener::Limits,
    /// The mail server that takes notices, when there is one.
    pub smtp: Option<Smtp>,
}

/// The settings that the command line may override; `None` leaves them to the file.
#[derive(Debug, Default)]
pub struct Flags {
    /// See [`Config`].
    pub listen: Option<String>,
    /// See [`Config`].
    pub public_url: Option<String>,
    /// See [`Config`].
    pub rate_limit: Option<u32>,
    /// See [`Config`].
    pub log_keep_days: Option<u16>,
    /// See [`Config`].
    pub log_keep_megabytes: Option<u32>,
    /// See [`Config`]; with commas between.
    pub trusted_proxies: Option<String>,
    /// See [`Config::tls`].
    pub tls_certificate: Option<PathBuf>,
    /// See [`Config::tls`].
    pub tls_key: Option<PathBuf>,
    /// See [`Config`].
    pub allow_plain_http: bool,
    /// See [`Limits`](brakes::Limits).
    pub brake_percent: Option<u8>,
    /// See [`Limits`](brakes::Limits).
    pub brake_least: Option<u32>,
    /// See [`Config`].
    pub fetch_private: bool,
    /// See [`Config`].
    pub log_format: Option<String>,
    /// See [`Config`].
    pub metrics_listen: Option<String>,
    /// See [`Config`].
    pub max_connections: Option<u32>,
    /// See [`Config`]; in seconds.
    pub idle_timeout: Option<u32>,
    /// See [`Config`]; in seconds.
    pub body_timeout: Option<u32>,
    /// See [`Config::smtp`].
    pub smtp_url: Option<String>,
    /// See [`Config::smtp`].
    pub smtp_from: Option<String>,
    /// See [`Config::smtp`].
    pub smtp_ca: Option<PathBuf>,
}

impl Config {
    /// Puts flags and file together.
    pub fn new(flags: Flags, file: &ConfigFile) -> Result<Self, String> {
        let brakes = brake_limits(flags.brake_percent.or(file.brake_percent), flags.brake_least.or(file.brake_least))?;
        let certificate = flags.tls_certificate.or_else(|| file.tls_certificate.clone());
        let tls = certificate_files(certificate, flags.tls_key.or_else(|| file.tls_key.clone()))?;
        let smtp_url = flags.smtp_url.as_ref().or(file.smtp_url.as_ref());
        let smtp_from = flags.smtp_from.as_ref().or(file.smtp_from.as_ref());
        let smtp_ca = flags.smtp_ca.as_deref().or(file.smtp_ca.as_deref());
        let smtp = Smtp::new(smtp_url.map(String::as_str), smtp_from.map(String::as_str), smtp_ca)?;
        let listen = flags.listen.or_else(|| file.listen.clone()).unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
        let listen: SocketAddr =
            listen.parse().map_err(|_| format!("the address to listen on, {listen}, must look like 127.0.0.1:3000"))?;
        let public_url = match flags.public_url.or_else(|| file.public_url.clone()) {
            Some(url) => checked_public_url(&url)?,
            None if tls.is_some() => format!("https://{listen}"),
            None => format!("http://{listen}"),
        };
        let metrics = flags.metrics_listen.as_ref().or(file.metrics_listen.as_ref());
        let metrics_listen = metrics
            .map(|address| {
                address
                    .parse()
                    .map_err(|_| format!("the address for metrics, {address}, must look like 127.0.0.1:9090"))
            })
            .transpose()?;
        let seconds = |flag: Option<u32>, file: Option<u32>| {
            Duration::from_secs(flag.or(file).unwrap_or(DEFAULT_PATIENCE).max(1).into())
        };
        Ok(Self {
            log_format: flags
                .log_format
                .as_ref()
                .or(file.log_format.as_ref())
                .map_or(Ok(Format::default()), |name| name.parse())?,
            metrics_listen,
            limits: listener::Limits {
                connections: flags.max_connections.or(file.max_connections).unwrap_or(DEFAULT_CONNECTIONS).max(1),
                idle: seconds(flags.idle_timeout, file.idle_timeout),
                body: seconds(flags.body_timeout, file.body_timeout),
            },
            listen,
            public_url,
            rate_limit: flags.rate_limit.or(file.rate_limit).unwrap_or(DEFAULT_RATE_LIMIT),
            log_keep_days: flags.log_keep_days.or(file.log_keep_days).unwrap_or(DEFAULT_LOG_KEEP_DAYS),
            log_keep_megabytes: flags.log_keep_megabytes.or(file.log_keep_megabytes).unwrap_or(0),
            fetch_private: flags.fetch_private || file.fetch_private.unwrap_or(false),
            trusted_proxies: networks(flags.trusted_proxies.as_ref().or(file.trusted_proxies.as_ref()))?,
            tls,
            allow_plain_http: flags.allow_plain_http || file.allow_plain_http.unwrap_or(false),
            brakes,
            smtp,
        })
    }

    /// What is kept of the provisioning log.
    pub fn log_limits(&self) -> Limits {
        let days = Some(self.log_keep_days).filter(|days| *days > 0);
        let megabytes = Some(self.log_keep_megabytes).filter(|megabytes| *megabytes > 0);
        Limits {
            age: days.map(|days| time::Duration::days(days.into())),
            size: megabytes.map(|megabytes| i64::from(megabytes) * 1_000_000),
        }
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

fn certificate_files(certificate: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<CertificateFiles>, String> {
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(CertificateFiles { certificate, key })),
        _ => Err("TLS wants both: --tls-certificate and --tls-key".to_owned()),
    }
}

fn brake_limits(percent: Option<u8>, least: Option<u32>) -> Result<brakes::Limits, String> {
    let default = brakes::Limits::default();
    let percent = percent.unwrap_or(default.percent);
    if percent > 100 {
        return Err(format!("the share of employees that may leave within an hour, {percent}, must be 100 or less"));
    }
    Ok(brakes::Limits { percent, least: least.unwrap_or(default.least) })
}

/// Addresses and networks with commas between.
fn networks(list: Option<&String>) -> Result<Vec<IpNet>, String> {
    let items = list.map_or("", String::as_str).split(',').map(str::trim).filter(|item| !item.is_empty());
    let network = |item: &str| item.parse().or_else(|_| item.parse::<IpAddr>().map(IpNet::from));
    items
        .map(|item| {
            network(item).map_err(|_| format!("the trusted proxy {item} must look like 10.0.0.7 or 10.0.0.0/8"))
        })
        .collect()
}

fn checked_public_url(url: &str) -> Result<String, String> {
    let trimmed = url.trim_end_matches('/');
    let parsed = trimmed.parse::<http::Uri>().ok().filter(|parsed| {
        matches!(parsed.scheme_str(), Some("http" | "https"))
            && parsed.host().is_some_and(|host| !host.is_empty())
            && parsed.query().is_none()
            && parsed.path().trim_matches('/').is_empty()
    });
    match parsed {
        Some(_) => Ok(trimmed.to_owned()),
        None => Err(format!("the public address {url} must look like https://console.example.com")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(listen: Option<&str>, public_url: Option<&str>, file: &ConfigFile) -> Result<Config, String> {
        let flags =
            Flags { listen: listen.map(str::to_owned), public_url: public_url.map(str::to_owned), ..Flags::default() };
        Config::new(flags, file)
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let file = "listen = \"127.0.0.1:4000\"\nrate_limit = 0\nlog_keep_days = 0\nlog_keep_megabytes = 5";
        let file: ConfigFile = toml::from_str(file).expect("valid");
        let from_file = config(None, None, &file).expect("valid");
        assert_eq!((from_file.listen.port(), from_file.rate_limit), (4000, 0));
        assert_eq!(from_file.log_limits(), Limits { age: None, size: Some(5_000_000) });
        let from_flag = config(Some("127.0.0.1:5000"), Some("https://x.test/"), &file).expect("valid");
        assert_eq!((from_flag.listen.port(), from_flag.scim_url().as_str()), (5000, "https://x.test/scim"));
        let default = config(None, None, &ConfigFile::default()).expect("valid");
        assert_eq!((default.public_url.as_str(), default.rate_limit), ("http://127.0.0.1:3000", 250));
        assert_eq!(default.log_limits(), Limits { age: Some(time::Duration::days(400)), size: None });
    }

    #[test]
    fn bad_values_are_named() {
        let none = ConfigFile::default();
        assert!(config(Some("everywhere"), None, &none).expect_err("no address").contains("everywhere"));
        for url in ["console.example.com", "ftp://x", "https://x/path", "https://", "https://x?y"] {
            assert!(config(None, Some(url), &none).expect_err(url).contains(url));
        }
        let proxies =
            |text: &str| Config::new(Flags { trusted_proxies: Some(text.to_owned()), ..Flags::default() }, &none);
        assert_eq!(proxies("10.0.0.7, 2001:db8::/32").expect("valid").trusted_proxies.len(), 2);
        assert!(proxies("10.0.0.0/33").expect_err("no network").contains("10.0.0.0/33"));
        let half = Flags { tls_key: Some("key.pem".into()), ..Flags::default() };
        assert!(Config::new(half, &none).expect_err("a key alone").contains("--tls-certificate"));
        let brake = Flags { brake_percent: Some(101), ..Flags::default() };
        assert!(Config::new(brake, &none).expect_err("more than all").contains("101"));
        assert!(toml::from_str::<ConfigFile>("lisen = \"x\"").is_err(), "a typing error must not pass silently");
    }
}
