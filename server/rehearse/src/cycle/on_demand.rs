//! *Provision on demand*: one person at once, in four steps that Azure shows.

use super::Job;
use crate::people::Person;
use crate::report::{Action, Step};

/// One of the four steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Azure's name of it.
    pub name: &'static str,
    /// Whether it went well.
    pub done: bool,
    /// What came of it.
    pub detail: String,
}

impl Job<'_> {
    /// Provisions one person. Azure's flag has no effect here: the default dialect is spoken.
    pub fn on_demand(&mut self, person: &Person) -> Vec<Stage> {
        let stage = |name, done, detail: String| Stage { name, done, detail };
        let mut stages = vec![stage("Import user", true, format!("{} was read from the source", person.label()))];
        let scope = "Determine if user is in scope";
        let known = self.users.contains_key(&person.object_id);
        match self.settings.scope.excludes(person) {
            Some(reason) if !known => {
                stages.push(stage(scope, false, reason.to_owned()));
                return stages;
            }
            Some(reason) => stages.push(stage(scope, true, format!("{reason}; was provisioned before"))),
            None => stages.push(stage(scope, true, "in scope".to_owned())),
        }
        let (step, linked) = self.user(person, self.settings.dialect.on_demand(), true);
        let step = step.unwrap_or_else(|| Step::skipped(person.label(), "RedundantExport: already as it should be"));
        let matched =
            if step.action == Action::Create { "nobody in the target matches" } else { "found in the target" };
        stages.push(stage("Match user between source and target system", true, matched.to_owned()));
        let reason = step.reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        let word = if step.failed { "failed" } else { step.action.word() };
        stages.push(stage("Perform action", !step.failed, format!("{word}{reason}")));
        if let Some(linked) = linked {
            self.users.insert(person.object_id.clone(), linked);
        }
        stages
    }
}
