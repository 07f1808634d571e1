//! Groups without their members.

use std::collections::{BTreeSet, HashSet};

use super::matching::Found;
use super::{Job, LinkedGroup, accepted};
use crate::people::{Directory, Team};
use crate::report::{Action, Report, Step};
use crate::transport::Request;

type Done = (Option<Step>, Option<LinkedGroup>);

impl Job<'_> {
    pub(super) fn provision_groups(&mut self, directory: &Directory, initial: bool, report: &mut Report) {
        let news: Vec<&Team> = directory.teams.iter().filter(|team| initial || self.is_news(team)).collect();
        let results = self.stage("Groups", &news, |team| {
            let (step, linked) = self.group(team);
            (step, linked.map(|linked| (team.object_id.clone(), linked)))
        });
        for (step, linked) in results {
            step.iter().for_each(|step| report.count(step, true));
            self.groups.extend(linked);
        }
        self.delete_groups(directory, report);
    }

    fn is_news(&self, team: &Team) -> bool {
        self.groups.get(&team.object_id).is_none_or(|linked| linked.name != team.display_name)
    }

    fn group(&self, team: &Team) -> Done {
        let dialect = self.settings.dialect;
        if let Some(linked) = self.groups.get(&team.object_id) {
            let answer = self.send(&dialect.rename_group(&linked.id, &team.display_name));
            return match answer.and_then(|answer| accepted(&answer)) {
                Ok(()) => {
                    let linked = LinkedGroup { name: team.display_name.clone(), ..linked.clone() };
                    (Some(Step::done(&team.display_name, Action::Update)), Some(linked))
                }
                Err(reason) => failed(team, Action::Update, reason),
            };
        }
        match self.find("/Groups", dialect, &[("displayName".to_owned(), team.display_name.clone())]) {
            Ok(Found::One(resource)) => match resource["id"].as_str() {
                Some(id) => {
                    let name = team.display_name.clone();
                    let linked = LinkedGroup { id: id.to_owned(), name, members: None, found: true };
                    (Some(Step::skipped(&team.display_name, "RedundantExport: already as it should be")), Some(linked))
                }
                None => failed(team, Action::Update, "the matched group has no id"),
            },
            Ok(Found::Nobody) => self.create_group(team),
            Err(reason) => failed(team, Action::Create, reason),
        }
    }

    fn create_group(&self, team: &Team) -> Done {
        let body = self.settings.dialect.new_group(&team.object_id, &team.display_name);
        let answer = match self.send(&Request::with_body("POST", "/Groups", body)) {
            Ok(answer) if answer.status == 201 => answer.json(),
            Ok(answer) => return failed(team, Action::Create, answer.reason()),
            Err(reason) => return failed(team, Action::Create, reason),
        };
        let Some(id) = answer["id"].as_str() else {
            return failed(team, Action::Create, "the answer to the creation has no id");
        };
        let (name, members) = (team.display_name.clone(), Some(BTreeSet::new()));
        let linked = LinkedGroup { id: id.to_owned(), name, members, found: false };
        (Some(Step::done(&team.display_name, Action::Create)), Some(linked))
    }

    fn delete_groups(&mut self, directory: &Directory, report: &mut Report) {
        let known: HashSet<&str> = directory.teams.iter().map(|team| team.object_id.as_str()).collect();
        let mut gone: Vec<String> = self.groups.keys().filter(|id| !known.contains(id.as_str())).cloned().collect();
        gone.sort_unstable();
        let results = self.stage("Deleted groups", &gone, |source| {
            let Some(linked) = self.groups.get(source) else { return (None, None) };
            match self.send(&Request::delete(format!("/Groups/{}", linked.id))) {
                Ok(answer) if matches!(answer.status, 200 | 204 | 404) => {
                    (Some(Step::done(&linked.name, Action::Delete)), Some(source.clone()))
                }
                Ok(answer) => (Some(Step::failed(&linked.name, Action::Delete, answer.reason())), None),
                Err(reason) => (Some(Step::failed(&linked.name, Action::Delete, reason)), None),
            }
        });
        for (step, forgotten) in results {
            step.iter().for_each(|step| report.count(step, true));
            forgotten.map(|source| self.groups.remove(&source));
        }
    }
}

fn failed(team: &Team, action: Action, reason: impl Into<String>) -> Done {
    (Some(Step::failed(&team.display_name, action, reason)), None)
}
