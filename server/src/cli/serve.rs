//! `spaceiq serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use store::{Store, StoreError, accounts, one_time_code, setup_codes, transfer};
use tokio::net::TcpListener;

use super::{Failure, Session};
use crate::config::{Config, Flags};
use crate::console::rehearsal::clean;
use crate::notices::{self, Mailer};
use crate::state::AppState;
use crate::transport::certificate::Certificate;
use crate::{assets, listener, metrics, router, telemetry, upkeep};

/// How long a setup link works.
const SETUP_HOURS: i64 = 24;

#[derive(Args)]
pub(super) struct ServeArgs {
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
    pub(super) fn flags(self) -> Flags {
        Flags {
            listen: self.listen,
            public_url: self.public_url,
            rate_limit: self.rate_limit,
            log_keep_days: self.log_keep_days,
            log_keep_megabytes: self.log_keep_megabytes,
            trusted_proxies: self.trusted_proxies,
            fetch_private: self.fetch_private,
            tls_certificate: self.tls_certificate,
            tls_key: self.tls_key,
            allow_plain_http: self.allow_plain_http,
            brake_percent: self.brake_percent,
            brake_least: self.brake_least,
            log_format: self.log_format,
            metrics_listen: self.metrics_listen,
            max_connections: self.max_connections,
            idle_timeout: self.idle_timeout,
            body_timeout: self.body_timeout,
            smtp_url: self.smtp_url,
            smtp_from: self.smtp_from,
            smtp_ca: self.smtp_ca,
        }
    }
}

pub(super) async fn serve(session: Session, args: ServeArgs) -> Result<(), Failure> {
    let mut config = Config::new(args.flags(), &session.file)?;
    refuse_half_a_copy(&session.store).await?;
    // From here on the server can be asked to stop, also while it starts.
    let stop = stop_signal();
    let certificate = config.tls.clone().map(Certificate::open).transpose()?;
    if let Some(certificate) = &certificate {
        tokio::spawn(certificate.clone().follow());
    }
    let tls = certificate.map(|certificate| certificate.acceptor()).transpose()?;
    let mailer = config.smtp.as_ref().map(|smtp| Mailer::new(smtp, &config.public_url)).transpose()?;
    let listener = bind(config.listen).await?;
    let metrics = match config.metrics_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let address =
        listener.local_addr().map_err(|error| Failure(format!("cannot listen on {}: {error}", config.listen)))?;
    if config.listen.port() == 0 {
        let unknown = config.listen.to_string();
        config.public_url = config.public_url.replace(&format!("://{unknown}"), &format!("://{address}"));
    }
    config.listen = address;
    telemetry::start(config.log_format);
    println!("SpaceIQ is up: {}", config.public_url);
    if !assets::are_built() {
        println!("This program was built without its styles and scripts; cargo xtask build includes them.");
    }
    print_setup_link(&session.store, &config).await?;
    tokio::spawn(upkeep::forever(session.store.clone(), config.log_limits()));
    tokio::spawn(clean::forever(session.store.clone()));
    if let Some(mailer) = mailer {
        tokio::spawn(notices::forever(session.store.clone(), mailer));
    }
    let limits = config.limits.within_the_process();
    let state = AppState::new(session.store, config, session.random);
    if let Some(listener) = metrics {
        tokio::spawn(axum::serve(listener, metrics::router(state.clone())).into_future());
    }
    let app = router::router(state.clone());
    match tls {
        None => listener::serve(listener, app, limits, stop).await,
        Some(tls) => listener::serve_tls(listener, (app, tls), limits, stop).await,
    }
    state.finish().await;
    if let Err(error) = state.store.step_back().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "another server waits before it takes over");
    }
    Ok(())
}

/// What is served while a copy goes on in it would be lost, or be in the copy's way.
async fn refuse_half_a_copy(store: &Store) -> Result<(), Failure> {
    let mut reader = store.read().await?;
    match transfer::unfinished_copy(&mut reader.conn()).await? {
        Some(source) => Err(Failure(format!(
            "a copy of {source} into this database did not end; start the same spaceiq copy again first"
        ))),
        None => Ok(()),
    }
}

/// While no account exists, whoever holds this link becomes the first admin.
async fn print_setup_link(store: &Store, config: &Config) -> Result<(), Failure> {
    let exists = {
        let mut reader = store.read().await?;
        accounts::any(&mut reader.conn()).await?
    };
    if exists {
        return Ok(());
    }
    let code = one_time_code::generate(store.random());
    let expires_at = store.now() + time::Duration::hours(SETUP_HOURS);
    let added = code.clone();
    store
        .write(move |conn| Box::pin(async move { setup_codes::add(conn, &added, expires_at).await }))
        .await
        .map_err(|error: StoreError| Failure::from(error))?;
    println!(
        "Set up the first account (the link works once, for {SETUP_HOURS} hours):\n  {}/setup?code={code}",
        config.public_url
    );
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| Failure(format!("cannot listen on {address}: {error}")))
}

/// Listens to the system from now on; resolves when the operator or the system asks the server to stop. Requests under
/// way are answered first.
fn stop_signal() -> impl Future<Output = ()> {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = {
        let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        async {
            match signal {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    async {
        tokio::select! {
            () = interrupted => {}
            () = terminated => {}
        }
        tracing::info!("stopping");
    }
}
