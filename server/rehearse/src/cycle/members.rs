//! Who is in which group.

use std::collections::BTreeSet;

use super::{Job, accepted};
use crate::dialect::Membership;
use crate::people::{Directory, Team};
use crate::report::{Action, Report, Step};
use crate::transport::Request;

/// Members that one request adds or removes at most.
const MEMBERS: usize = 100;

impl Job<'_> {
    pub(super) fn provision_members(&mut self, directory: &Directory, report: &mut Report) {
        let news: Vec<&Team> = directory.teams.iter().filter(|team| self.members_changed(team)).collect();
        let results = self.stage("Members", &news, |team| match self.send_members(team) {
            Ok((members, written)) => (None, Some((team.object_id.clone(), members, written))),
            Err(reason) => (Some(Step::failed(&team.display_name, Action::Update, reason)), None),
        });
        for (step, written) in results {
            step.iter().for_each(|step| report.count(step, true));
            let Some((source, members, written)) = written else { continue };
            report.references += written;
            if let Some(linked) = self.groups.get_mut(&source) {
                linked.members = Some(members);
            }
        }
    }

    /// The ids, in the target, of a group's members. Those who were never in scope are not there.
    pub(crate) fn members_of(&self, team: &Team) -> BTreeSet<String> {
        team.members.iter().filter_map(|member| Some(self.users.get(member)?.id.clone())).collect()
    }

    fn members_changed(&self, team: &Team) -> bool {
        let Some(linked) = self.groups.get(&team.object_id) else { return false };
        linked.members.as_ref() != Some(&self.members_of(team))
    }

    fn send_members(&self, team: &Team) -> Result<(BTreeSet<String>, usize), String> {
        let linked = self.groups.get(&team.object_id).ok_or("not in the target")?;
        let wanted = self.members_of(team);
        let known = match &linked.members {
            Some(members) => members.clone(),
            None => self.known_members(&linked.id, &wanted)?,
        };
        let add: Vec<String> = wanted.difference(&known).cloned().collect();
        let remove: Vec<String> = known.difference(&wanted).cloned().collect();
        let (mut additions, mut removals) = (add.chunks(MEMBERS), remove.chunks(MEMBERS));
        loop {
            let (add, remove) = (additions.next().unwrap_or_default(), removals.next().unwrap_or_default());
            if add.is_empty() && remove.is_empty() {
                break;
            }
            let membership = Membership { id: &linked.id, display_name: &team.display_name, add, remove };
            for request in self.settings.dialect.change_members(membership) {
                accepted(&self.send(&request)?)?;
            }
        }
        Ok((wanted, add.len() + remove.len()))
    }

    /// Azure asks member by member, and so never learns of members that are not its own; others read the group.
    fn known_members(&self, id: &str, wanted: &BTreeSet<String>) -> Result<BTreeSet<String>, String> {
        if self.settings.dialect.is_azure() {
            let mut known = BTreeSet::new();
            for member in wanted {
                if self.refers("/Groups", id, "members", member)? {
                    known.insert(member.clone());
                }
            }
            return Ok(known);
        }
        let group = self.send(&Request::get(format!("/Groups/{id}")))?.json();
        let members = group["members"].as_array().into_iter().flatten();
        Ok(members.filter_map(|member| member["value"].as_str().map(str::to_owned)).collect())
    }
}
