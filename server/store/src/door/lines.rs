//! Lines of people who are to be added, one for each company: nobody waits for another company's.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::job::Hiring;
use crate::TenantId;

type Waiting = HashMap<TenantId, Vec<Hiring>>;

/// Who waits. There is a line as long as somebody works it off.
#[derive(Clone, Default)]
pub(super) struct Lines(Arc<Mutex<Waiting>>);

/// A company's line, for the one who works it off. Dropping it sends away who still waits: they are told that the database
/// does not answer.
pub(super) struct Line {
    lines: Lines,
    /// `None` when nobody waits any more, and the line is over.
    tenant: Option<TenantId>,
}

impl Lines {
    /// Lets somebody wait. Who is the first has to work the line off.
    pub(super) fn join(&self, hiring: Hiring) -> Option<Line> {
        let tenant = hiring.hire.tenant().clone();
        match self.waiting().entry(tenant.clone()) {
            Entry::Occupied(mut line) => {
                line.get_mut().push(hiring);
                None
            }
            Entry::Vacant(line) => {
                line.insert(vec![hiring]);
                Some(Line { lines: self.clone(), tenant: Some(tenant) })
            }
        }
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.waiting().values().map(Vec::len).sum()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// The next ones, at most so many; when nobody waits the line is over.
    pub(super) fn next(&mut self, at_most: usize) -> Vec<Hiring> {
        let Some(tenant) = &self.tenant else { return Vec::new() };
        let mut waiting = self.lines.waiting();
        let Some(line) = waiting.get_mut(tenant) else { return Vec::new() };
        // Nobody waits for their answers any more.
        line.retain(|hiring| !hiring.reply.is_closed());
        let next: Vec<_> = line.drain(..line.len().min(at_most)).collect();
        if next.is_empty() {
            waiting.remove(tenant);
            drop(waiting);
            self.tenant = None;
        }
        next
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(tenant) = &self.tenant {
            let gone = self.lines.waiting().remove(tenant);
            drop(gone);
        }
    }
}
