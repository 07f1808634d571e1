//! One run from its first row to its last: it has a token of its own, and goes on when nobody looks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use app::pages::Run;
use rehearse::transport::{HttpTransport, Target};
use serde_json::{Value, json};
use store::audit::{self, Act};
use store::integrations::Provider;
use store::rehearsals::{self, Unfinished};
use store::tokens::{self, TokenSecret};
use store::{IntegrationId, StoreError, TokenId};

use super::super::error::ConsoleError;
use super::super::page::Visitor;
use super::{clean, kind, play};
use crate::state::AppState;

/// What a run needs while it plays.
pub(super) struct Stage {
    /// The way to this server.
    pub(super) transport: HttpTransport,
    /// The address that providers use.
    pub(super) public: Target,
    /// For whom.
    pub(super) provider: Provider,
    /// What the names of all that is created begin with.
    pub(super) prefix: String,
}

/// Begins a run, and lets it go on by itself.
pub(super) async fn start(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    integration: IntegrationId,
    run: Run,
) -> Result<(), ConsoleError> {
    let account = visitor.account()?;
    let (by, now, store) = (account.email.clone(), state.store.now(), &state.store);
    let lost = Unfinished {
        tenant: account.tenant_id.clone(),
        id: store.new_id(),
        integration,
        kind: kind(run).name().to_owned(),
    };
    let secret = TokenSecret::generate(store.random());
    let stage = stage(state, provider, &lost, &secret)?;
    let begun = lost.clone();
    let stored: Result<(), StoreError> = store
        .write(move |conn| {
            Box::pin(async move {
                let Unfinished { tenant, id, integration, .. } = &begun;
                rehearsals::begin(conn, (tenant, integration), (kind(run), id), &by, now).await?;
                // The token has the run's id, so that whoever cleans up finds it.
                tokens::begin_trial(conn, tenant, integration, (&TokenId(id.clone()), &secret), &by, now).await?;
                let action = if run == Run::Rehearsal { "rehearsal.start" } else { "check.start" };
                let act = Act { actor: &by, action, subject: provider.key(), detail: json!({}) };
                audit::record(conn, tenant, &act, now).await
            })
        })
        .await;
    stored?;
    let state = state.clone();
    tokio::spawn(async move {
        let teller = Teller { state: state.clone(), run: lost.clone(), handle: tokio::runtime::Handle::current() };
        let played = tokio::task::spawn_blocking(move || match run {
            Run::Rehearsal => play::rehearsal(&stage, &teller),
            Run::Check => play::check(&stage, &teller),
        });
        if let Err(error) = played.await {
            tracing::error!(error = &error as &dyn std::error::Error, "a rehearsal broke off");
        }
        // What the token was used for is written down before the token goes.
        state.usage.finish().await;
        if let Err(error) = clean::end(&state.store, lost).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a rehearsal was not cleaned up yet");
        }
    });
    Ok(())
}

fn stage(state: &AppState, provider: Provider, run: &Unfinished, secret: &TokenSecret) -> Result<Stage, ConsoleError> {
    let mut listen = state.config.listen;
    if listen.ip().is_unspecified() {
        let loopback =
            if listen.is_ipv4() { IpAddr::from(Ipv4Addr::LOCALHOST) } else { IpAddr::from(Ipv6Addr::LOCALHOST) };
        listen.set_ip(loopback);
    }
    let own = Target::parse(&format!("http://{listen}/scim")).map_err(|_| ConsoleError::Broken)?;
    let public = Target::parse(&state.config.scim_url()).map_err(|_| ConsoleError::Broken)?;
    let transport = HttpTransport::new(own, secret.expose().to_owned());
    Ok(Stage { transport, public, provider, prefix: rehearsals::prefix(&run.kind, &run.id) })
}

/// Writes down how far a run is.
pub(super) struct Teller {
    state: AppState,
    run: Unfinished,
    handle: tokio::runtime::Handle,
}

impl Teller {
    /// From a thread that may wait.
    pub(super) fn tell(&self, lines: &[Value]) {
        let (tenant, id, report) = (self.run.tenant.clone(), self.run.id.clone(), Value::from(lines.to_vec()));
        let store = &self.state.store;
        let told: Result<(), StoreError> = self.handle.block_on(
            store.write(move |conn| Box::pin(async move { rehearsals::report(conn, &tenant, &id, &report).await })),
        );
        if let Err(error) = told {
            tracing::warn!(error = &error as &dyn std::error::Error, "a rehearsal's report was not written");
        }
    }
}
