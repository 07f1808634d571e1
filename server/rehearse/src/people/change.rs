//! What happens in a company between two cycles.

use std::collections::HashSet;

use super::generate::{person, relocate};
use super::names::{DEPARTMENTS, TITLES};
use super::random::Dice;
use super::{Directory, Standing};

/// How much happens, in percent of everybody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evolution {
    /// Changes of all kinds: new titles, names, places and managers, people blocked and let in again, new people,
    /// renamed groups, members who come and go.
    pub change: usize,
    /// People who leave: a third loses the assignment, a third goes to the recycle bin, a third is deleted for good.
    pub offboard: usize,
}

/// Changes a directory reproducibly. At least one person is touched where the share is not nil.
pub fn evolve(directory: &mut Directory, evolution: Evolution, seed: u64) {
    let mut dice = Dice::new(seed);
    for count in 0..share(directory.people.len(), evolution.change) {
        change_one(directory, &mut dice, count);
    }
    for count in 0..share(directory.teams.len(), evolution.change) {
        change_team(directory, &mut dice, count);
    }
    for count in 0..share(directory.people.len(), evolution.offboard) {
        offboard(directory, &mut dice, count);
    }
}

fn share(of: usize, percent: usize) -> usize {
    if percent == 0 || of == 0 { 0 } else { (of * percent / 100).max(1) }
}

fn change_one(directory: &mut Directory, dice: &mut Dice, count: usize) {
    let place = dice.below(directory.people.len());
    let boss = dice.below(place.max(1));
    match count % 10 {
        7 => hire(directory, dice),
        6 if place > 0 => directory.people[place].manager = Some(directory.people[boss].object_id.clone()),
        kind => {
            let person = &mut directory.people[place];
            match kind {
                0 | 1 => person.set("jobTitle", format!("Senior {}", dice.pick(&TITLES))),
                2 => person.set("department", *dice.pick(&DEPARTMENTS)),
                3 => person.set("mobile", format!("+1 555 {:04}", dice.below(10_000))),
                4 => relocate(dice, person),
                5 => rename(person),
                8 if person.standing == Standing::Enabled => person.standing = Standing::Disabled,
                _ if person.standing == Standing::Disabled => person.standing = Standing::Enabled,
                _ => person.set("employeeId", format!("N{:06}", dice.below(1_000_000))),
            }
        }
    }
}

/// Somebody marries: the family name changes, and with it the name to sign in with.
fn rename(person: &mut super::Person) {
    let family = person.get("surname").unwrap_or_default();
    if family.ends_with("-Lind") {
        return;
    }
    let given = person.get("givenName").unwrap_or_default();
    person.set("surname", format!("{family}-Lind"));
    person.set("displayName", format!("{given} {family}-Lind"));
    let name = person.get("userPrincipalName").unwrap_or_default().replacen('@', ".lind@", 1);
    person.set("mail", name.clone());
    person.set("userPrincipalName", name);
}

fn hire(directory: &mut Directory, dice: &mut Dice) {
    let mut taken: HashSet<String> =
        directory.people.iter().filter_map(|person| person.attributes.get("mailNickname").cloned()).collect();
    let mut hired = person(dice, &mut taken, directory.people.len());
    hired.manager = Some(dice.pick(&directory.people).object_id.clone());
    if !directory.teams.is_empty() {
        let team = dice.below(directory.teams.len());
        directory.teams[team].members.insert(hired.object_id.clone());
    }
    directory.people.push(hired);
}

fn change_team(directory: &mut Directory, dice: &mut Dice, count: usize) {
    let joins: Vec<String> = (0..2).map(|_| dice.pick(&directory.people).object_id.clone()).collect();
    let place = dice.below(directory.teams.len());
    let team = &mut directory.teams[place];
    match count % 3 {
        0 => team.display_name.push_str(" (new)"),
        1 => {
            let leaver = dice.below(team.members.len());
            let leaves = team.members.iter().nth(leaver).cloned();
            team.members.extend(joins);
            leaves.map(|member| team.members.remove(&member));
        }
        _ => team.members.extend(joins),
    }
}

fn offboard(directory: &mut Directory, dice: &mut Dice, count: usize) {
    let place = dice.below(directory.people.len());
    let person = &mut directory.people[place];
    match count % 3 {
        0 => person.role = None,
        1 => person.standing = Standing::Deleted,
        _ => {
            let gone = directory.people.remove(place).object_id;
            for team in &mut directory.teams {
                team.members.remove(&gone);
            }
            for person in &mut directory.people {
                person.manager.take_if(|manager| *manager == gone);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::generate;
    use super::*;

    #[test]
    fn changes_are_reproducible_and_as_many_as_asked() {
        let before = generate(1000, 60, 7);
        let after = |evolution| {
            let mut directory = before.clone();
            evolve(&mut directory, evolution, 11);
            directory
        };
        let changed = after(Evolution { change: 10, offboard: 0 });
        assert_eq!(changed, after(Evolution { change: 10, offboard: 0 }));
        let hired = changed.people.len() - before.people.len();
        let touched = before.people.iter().zip(&changed.people).filter(|(before, after)| before != after).count();
        assert!(hired == 10 && (70..=90).contains(&touched), "{hired} {touched}");
        assert!(changed.people.iter().any(|person| person.standing == Standing::Disabled));
        assert!(
            before.teams.iter().zip(&changed.teams).any(|(before, after)| before.display_name != after.display_name)
        );
        let left = after(Evolution { change: 0, offboard: 5 });
        assert!(left.people.len() < 1000 && left.people.iter().any(|person| person.role.is_none()));
        assert!(left.people.iter().any(|person| person.standing == Standing::Deleted));
        assert_eq!(after(Evolution::default()), before);
    }
}
