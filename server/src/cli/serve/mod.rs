//! `spaceiq serve`.

mod args;

use std::net::SocketAddr;

use store::{Store, StoreError, accounts, one_time_code, setup_codes, transfer};
use tokio::net::TcpListener;

pub(super) use args::ServeArgs;

use super::{Failure, Session};
use crate::config::Config;
use crate::console::rehearsal::clean;
use crate::notices::{self, Mailer};
use crate::state::AppState;
use crate::traces::Traces;
use crate::transport::certificate::Certificate;
use crate::{assets, listener, metrics, router, telemetry, upkeep};

/// How long a setup link works.
const SETUP_HOURS: i64 = 24;

pub(super) async fn serve(session: Session, args: ServeArgs) -> Result<(), Failure> {
    let mut config = Config::new(args.settings(), &session.file)?;
    refuse_half_a_copy(&session.store).await?;
    // From here on the server can be asked to stop, also while it starts.
    let stop = stop_signal();
    let certificate = config.tls.clone().map(Certificate::open).transpose()?;
    if let Some(certificate) = &certificate {
        tokio::spawn(certificate.clone().follow());
    }
    let tls = certificate.map(|certificate| certificate.acceptor()).transpose()?;
    let mailer = config.smtp.as_ref().map(|smtp| Mailer::new(smtp, &config.public_url)).transpose()?;
    let traces = config.otlp_url.as_deref().map(Traces::start).transpose()?;
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
    tokio::spawn(upkeep::forever(session.store.clone(), config.log_limits));
    tokio::spawn(clean::forever(session.store.clone()));
    if let Some(mailer) = mailer {
        tokio::spawn(notices::forever(session.store.clone(), mailer));
    }
    let limits = config.limits.within_the_process();
    let state = AppState::new(session.store, config, session.random).with_traces(traces);
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
