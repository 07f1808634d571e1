//! Who is provisioned at all: assignments, then scoping filters.

use crate::people::{Person, Standing};

/// The role that Azure gives to whoever is assigned without one.
const DEFAULT_ACCESS: &str = "Default Access";

/// Rules over source attributes: all clauses of one group must hold, and one group at least.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    groups: Vec<Vec<Clause>>,
}

/// One condition, such as `department EQUALS Sales`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    attribute: String,
    operator: Operator,
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equals,
    NotEquals,
    IsNull,
    IsNotNull,
    IsTrue,
    IsFalse,
    Includes,
}

/// As they stand on Azure's screen; longer ones first.
const OPERATORS: [(&str, Operator); 7] = [
    ("NOT EQUALS", Operator::NotEquals),
    ("IS NOT NULL", Operator::IsNotNull),
    ("IS NULL", Operator::IsNull),
    ("IS TRUE", Operator::IsTrue),
    ("IS FALSE", Operator::IsFalse),
    ("INCLUDES", Operator::Includes),
    ("EQUALS", Operator::Equals),
];

impl Clause {
    /// Reads `attribute OPERATOR [value]`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is no scoping filter; write it like: department EQUALS Sales (or NOT EQUALS, INCLUDES, IS NULL, IS NOT NULL, IS TRUE, IS FALSE)"
            )
        };
        let (attribute, rest) = text.trim().split_once(' ').ok_or_else(wrong)?;
        let rest = rest.trim();
        let (operator, value) = OPERATORS
            .iter()
            .find_map(|(words, operator)| {
                let value = rest.strip_prefix(words)?;
                (value.is_empty() || value.starts_with(' ')).then(|| (*operator, value.trim()))
            })
            .ok_or_else(wrong)?;
        let compares = matches!(operator, Operator::Equals | Operator::NotEquals | Operator::Includes);
        if compares == value.is_empty() {
            return Err(wrong());
        }
        Ok(Self { attribute: attribute.to_owned(), operator, value: value.to_owned() })
    }

    fn holds(&self, person: &Person) -> bool {
        let value = person.get(&self.attribute);
        let is = |wanted: &str| value.as_deref().is_some_and(|value| value.eq_ignore_ascii_case(wanted));
        match self.operator {
            Operator::Equals => is(&self.value),
            Operator::NotEquals => !is(&self.value),
            Operator::IsNull => value.is_none(),
            Operator::IsNotNull => value.is_some(),
            Operator::IsTrue => is("true"),
            Operator::IsFalse => is("false"),
            Operator::Includes => {
                value.is_some_and(|value| scim::fold::fold(&value).contains(&scim::fold::fold(&self.value)))
            }
        }
    }
}

impl Scope {
    /// Groups of clauses; without any, everybody assigned is in scope.
    pub fn new(groups: Vec<Vec<Clause>>) -> Self {
        Self { groups }
    }

    /// Why somebody is not provisioned; `None` for who is. The words are those of Azure's provisioning log.
    pub fn excludes(&self, person: &Person) -> Option<&'static str> {
        match person.role.as_deref() {
            None => return Some("NotEffectivelyEntitled: not assigned to the application"),
            Some(DEFAULT_ACCESS) => return Some("NotEffectivelyEntitled: assigned with the role Default Access only"),
            Some(_) => {}
        }
        if person.standing == Standing::Deleted {
            return Some("SoftDeleted: in the recycle bin");
        }
        let inside = self.groups.is_empty() || self.groups.iter().any(|all| all.iter().all(|one| one.holds(person)));
        (!inside).then_some("NotInScope: excluded by the scoping filter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(role: Option<&str>, department: &str) -> Person {
        let mut person = Person { role: role.map(str::to_owned), ..Person::default() };
        person.set("department", department);
        person
    }

    #[test]
    fn assignments_come_first() {
        let scope = Scope::default();
        assert_eq!(scope.excludes(&person(Some("User"), "Sales")), None);
        assert!(scope.excludes(&person(None, "Sales")).is_some_and(|why| why.contains("not assigned")));
        assert!(scope.excludes(&person(Some("Default Access"), "x")).is_some_and(|why| why.contains("Default Access")));
        let gone = Person { standing: Standing::Deleted, ..person(Some("User"), "x") };
        assert!(scope.excludes(&gone).is_some());
    }

    #[test]
    fn clauses_are_anded_and_groups_ored() {
        let clause = |text| Clause::parse(text).expect("a clause");
        let scope = Scope::new(vec![
            vec![clause("department EQUALS sales"), clause("accountEnabled IS TRUE")],
            vec![clause("department INCLUDES RES"), clause("city IS NULL"), clause("department NOT EQUALS Rest")],
        ]);
        let inside = |person: &Person| scope.excludes(person).is_none();
        assert!(inside(&person(Some("User"), "Sales")) && inside(&person(Some("User"), "Research")));
        assert!(!inside(&person(Some("User"), "Legal")) && !inside(&person(Some("User"), "REST")));
        let blocked = Person { standing: Standing::Disabled, ..person(Some("User"), "Sales") };
        assert!(!inside(&blocked));
    }

    #[test]
    fn reads_only_what_it_understands() {
        for text in ["", "department", "department LIKES x", "department EQUALS", "department IS NULL x", "x EQUALSy"] {
            assert!(Clause::parse(text).is_err(), "{text}");
        }
        assert_eq!(Clause::parse("x IS NOT NULL").map(|clause| clause.operator), Ok(Operator::IsNotNull));
    }
}
