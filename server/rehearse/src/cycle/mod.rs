//! What a provisioning service does, in its order: people, then managers, then groups, then members.
//!
//! The first cycle looks for everybody in the target, then creates or updates. Later ones send what has changed since,
//! with the ids that the target gave. A job lives in memory: a new one finds the same people again by their names, as
//! Azure does after *Restart provisioning*.

mod connection;
mod groups;
mod matching;
mod members;
mod on_demand;
mod quarantine;
mod references;
mod users;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use crate::dialect::Dialect;
use crate::mapping::{Mapping, Values};
use crate::parallel::parallel;
use crate::people::Directory;
use crate::report::{Observer, Report, Step};
use crate::scope::Scope;
use crate::transport::{Answer, Client, Request};

pub use on_demand::Stage;

/// Requests that Azure has under way at once.
pub const THREADS: usize = 8;
/// Deletions in one cycle above which Azure stops and asks.
pub const DELETION_THRESHOLD: usize = 500;

/// How a job works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whom it plays.
    pub dialect: Dialect,
    /// What people look like in the target.
    pub mapping: Mapping,
    /// Who is provisioned.
    pub scope: Scope,
    /// Requests under way at once.
    pub threads: usize,
    /// People disabled or deleted in one cycle above which none is.
    pub deletion_threshold: usize,
}

impl Settings {
    /// As the dialect's owner has them by default.
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            mapping: Mapping::azure(),
            scope: Scope::default(),
            threads: THREADS,
            deletion_threshold: DELETION_THRESHOLD,
        }
    }
}

/// A person or group as it was last sent.
#[derive(Debug, Clone)]
pub(crate) struct LinkedUser {
    /// The target's id.
    pub(crate) id: String,
    pub(crate) values: Values,
    pub(crate) manager: Manager,
}

/// What is known of a person's manager in the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Manager {
    /// The person was there before.
    Unknown,
    /// The manager's id in the target, or nobody.
    Is(Option<String>),
}

#[derive(Debug, Clone)]
pub(crate) struct LinkedGroup {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The members' ids in the target; `None` when the group was there before.
    pub(crate) members: Option<BTreeSet<String>>,
    /// Whether the group was there before.
    pub(crate) found: bool,
}

/// One provisioning job: a source, a target, and what it remembers of both.
pub struct Job<'a> {
    pub(crate) client: &'a Client<'a>,
    pub(crate) settings: Settings,
    observer: &'a dyn Observer,
    pub(crate) users: HashMap<String, LinkedUser>,
    pub(crate) groups: HashMap<String, LinkedGroup>,
    cycles: usize,
    /// Why everything stops: the target does not accept the credentials, or is not SCIM.
    stopped: Mutex<Option<String>>,
}

impl<'a> Job<'a> {
    /// A job that knows nothing yet.
    pub fn new(client: &'a Client<'a>, settings: Settings, observer: &'a dyn Observer) -> Self {
        Self {
            client,
            settings,
            observer,
            users: HashMap::new(),
            groups: HashMap::new(),
            cycles: 0,
            stopped: Mutex::default(),
        }
    }

    /// The ids that the target gave to people, by the directory's ids.
    pub fn target_ids(&self) -> HashMap<&str, &str> {
        self.users.iter().map(|(source, linked)| (source.as_str(), linked.id.as_str())).collect()
    }

    /// One cycle: the initial one, or what has changed since.
    pub fn cycle(&mut self, directory: &Directory) -> Report {
        let initial = self.cycles == 0;
        self.cycles += 1;
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.client.take_timings();
        let started = self.client.now();
        let mut report =
            Report { cycle: if initial { "initial" } else { "incremental" }.to_owned(), ..Report::default() };
        self.provision_users(directory, initial, &mut report);
        self.provision_managers(directory, &mut report);
        self.provision_groups(directory, initial, &mut report);
        self.provision_members(directory, &mut report);
        report.elapsed = self.client.now().saturating_sub(started);
        report.timings = self.client.take_timings();
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner).take();
        report.quarantine = stopped.or(report.quarantine.take()).or_else(|| quarantine::verdict(&report));
        report
    }

    /// Sends a request; `Err` says why what it was for has failed.
    pub(crate) fn send(&self, request: &Request) -> Result<Answer, String> {
        if let Some(reason) = self.stop_reason() {
            return Err(reason);
        }
        let answer = self.client.send(request).map_err(|error| format!("no answer: {error}"))?;
        // Expired or revoked credentials put the job into quarantine at once.
        if matches!(answer.status, 401 | 403) {
            self.stop(format!("InvalidCredentials: the target answered {}", answer.reason()));
            return Err(answer.reason());
        }
        Ok(answer)
    }

    pub(crate) fn stop(&self, reason: String) {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reason);
    }

    fn stop_reason(&self) -> Option<String> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Works on all items of a stage, a few at a time. Once the job is stopped the rest is left alone.
    fn stage<T: Sync, R: Send>(
        &self,
        name: &str,
        items: &[T],
        work: impl Fn(&T) -> (Option<Step>, R) + Sync,
    ) -> Vec<(Option<Step>, R)> {
        if items.is_empty() {
            return Vec::new();
        }
        self.observer.stage(name, items.len());
        let results = parallel(self.settings.threads, items, |item| {
            if self.stop_reason().is_some() {
                return None;
            }
            let (step, result) = work(item);
            let watched = step.clone().unwrap_or_else(|| Step::skipped("", ""));
            self.observer.step(&watched);
            Some((step, result))
        });
        results.into_iter().flatten().collect()
    }
}

/// 200, 201 and 204 are what changes are answered with.
fn accepted(answer: &Answer) -> Result<(), String> {
    if matches!(answer.status, 200 | 201 | 204) { Ok(()) } else { Err(answer.reason()) }
}
