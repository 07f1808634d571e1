//! Attribute mappings: what a person of the source looks like in the target.

mod expression;
mod parser;
mod path;

use std::collections::BTreeMap;

use serde_json::Value;

pub use expression::Expression;
pub use path::TargetPath;

use crate::people::Person;

/// One line of the mapping table.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Where the value goes.
    pub target: TargetPath,
    /// Where it comes from.
    pub source: Expression,
    /// The place among the matching attributes; the lowest is asked for first.
    pub matching: Option<u8>,
}

/// The table.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    rules: Vec<Rule>,
}

/// A person's values in the target, by their paths.
pub type Values = BTreeMap<TargetPath, Value>;

/// The default mappings of an application that is not from Azure's gallery.
const AZURE: [(&str, &str, Option<u8>); 24] = [
    ("userName", "[userPrincipalName]", Some(1)),
    ("active", r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#, None),
    ("displayName", "[displayName]", None),
    ("title", "[jobTitle]", None),
    (r#"emails[type eq "work"].value"#, "[mail]", None),
    ("preferredLanguage", "[preferredLanguage]", None),
    ("name.givenName", "[givenName]", None),
    ("name.familyName", "[surname]", None),
    ("name.formatted", r#"Join(" ", [givenName], [surname])"#, None),
    (r#"addresses[type eq "work"].formatted"#, "[physicalDeliveryOfficeName]", None),
    (r#"addresses[type eq "work"].streetAddress"#, "[streetAddress]", None),
    (r#"addresses[type eq "work"].locality"#, "[city]", None),
    (r#"addresses[type eq "work"].region"#, "[state]", None),
    (r#"addresses[type eq "work"].postalCode"#, "[postalCode]", None),
    (r#"addresses[type eq "work"].country"#, "[country]", None),
    (r#"phoneNumbers[type eq "work"].value"#, "[telephoneNumber]", None),
    (r#"phoneNumbers[type eq "mobile"].value"#, "[mobile]", None),
    (r#"phoneNumbers[type eq "fax"].value"#, "[facsimileTelephoneNumber]", None),
    ("externalId", "[mailNickname]", Some(2)),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", "[employeeId]", None),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "[department]", None),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter", "[costCenter]", None),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization", "[companyName]", None),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division", "[division]", None),
];

impl Mapping {
    /// Azure's default table.
    pub fn azure() -> Self {
        let rows = AZURE.iter().map(|(target, source, matching)| {
            Some(Rule {
                target: TargetPath::parse(target)?,
                source: Expression::parse(source).ok()?,
                matching: *matching,
            })
        });
        Self { rules: rows.flatten().collect() }
    }

    /// Any table.
    pub fn new(rules: Vec<Rule>) -> Self {
        Self { rules }
    }

    /// The same table with a line replaced or added: `target=expression`.
    pub fn with(mut self, text: &str) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is no mapping; write it like: displayName=Join(\" \", [givenName], [surname])");
        // A filter path has spaces around its eq, and no equals sign.
        let (target, source) = text.split_once('=').ok_or_else(wrong)?;
        let target = TargetPath::parse(target.trim()).ok_or_else(wrong)?;
        let source = Expression::parse(source.trim()).map_err(|error| format!("{text:?}: {error}"))?;
        match self.rules.iter_mut().find(|rule| rule.target == target) {
            Some(rule) => rule.source = source,
            None => self.rules.push(Rule { target, source, matching: None }),
        }
        Ok(self)
    }

    /// Everything that a person has in the target.
    pub fn values(&self, person: &Person) -> Values {
        let value = |rule: &Rule| {
            let text = rule.source.evaluate(person)?;
            let value = match (rule.target.is_boolean(), text.as_str()) {
                (true, "True") => Value::Bool(true),
                (true, "False") => Value::Bool(false),
                _ => Value::String(text),
            };
            Some((rule.target.clone(), value))
        };
        self.rules.iter().filter_map(value).collect()
    }

    /// What is asked for to find a person, in order of precedence.
    pub fn matching(&self, person: &Person) -> Vec<(&TargetPath, String)> {
        let mut rules: Vec<_> = self.rules.iter().filter(|rule| rule.matching.is_some()).collect();
        rules.sort_by_key(|rule| rule.matching);
        rules.into_iter().filter_map(|rule| Some((&rule.target, rule.source.evaluate(person)?))).collect()
    }
}

#[cfg(test)]
mod tests;
