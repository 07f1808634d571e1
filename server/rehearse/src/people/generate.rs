//! People who do not exist: the same ones for the same seed.

use std::collections::HashSet;

use super::names::{DEPARTMENTS, Name, PLACES, Place, TITLES};
use super::random::Dice;
use super::{Directory, Person, Team};

/// The domain of RFC 2606 that belongs to nobody.
const DOMAIN: &str = "rehearsal.example";
/// A manager has about this many people.
const SPAN: usize = 9;

/// A company of so many people and groups.
pub fn generate(users: usize, groups: usize, seed: u64) -> Directory {
    let mut dice = Dice::new(seed);
    let mut taken = HashSet::new();
    let mut people: Vec<Person> = Vec::with_capacity(users);
    for place in 0..users {
        let mut person = person(&mut dice, &mut taken, place);
        // The first person leads; everybody after reports to somebody before, so that there are no circles.
        person.manager = (place > 0).then(|| people[dice.below(place.div_ceil(SPAN))].object_id.clone());
        people.push(person);
    }
    let teams = (0..groups).map(|place| team(&mut dice, &people, place, groups)).collect();
    Directory { people, teams }
}

/// Somebody new with a name that nobody has had.
pub(super) fn person(dice: &mut Dice, taken: &mut HashSet<String>, place: usize) -> Person {
    let home = dice.pick(&PLACES);
    let (given, family) = (dice.pick(home.given), dice.pick(home.family));
    let mut person = Person { object_id: dice.object_id(), role: Some("User".to_owned()), ..Person::default() };
    name(&mut person, home, *given, *family, taken);
    let department = dice.pick(&DEPARTMENTS);
    person.set("department", *department);
    person.set("jobTitle", format!("{}, {department}", dice.pick(&TITLES)));
    person.set("employeeId", format!("{:06}", place + 100_000));
    person.set("preferredLanguage", home.language);
    person.set("telephoneNumber", format!("{} {:07}", home.dial, dice.below(10_000_000)));
    if dice.percent(40) {
        person.set("mobile", format!("{} {:08}", home.dial, dice.below(100_000_000)));
    }
    move_to(dice, &mut person, home);
    person
}

fn name(person: &mut Person, home: &Place, given: Name, family: Name, taken: &mut HashSet<String>) {
    let base = format!("{}.{}", given.1, family.1);
    let mut alias = base.clone();
    let mut number = 1;
    while !taken.insert(alias.clone()) {
        number += 1;
        alias = format!("{base}{number}");
    }
    let display =
        if home.family_first { format!("{}{}", family.0, given.0) } else { format!("{} {}", given.0, family.0) };
    person.set("displayName", display);
    person.set("givenName", given.0);
    person.set("surname", family.0);
    person.set("mailNickname", alias.clone());
    person.set("mail", format!("{alias}@{DOMAIN}"));
    person.set("userPrincipalName", format!("{alias}@{DOMAIN}"));
}

fn move_to(dice: &mut Dice, person: &mut Person, home: &Place) {
    person.set("physicalDeliveryOfficeName", format!("{} {}", home.city, 1 + dice.below(40)));
    person.set("streetAddress", format!("{} {}", home.street, 1 + dice.below(200)));
    person.set("city", home.city);
    person.set("state", home.region);
    person.set("postalCode", format!("{:05}", dice.below(100_000)));
    person.set("country", home.country);
}

/// Somewhere else to work.
pub(super) fn relocate(dice: &mut Dice, person: &mut Person) {
    let home = dice.pick(&PLACES);
    move_to(dice, person, home);
}

fn team(dice: &mut Dice, people: &[Person], place: usize, teams: usize) -> Team {
    let department = DEPARTMENTS[place % DEPARTMENTS.len()];
    let city = PLACES[place / DEPARTMENTS.len() % PLACES.len()].city;
    let round = place / (DEPARTMENTS.len() * PLACES.len());
    let number = if round == 0 { String::new() } else { format!(" {}", round + 1) };
    let members = if people.is_empty() {
        std::collections::BTreeSet::new()
    } else {
        let size = 1 + dice.below((people.len() * 3 / teams.max(1)).max(2));
        (0..size).map(|_| dice.pick(people).object_id.clone()).collect()
    };
    Team { object_id: dice.object_id(), display_name: format!("{department} {city}{number}"), members }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_company() {
        assert_eq!(generate(300, 20, 7), generate(300, 20, 7));
        assert_ne!(generate(300, 20, 7), generate(300, 20, 8));
    }

    #[test]
    fn names_ids_and_groups_are_unique_and_managers_come_first() {
        let directory = generate(3000, 500, 7);
        let unique = |attribute: &str| {
            directory.people.iter().filter_map(|person| person.get(attribute)).collect::<HashSet<_>>().len()
        };
        for attribute in ["userPrincipalName", "mail", "mailNickname", "objectId", "employeeId"] {
            assert_eq!(unique(attribute), 3000, "{attribute}");
        }
        assert!(unique("displayName") > 800 && unique("city") == PLACES.len());
        assert_eq!(directory.teams.iter().map(|team| &team.display_name).collect::<HashSet<_>>().len(), 500);
        let mut seen = HashSet::new();
        for person in &directory.people {
            assert!(person.manager.as_ref().is_none_or(|manager| seen.contains(manager)));
            seen.insert(person.object_id.clone());
            assert!(person.get("userPrincipalName").is_some_and(|name| name.is_ascii()));
        }
    }
}
