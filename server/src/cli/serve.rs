//! `spaceiq serve`.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use store::events::{self, Limits};
use store::{
    Store, StoreError, accounts, attempts, brakes, deleted_employees, invitations, one_time_code, sessions,
    setup_codes, tenants, usage,
};
use tokio::net::TcpListener;

use super::{Failure, Session};
use crate::config::{Config, Flags};
use crate::console::brake;
use crate::console::rehearsal::clean;
use crate::state::AppState;
use crate::{assets, router, telemetry};

/// How long a setup link works.
const SETUP_HOURS: i64 = 24;
/// How long the counts of requests are kept.
const USAGE_KEPT: time::Duration = time::Duration::days(30);
/// How long an invitation is shown after its link has expired.
const INVITATIONS_KEPT: time::Duration = time::Duration::days(30);
/// How often expired sessions, invitations and counts are removed.
const PURGE_EVERY: Duration = Duration::from_hours(1);
/// How long the removal of old events rests between two steps.
const PRUNE_PAUSE: Duration = Duration::from_millis(50);

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
}

pub(super) async fn serve(session: Session, args: ServeArgs) -> Result<(), Failure> {
    let flags = Flags {
        listen: args.listen,
        public_url: args.public_url,
        rate_limit: args.rate_limit,
        log_keep_days: args.log_keep_days,
        log_keep_megabytes: args.log_keep_megabytes,
        trusted_proxies: args.trusted_proxies,
        brake_percent: args.brake_percent,
        brake_least: args.brake_least,
        fetch_private: args.fetch_private,
    };
    let mut config = Config::new(flags, &session.file)?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| Failure(format!("cannot listen on {}: {error}", config.listen)))?;
    let address =
        listener.local_addr().map_err(|error| Failure(format!("cannot listen on {}: {error}", config.listen)))?;
    if config.listen.port() == 0 && config.public_url == format!("http://{}", config.listen) {
        config.public_url = format!("http://{address}");
    }
    config.listen = address;
    telemetry::start();
    println!("SpaceIQ is up: {}", config.public_url);
    if !assets::are_built() {
        println!("This program was built without its styles and scripts; cargo xtask build includes them.");
    }
    print_setup_link(&session.store, &config).await?;
    tokio::spawn(purge(session.store.clone(), config.log_limits()));
    tokio::spawn(clean::forever(session.store.clone()));
    let state = AppState::new(session.store, config, session.random);
    let app = router::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app)
        .with_graceful_shutdown(stop_signal())
        .await
        .map_err(|error| Failure(format!("the server stopped: {error}")))?;
    state.finish().await;
    Ok(())
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

/// Removes what nobody asks for any more.
async fn purge(store: Store, limits: Limits) {
    loop {
        let now = store.now();
        let purged: Result<(), StoreError> = store
            .write(move |conn| {
                Box::pin(async move {
                    sessions::purge(conn, now).await?;
                    attempts::purge(conn, now).await?;
                    invitations::purge(conn, now - INVITATIONS_KEPT).await?;
                    brakes::purge(conn, now, deleted_employees::KEPT).await?;
                    usage::purge(conn, now - USAGE_KEPT).await
                })
            })
            .await;
        if let Err(error) = purged {
            tracing::warn!(error = &error as &dyn std::error::Error, "expired rows were not removed");
        }
        if let Err(error) = brake::restore_the_rest(&store).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "not everybody was restored");
        }
        if let Err(error) = forget_deleted(&store).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "deleted employees were not forgotten");
        }
        if let Err(error) = prune(&store, limits).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "old provisioning events were not removed");
        }
        tokio::time::sleep(PURGE_EVERY).await;
    }
}

/// Forgets employees who were deleted long ago, a few at a time.
async fn forget_deleted(store: &Store) -> Result<(), StoreError> {
    const AT_ONCE: i64 = 500;
    let before = store.now() - deleted_employees::KEPT;
    while store
        .write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { deleted_employees::purge(conn, before, AT_ONCE).await })
        })
        .await?
    {
        tokio::time::sleep(PRUNE_PAUSE).await;
    }
    Ok(())
}

/// Removes provisioning events that are beyond the limits, a few at a time: between two steps others get their turn.
async fn prune(store: &Store, limits: Limits) -> Result<(), StoreError> {
    let all = {
        let mut reader = store.read().await?;
        tenants::list(&mut reader.conn()).await?
    };
    for tenant in all {
        let now = store.now();
        loop {
            let id = tenant.id.clone();
            let step = store.write(move |conn| Box::pin(async move { events::prune(conn, &id, limits, now).await }));
            if !step.await? {
                break;
            }
            tokio::time::sleep(PRUNE_PAUSE).await;
        }
    }
    Ok(())
}

/// Resolves when the operator or the system asks the server to stop; requests under way are answered first.
async fn stop_signal() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
    tracing::info!("stopping");
}
