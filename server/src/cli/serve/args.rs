//! The flags of `spaceiq serve`.

use std::path::PathBuf;

use clap::Args;

use crate::config::Settings;

#[derive(Args)]
pub(in crate::cli) struct ServeArgs {
    /// Address to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "SPACEIQ_LISTEN", value_name = "ADDRESS")]
    listen: Option<String>,
    /// Address that browsers and identity providers use [default: http:// and the address to listen on]
    #[arg(long, env = "SPACEIQ_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// SCIM requests a second and company, with bursts of ten times that; 0 for no limit [default: 250]
    #[arg(long, env = "SPACEIQ_RATE_LIMIT", value_name = "NUMBER")]
    rate_limit: Option<u32>,
    /// Proxies whose X-Forwarded-For is believed: addresses and networks, with commas between [default: none]
    #[arg(long, env = "SPACEIQ_TRUSTED_PROXIES", value_name = "NETWORKS")]
    trusted_proxies: Option<String>,
    /// Days for which provisioning events are kept; 0 for ever [default: 400]
    #[arg(long, env = "SPACEIQ_LOG_KEEP_DAYS", value_name = "DAYS")]
    log_keep_days: Option<u16>,
    /// Megabytes of provisioning events that are kept for each company; 0 for all [default: 0]
    #[arg(long, env = "SPACEIQ_LOG_KEEP_MEGABYTES", value_name = "MEGABYTES")]
    log_keep_megabytes: Option<u32>,
    /// PEM file with the server's certificate and those that lead to a root: the server speaks TLS itself
    #[arg(long, env = "SPACEIQ_TLS_CERTIFICATE", value_name = "FILE")]
    tls_certificate: Option<PathBuf>,
    /// PEM file with the certificate's private key
    #[arg(long, env = "SPACEIQ_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Answer SCIM over plain http from other machines too: tokens can be listened to
    #[arg(long, env = "SPACEIQ_ALLOW_PLAIN_HTTP")]
    allow_plain_http: bool,
    /// How the log is written: text or json [default: text]
    #[arg(long, env = "SPACEIQ_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<String>,
    /// Address on which Prometheus finds /metrics [default: none]
    #[arg(long, env = "SPACEIQ_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: Option<String>,
    /// Collector of traces
    #[arg(
        long,
        help = "Collector that takes a trace of each request, OTLP over HTTP: http://127.0.0.1:4318 [default: none]",
        env = "SPACEIQ_OTLP_URL",
        value_name = "URL"
    )]
    otlp_url: Option<String>,
    /// Connections at a time [default: 20000]
    #[arg(long, env = "SPACEIQ_MAX_CONNECTIONS", value_name = "NUMBER")]
    max_connections: Option<u32>,
    /// Seconds after which a connection without a whole request head, or whose answer nobody takes, is closed
    /// [default: 60]
    #[arg(long, env = "SPACEIQ_IDLE_TIMEOUT", value_name = "SECONDS")]
    idle_timeout: Option<u32>,
    /// Seconds that a request's body may take to arrive [default: 60]
    #[arg(long, env = "SPACEIQ_BODY_TIMEOUT", value_name = "SECONDS")]
    body_timeout: Option<u32>,
    /// Share of its employees, in percent, that an integration may disable or delete within an hour before an admin
    /// is asked; 0 for any [default: 20]
    #[arg(long, env = "SPACEIQ_BRAKE_PERCENT", value_name = "NUMBER")]
    brake_percent: Option<u8>,
    /// So few never matter [default: 10]
    #[arg(long, env = "SPACEIQ_BRAKE_LEAST", value_name = "NUMBER")]
    brake_least: Option<u32>,
    /// Fetch metadata of identity providers from private networks and this machine as well
    #[arg(long, env = "SPACEIQ_FETCH_PRIVATE")]
    fetch_private: bool,
    /// Mail server for notices
    #[arg(
        long,
        help = "Mail server for notices: smtps://USER:PASSWORD@HOST, or smtp://HOST:PORT with STARTTLS [default: none]",
        env = "SPACEIQ_SMTP_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    smtp_url: Option<String>,
    /// Sender of notices: "SpaceIQ <spaceiq@example.com>"
    #[arg(long, env = "SPACEIQ_SMTP_FROM", value_name = "ADDRESS")]
    smtp_from: Option<String>,
    /// PEM file with the authorities that the mail server's certificate may come from, in the place of those that
    /// browsers trust
    #[arg(long, env = "SPACEIQ_SMTP_CA", value_name = "FILE")]
    smtp_ca: Option<PathBuf>,
}

impl ServeArgs {
    /// What was said. The database is named to every command, and elsewhere.
    pub(in crate::cli) fn settings(self) -> Settings {
        Settings {
            database_url: None,
            listen: self.listen,
            public_url: self.public_url,
            rate_limit: self.rate_limit,
            log_keep_days: self.log_keep_days,
            log_keep_megabytes: self.log_keep_megabytes,
            trusted_proxies: self.trusted_proxies,
            fetch_private: self.fetch_private.then_some(true),
            tls_certificate: self.tls_certificate,
            tls_key: self.tls_key,
            allow_plain_http: self.allow_plain_http.then_some(true),
            brake_percent: self.brake_percent,
            brake_least: self.brake_least,
            log_format: self.log_format,
            metrics_listen: self.metrics_listen,
            otlp_url: self.otlp_url,
            max_connections: self.max_connections,
            idle_timeout: self.idle_timeout,
            body_timeout: self.body_timeout,
            smtp_url: self.smtp_url,
            smtp_from: self.smtp_from,
            smtp_ca: self.smtp_ca,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command};

    use super::*;

    #[test]
    fn the_readme_lists_every_flag_and_its_variable() {
        let readme = include_str!("../../../../README.md");
        let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `--")).collect();
        let command = ServeArgs::augment_args(Command::new("serve"));
        let mut flags = 0;
        for flag in command.get_arguments() {
            let (long, variable) = (flag.get_long().expect("a flag"), flag.get_env().expect("a variable"));
            let variable = variable.to_string_lossy();
            let named = |row: &&&str| row.contains(&format!("`--{long}`")) && row.contains(&format!("`{variable}`"));
            assert_eq!(rows.iter().filter(named).count(), 1, "--{long}, {variable}");
            flags += 1;
        }
        assert!(flags > 20, "{flags}");
    }
}
