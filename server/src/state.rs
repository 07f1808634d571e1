//! What every handler can reach.

use std::net::IpAddr;
use std::sync::Arc;

use store::{Random, Store, TenantId};

use crate::config::Config;
use crate::log::recorder::FailureRecorder;
use crate::metrics::Metrics;
use crate::passkeys::Passkeys;
use crate::password::Passwords;
use crate::rate_limit::RateLimit;
use crate::traces::Traces;
use crate::usage::UsageRecorder;

/// Sign-ons that begin or end here, a second and network they come from; ten times that at once.
const SIGN_ONS: u32 = 10;
/// Sign-ons that begin here, a second and company, wherever they come from.
const ALL_SIGN_ONS: u32 = 100;
/// Refused sign-ons that are written down, a second and company.
const REFUSALS: u32 = 10;
/// Reports of found tokens a second; ten times that at once.
const REPORTS: u32 = 5;

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// See [`AppState`].
pub struct Inner {
    /// The database.
    pub store: Store,
    /// Settings.
    pub config: Config,
    /// Passwords of accounts.
    pub passwords: Passwords,
    /// What asks for passkeys, where browsers know them.
    pub(crate) passkeys: Option<Passkeys>,
    /// Figures for Prometheus.
    pub metrics: Metrics,
    /// Traces for a collector, when there is one.
    pub(crate) traces: Option<Traces>,
    /// Randomness for salts, which are computed on other threads.
    pub random: Arc<dyn Random>,
    pub(crate) rate_limit: RateLimit<TenantId>,
    /// Of sign-ons from one network: each costs a signature or a row.
    pub(crate) sign_on_limit: RateLimit<IpAddr>,
    /// Of sign-ons that strangers can make the server remember.
    pub(crate) all_sign_ons_limit: RateLimit<TenantId>,
    /// Of what strangers can make the server write about sign-ons.
    pub(crate) refusal_limit: RateLimit<TenantId>,
    /// Of tokens that strangers report.
    pub(crate) report_limit: RateLimit<()>,
    pub(crate) usage: Arc<UsageRecorder>,
    pub(crate) failures: Arc<FailureRecorder>,
}

impl AppState {
    /// Must be called within the runtime: it starts the task that writes down what tokens were used for.
    pub fn new(store: Store, config: Config, random: Arc<dyn Random>) -> Self {
        let passwords = Passwords::new(&*random);
        let passkeys = Passkeys::new(&config.public_url);
        let rate_limit = RateLimit::new(config.rate_limit);
        let sign_on_limit = RateLimit::new(SIGN_ONS);
        let all_sign_ons_limit = RateLimit::new(ALL_SIGN_ONS);
        let refusal_limit = RateLimit::new(REFUSALS);
        let report_limit = RateLimit::new(REPORTS);
        let usage = UsageRecorder::start(store.clone());
        let failures = FailureRecorder::start(store.clone());
        let metrics = Metrics::default();
        Self(Arc::new(Inner {
            store,
            config,
            passwords,
            passkeys,
            metrics,
            traces: None,
            random,
            rate_limit,
            sign_on_limit,
            all_sign_ons_limit,
            refusal_limit,
            report_limit,
            usage,
            failures,
        }))
    }

    /// Has traces of requests sent. Must be called before the state is shared.
    #[must_use]
    pub fn with_traces(mut self, traces: Option<Traces>) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.traces = traces;
        }
        self
    }

    /// Writes down what still waits to be, before the server stops.
    pub async fn finish(&self) {
        self.usage.finish().await;
        self.failures.finish().await;
        let state = self.clone();
        let sent = tokio::task::spawn_blocking(move || state.traces.as_ref().map(Traces::finish));
        if let Err(error) = sent.await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the last traces were not sent");
        }
    }
}

impl std::ops::Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
