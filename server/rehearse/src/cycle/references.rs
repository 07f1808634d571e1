//! Managers: sent when both ends exist.

use serde_json::Value;

use super::{Job, Manager, accepted};
use crate::people::{Directory, Person};
use crate::report::{Action, Report, Step};
use crate::transport::{Request, escaped, quoted};

impl Job<'_> {
    pub(super) fn provision_managers(&mut self, directory: &Directory, report: &mut Report) {
        let people: Vec<&Person> = directory.people.iter().filter(|person| self.has_news(person)).collect();
        let results = self.stage("Managers", &people, |person| match self.send_manager(person) {
            Ok(manager) => (None, Some((person.object_id.clone(), manager))),
            Err(reason) => (Some(Step::failed(person.label(), Action::Update, reason)), None),
        });
        for (step, written) in results {
            step.iter().for_each(|step| report.count(step, false));
            let Some((source, manager)) = written else { continue };
            report.references += 1;
            if let Some(linked) = self.users.get_mut(&source) {
                linked.manager = Manager::Is(manager);
            }
        }
    }

    /// The manager's id in the target.
    fn manager_of(&self, person: &Person) -> Option<String> {
        Some(self.users.get(person.manager.as_ref()?)?.id.clone())
    }

    fn has_news(&self, person: &Person) -> bool {
        let Some(linked) = self.users.get(&person.object_id) else { return false };
        if self.settings.scope.excludes(person).is_some() {
            return false;
        }
        match &linked.manager {
            Manager::Unknown => person.manager.is_some(),
            Manager::Is(known) => *known != self.manager_of(person),
        }
    }

    fn send_manager(&self, person: &Person) -> Result<Option<String>, String> {
        let dialect = self.settings.dialect;
        let linked = self.users.get(&person.object_id).ok_or("not in the target")?;
        let manager = self.manager_of(person);
        if let (true, Manager::Unknown, Some(manager)) = (dialect.is_azure(), &linked.manager, &manager)
            && self.refers("/Users", &linked.id, "manager", manager)?
        {
            return Ok(Some(manager.clone()));
        }
        let current = if dialect.is_azure() {
            Value::Null
        } else {
            self.send(&Request::get(format!("/Users/{}", linked.id)))?.json()
        };
        accepted(&self.send(&dialect.set_manager(&linked.id, manager.as_deref(), &current))?)?;
        Ok(manager)
    }

    /// Azure's reference check: is this one among those that refer to that one?
    pub(super) fn refers(&self, endpoint: &str, id: &str, attribute: &str, value: &str) -> Result<bool, String> {
        let filter = format!("id eq {} and {attribute} eq {}", quoted(id), quoted(value));
        let answer = self.send(&Request::get(format!("{endpoint}?filter={}&attributes=id", escaped(&filter, "+"))))?;
        let total = answer.json()["totalResults"].as_u64().filter(|_| answer.status == 200);
        Ok(total.ok_or_else(|| answer.reason())? > 0)
    }
}
