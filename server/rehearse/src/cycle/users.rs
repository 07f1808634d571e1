//! People: match, then create or update; disable who is out of scope; delete who is gone.

use serde_json::Value;

use super::matching::Found;
use super::{Job, LinkedUser, Manager, accepted};
use crate::dialect::{Change, Dialect};
use crate::mapping::{TargetPath, Values};
use crate::people::{Directory, Person};
use crate::report::{Action, Report, Step};
use crate::transport::Request;

/// What came of one person: what is remembered from now on.
type Done = (Option<Step>, Option<LinkedUser>);

impl Job<'_> {
    pub(super) fn provision_users(&mut self, directory: &Directory, initial: bool, report: &mut Report) {
        let gone = self.deleted(directory);
        let leaving = directory.people.iter().filter(|person| self.leaves(person)).count();
        let deletions = gone.len() + leaving;
        let guarded = deletions > self.settings.deletion_threshold;
        if guarded {
            report.quarantine = Some(format!(
                "AccidentalDeletions: {deletions} people would be disabled or deleted, more than the threshold of {}; none was",
                self.settings.deletion_threshold
            ));
        }
        let people: Vec<&Person> = directory.people.iter().filter(|person| !guarded || !self.leaves(person)).collect();
        let dialect = self.settings.dialect;
        let results = self.stage("Users", &people, |person| {
            let (step, linked) = self.user(person, dialect, initial);
            (step, linked.map(|linked| (person.object_id.clone(), linked)))
        });
        for (step, linked) in results {
            step.iter().for_each(|step| report.count(step, false));
            self.users.extend(linked);
        }
        if !guarded {
            self.delete_users(&gone, report);
        }
    }

    /// Who is linked and no longer in scope, and still active as far as the target was told.
    fn leaves(&self, person: &Person) -> bool {
        let active =
            |values: &Values| values.iter().any(|(path, value)| path.is("active") && *value == Value::Bool(true));
        self.settings.scope.excludes(person).is_some()
            && self.users.get(&person.object_id).is_some_and(|linked| active(&linked.values))
    }

    /// Who is linked and no longer in the directory at all.
    fn deleted(&self, directory: &Directory) -> Vec<String> {
        let known: std::collections::HashSet<&str> =
            directory.people.iter().map(|person| person.object_id.as_str()).collect();
        let mut gone: Vec<String> = self.users.keys().filter(|id| !known.contains(id.as_str())).cloned().collect();
        gone.sort_unstable();
        gone
    }

    /// One person, as far as references.
    pub(super) fn user(&self, person: &Person, dialect: Dialect, initial: bool) -> Done {
        let excluded = self.settings.scope.excludes(person);
        match (self.users.get(&person.object_id), excluded) {
            (None, Some(reason)) => (initial.then(|| Step::skipped(person.label(), reason)), None),
            (None, None) => self.match_user(person, dialect),
            (Some(linked), _) => {
                let wanted = self.wanted(person, linked);
                self.update_user(person, dialect, linked, wanted)
            }
        }
    }

    /// What somebody who is linked should look like. Of those out of scope only `active` changes, and the name of
    /// those in the recycle bin.
    fn wanted(&self, person: &Person, linked: &LinkedUser) -> Values {
        let values = self.settings.mapping.values(person);
        if self.settings.scope.excludes(person).is_none() {
            return values;
        }
        let mut kept = linked.values.clone();
        for (path, value) in &mut kept {
            if path.is("active") {
                *value = Value::Bool(false);
            } else if let (true, Some(name)) = (path.is("userName"), values.get(path)) {
                value.clone_from(name);
            }
        }
        kept
    }

    fn match_user(&self, person: &Person, dialect: Dialect) -> Done {
        let asked: Vec<(String, String)> =
            self.settings.mapping.matching(person).into_iter().map(|(path, value)| (path.to_string(), value)).collect();
        match self.find("/Users", dialect, &asked) {
            Ok(Found::Nobody) => self.create_user(person, dialect),
            Ok(Found::One(resource)) => {
                let Some(id) = resource["id"].as_str() else {
                    return failed(person, Action::Update, "the matched resource has no id");
                };
                let wanted = self.settings.mapping.values(person);
                let values = present(&wanted, &resource);
                let linked = LinkedUser { id: id.to_owned(), values, manager: Manager::Unknown };
                let (step, updated) = self.update_user(person, dialect, &linked, wanted);
                let redundant = || Step::skipped(person.label(), "RedundantExport: already as it should be");
                (Some(step.unwrap_or_else(redundant)), Some(updated.unwrap_or(linked)))
            }
            Err(reason) => failed(person, Action::Create, reason),
        }
    }

    fn create_user(&self, person: &Person, dialect: Dialect) -> Done {
        let values = self.settings.mapping.values(person);
        let request = Request::with_body("POST", "/Users", dialect.new_user(&values));
        let answer = match self.send(&request) {
            Ok(answer) if answer.status == 201 => answer.json(),
            Ok(answer) => return failed(person, Action::Create, answer.reason()),
            Err(reason) => return failed(person, Action::Create, reason),
        };
        let Some(id) = answer["id"].as_str() else {
            return failed(person, Action::Create, "the answer to the creation has no id");
        };
        let linked = LinkedUser { id: id.to_owned(), values, manager: Manager::Is(None) };
        (Some(Step::done(person.label(), Action::Create)), Some(linked))
    }

    fn update_user(&self, person: &Person, dialect: Dialect, linked: &LinkedUser, wanted: Values) -> Done {
        let changes = changes(&linked.values, &wanted);
        if changes.is_empty() {
            return (None, None);
        }
        let disables = changes.iter().any(|change| change.path.is("active") && change.value == Value::Bool(false));
        let action = if disables { Action::Disable } else { Action::Update };
        let done = || -> Result<(), String> {
            // Reads come before updates.
            let current = self.send(&Request::get(format!("/Users/{}", linked.id)))?;
            if current.status != 200 {
                return Err(current.reason());
            }
            for request in dialect.change_user(&linked.id, &changes, &current.json()) {
                accepted(&self.send(&request)?)?;
            }
            Ok(())
        };
        match done() {
            Ok(()) => {
                let mut values = linked.values.clone();
                values.extend(wanted);
                (Some(Step::done(person.label(), action)), Some(LinkedUser { values, ..linked.clone() }))
            }
            Err(reason) => failed(person, action, reason),
        }
    }

    /// Who is deleted for good in the source is deleted in the target, or disabled by who never deletes.
    fn delete_users(&mut self, gone: &[String], report: &mut Report) {
        let dialect = self.settings.dialect;
        let results = self.stage("Deleted users", gone, |source| {
            let Some(linked) = self.users.get(source) else { return (None, None) };
            let action = if dialect.deletes_people() { Action::Delete } else { Action::Disable };
            let request = if dialect.deletes_people() {
                Ok(vec![Request::delete(format!("/Users/{}", linked.id))])
            } else {
                TargetPath::parse("active").ok_or_else(String::new).map(|path| {
                    let change = Change { path, replaces: true, value: Value::Bool(false) };
                    dialect.change_user(&linked.id, &[change], &Value::Null)
                })
            };
            let done = request.and_then(|requests| {
                requests.iter().try_for_each(|request| {
                    let answer = self.send(request)?;
                    // Somebody else was faster.
                    if answer.status == 404 { Ok(()) } else { accepted(&answer) }
                })
            });
            match done {
                Ok(()) => (Some(Step::done(source, action)), Some((source.clone(), linked.id.clone()))),
                Err(reason) => (Some(Step::failed(source, action, reason)), None),
            }
        });
        for (step, forgotten) in results {
            step.iter().for_each(|step| report.count(step, false));
            let Some((source, id)) = forgotten else { continue };
            self.users.remove(&source);
            // The target takes who is deleted out of its groups.
            if dialect.deletes_people() {
                for members in self.groups.values_mut().filter_map(|group| group.members.as_mut()) {
                    members.remove(&id);
                }
            }
        }
    }
}

fn failed(person: &Person, action: Action, reason: impl Into<String>) -> Done {
    (Some(Step::failed(person.label(), action, reason)), None)
}

/// What of the wanted values a resource has.
fn present(wanted: &Values, resource: &Value) -> Values {
    wanted.keys().filter_map(|path| Some((path.clone(), path.read(resource)?.clone()))).collect()
}

/// Nulls are not sent: a value that is gone in the source stays in the target.
fn changes(before: &Values, wanted: &Values) -> Vec<Change> {
    let differs = |(path, value): (&TargetPath, &Value)| {
        let old = before.get(path);
        (old != Some(value)).then(|| Change { path: path.clone(), replaces: old.is_some(), value: value.clone() })
    };
    wanted.iter().filter_map(differs).collect()
}
