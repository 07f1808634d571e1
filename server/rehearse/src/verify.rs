//! Reads the target back and compares it with the source, person by person.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::cycle::Job;
use crate::people::{Directory, Person, Team};
use crate::transport::{Client, Request};

/// Resources a page.
const PAGE: usize = 100;

/// What the comparison gave.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// People and groups that were looked at.
    pub compared: usize,
    /// What is not as it should be, in words.
    pub differences: Vec<String>,
    /// Members, of groups that were there before, who are not the source's. Azure never learns of them.
    pub foreign_members: usize,
}

/// Everything at an endpoint, by id. RFC 7644 §3.4.2.4: pages by index.
fn everything(client: &Client<'_>, endpoint: &str) -> Result<HashMap<String, Value>, String> {
    let mut all = HashMap::new();
    let mut start = 1;
    loop {
        let answer = client.send(&Request::get(format!("{endpoint}?startIndex={start}&count={PAGE}")))?;
        let mut body = answer.json();
        if answer.status != 200 {
            return Err(format!("{endpoint} answered {}", answer.reason()));
        }
        let Value::Array(page) = body["Resources"].take() else { return Ok(all) };
        if page.is_empty() {
            return Ok(all);
        }
        start += page.len();
        all.extend(page.into_iter().filter_map(|resource| Some((resource["id"].as_str()?.to_owned(), resource))));
        if body["totalResults"].as_u64().is_none_or(|total| u64::try_from(start).is_ok_and(|start| start > total)) {
            return Ok(all);
        }
    }
}

impl Job<'_> {
    /// Compares the target with what the directory says it should be.
    pub fn verify(&self, directory: &Directory) -> Result<Verdict, String> {
        let users = everything(self.client, "/Users")?;
        let groups = everything(self.client, "/Groups")?;
        let mut verdict = Verdict::default();
        for person in &directory.people {
            verdict.compared += 1;
            self.compare_person(person, &users, &mut verdict.differences);
        }
        for team in &directory.teams {
            verdict.compared += 1;
            self.compare_team(team, &groups, &mut verdict);
        }
        self.client.take_timings();
        Ok(verdict)
    }

    fn compare_person(&self, person: &Person, users: &HashMap<String, Value>, differences: &mut Vec<String>) {
        let label = person.label();
        let excluded = self.settings.scope.excludes(person).is_some();
        let Some(linked) = self.users.get(&person.object_id) else {
            if !excluded {
                differences.push(format!("{label} is not in the target"));
            }
            return;
        };
        let Some(resource) = users.get(&linked.id) else {
            differences.push(format!("{label} is gone from the target"));
            return;
        };
        if excluded {
            if resource["active"] != Value::Bool(false) {
                differences.push(format!("{label} is still active"));
            }
            return;
        }
        for (path, value) in self.settings.mapping.values(person) {
            let found = path.read(resource);
            if found != Some(&value) {
                let found = found.unwrap_or(&Value::Null);
                differences.push(format!("{label}: {path} is {found} instead of {value}"));
            }
        }
        let manager = person.manager.as_ref().and_then(|manager| self.users.get(manager)).map(|linked| &linked.id);
        let found = resource[scim::urn::ENTERPRISE]["manager"]["value"].as_str();
        if found != manager.map(String::as_str) {
            differences.push(format!("{label}: the manager is {found:?} instead of {manager:?}"));
        }
    }

    fn compare_team(&self, team: &Team, groups: &HashMap<String, Value>, verdict: &mut Verdict) {
        let (name, differences) = (&team.display_name, &mut verdict.differences);
        let linked = self.groups.get(&team.object_id);
        let Some((linked, resource)) = linked.and_then(|linked| Some((linked, groups.get(&linked.id)?))) else {
            differences.push(format!("the group {name} is not in the target"));
            return;
        };
        if resource["displayName"] != **name {
            differences.push(format!("the group {name} is called {}", resource["displayName"]));
        }
        let wanted = self.members_of(team);
        let members = resource["members"].as_array().into_iter().flatten();
        let found: BTreeSet<String> =
            members.filter_map(|member| member["value"].as_str().map(str::to_owned)).collect();
        let (missing, mut surplus) = (wanted.difference(&found).count(), found.difference(&wanted).count());
        if linked.found && self.settings.dialect.is_azure() {
            verdict.foreign_members += std::mem::take(&mut surplus);
        }
        if missing + surplus > 0 {
            differences.push(format!("the group {name} lacks {missing} members and has {surplus} too many"));
        }
    }
}
