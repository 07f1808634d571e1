//! What a resource must be like.

use scim::condition::{Condition, Scalar, Source, Test};

use super::Builder;
use super::json::Dialect;
use crate::parameters::Bind;
use crate::resources::Table;

/// What has an index beside the document.
enum Index {
    Column(&'static str),
    Emails,
    Members,
    Groups,
}

impl Builder {
    /// `negated`: below a `not`, where a test that is neither true nor false must count as false. Elsewhere SQL treats
    /// it so anyway, and an index can be used.
    pub(super) fn condition(&mut self, condition: &Condition, negated: bool) -> String {
        match condition {
            Condition::And(left, right) => {
                format!("({} AND {})", self.condition(left, negated), self.condition(right, negated))
            }
            Condition::Or(left, right) => {
                format!("({} OR {})", self.condition(left, negated), self.condition(right, negated))
            }
            Condition::Not(inner) => format!("NOT {}", self.condition(inner, true)),
            Condition::Test(source, test) => {
                let sql = self.test(source, test);
                if negated { format!("COALESCE({sql}, FALSE)") } else { format!("({sql})") }
            }
            Condition::Element(keys, inner) => {
                let indexed = self.indexed_email(keys, inner).map(|address| self.has_email(address));
                let list = self.dialect.list(keys);
                // Below `EXISTS` every element's verdict must be true or false.
                let each = self.condition(inner, true);
                let exists = format!("EXISTS (SELECT 1 FROM {list} WHERE {each})");
                indexed.map_or(exists.clone(), |indexed| format!("({indexed} AND {exists})"))
            }
        }
    }

    /// `emails[type eq "work" and value eq "x"]` is how Azure matches by mail: first the index, then the elements.
    fn indexed_email<'c>(&self, keys: &[String], inner: &'c Condition) -> Option<&'c str> {
        if self.table != Table::Employees || keys != ["emails"] {
            return None;
        }
        match inner {
            Condition::And(left, right) => self.indexed_email(keys, left).or_else(|| self.indexed_email(keys, right)),
            Condition::Test(Source::Part(part), Test::Equals(Scalar::Text(text))) if part == "value" => Some(text),
            _ => None,
        }
    }

    fn has_email(&mut self, key: &str) -> String {
        let key = self.bind(Bind::Text(key.to_owned()));
        format!("e.id IN (SELECT employee_id FROM employee_emails WHERE tenant_id = $1 AND email_key = {key})")
    }

    fn has_membership(&mut self, own: &str, other: &str, id: &str) -> String {
        let id = self.bind(Bind::Text(id.to_owned()));
        format!("e.id IN (SELECT {own} FROM group_members WHERE tenant_id = $1 AND {other} = {id})")
    }

    fn test(&mut self, source: &Source, test: &Test) -> String {
        if let Some(sql) = self.indexed(source, test) {
            return sql;
        }
        match source {
            Source::Id => self.text_test("e.id", test),
            Source::Created => self.instant_test("e.created_at", test),
            Source::LastModified => self.instant_test("e.updated_at", test),
            Source::Document(keys) => self.json_test("e.folded", keys, test),
            Source::List(keys, sub) => {
                let list = self.dialect.list(keys);
                let each = self.json_test("x.value", sub.as_slice(), test);
                format!("EXISTS (SELECT 1 FROM {list} WHERE {each})")
            }
            Source::Part(part) => self.json_test("x.value", std::slice::from_ref(part), test),
            Source::Members => {
                let each = self.text_test("m.member_id", test);
                format!(
                    "EXISTS (SELECT 1 FROM group_members m WHERE m.tenant_id = $1 AND m.group_id = e.id AND {each})"
                )
            }
            Source::Groups => {
                let each = self.text_test("m.group_id", test);
                format!(
                    "EXISTS (SELECT 1 FROM group_members m WHERE m.tenant_id = $1 AND m.member_id = e.id AND {each})"
                )
            }
        }
    }

    fn indexed(&mut self, source: &Source, test: &Test) -> Option<String> {
        let (index, wanted) = self.index(source, test)?;
        Some(match index {
            Index::Column(column) => {
                let wanted = self.bind(Bind::Text(wanted.to_owned()));
                format!("{column} = {wanted}")
            }
            Index::Emails => self.has_email(wanted),
            Index::Members => self.has_membership("group_id", "member_id", wanted),
            Index::Groups => self.has_membership("member_id", "group_id", wanted),
        })
    }

    /// The index that finds what equals a text.
    fn index<'t>(&self, source: &Source, test: &'t Test) -> Option<(Index, &'t str)> {
        let Test::Equals(Scalar::Text(wanted)) = test else { return None };
        let employees = self.table == Table::Employees;
        let index = match source {
            Source::Document(keys) if employees && keys == &["userName"] => Index::Column("e.user_name_key"),
            Source::Document(keys) if keys == &["displayName"] => Index::Column("e.display_name_key"),
            Source::Document(keys) if keys == &["externalId"] => Index::Column("e.external_id"),
            Source::List(keys, Some(sub)) if employees && keys == &["emails"] && sub == "value" => Index::Emails,
            Source::Members => Index::Members,
            Source::Groups => Index::Groups,
            _ => return None,
        };
        Some((index, wanted))
    }

    /// Whether an index finds the few that can satisfy the condition.
    pub(super) fn is_selective(&self, condition: &Condition) -> bool {
        match condition {
            Condition::And(left, right) => self.is_selective(left) || self.is_selective(right),
            Condition::Test(source, test) => self.index(source, test).is_some(),
            Condition::Element(keys, inner) => self.indexed_email(keys, inner).is_some(),
            Condition::Or(..) | Condition::Not(_) => false,
        }
    }

    /// A value of another type than the test's passes none: a company's own attribute may have had another type before.
    fn json_test(&mut self, column: &str, keys: &[String], test: &Test) -> String {
        let scalar = match test {
            Test::Present => return format!("{} IS NOT NULL", self.dialect.any(column, keys)),
            Test::Equals(scalar) | Test::Greater(scalar, _) | Test::Less(scalar, _) => Some(scalar),
            Test::Contains(_) | Test::StartsWith(_) | Test::EndsWith(_) => None,
        };
        match scalar {
            Some(Scalar::Boolean(wanted)) => self.dialect.is_boolean(column, keys, *wanted),
            Some(Scalar::Number(number)) => {
                let value = self.dialect.number(column, keys);
                let number = self.bind(Bind::Real(*number));
                compared(&value, test, &number)
            }
            _ => {
                let value = self.dialect.text(column, keys);
                self.text_test(&value, test)
            }
        }
    }

    fn text_test(&mut self, value: &str, test: &Test) -> String {
        match test {
            Test::Present => format!("{value} IS NOT NULL"),
            Test::Contains(wanted) | Test::StartsWith(wanted) | Test::EndsWith(wanted) if wanted.is_empty() => {
                format!("{value} IS NOT NULL")
            }
            // Not LIKE: it has letters with a meaning of their own, and SQLite's ignores the case of some of them.
            Test::Contains(wanted) => {
                let wanted = self.bind(Bind::Text(wanted.clone()));
                if self.dialect == Dialect::Postgres {
                    format!("strpos({value}, {wanted}) > 0")
                } else {
                    format!("instr({value}, {wanted}) > 0")
                }
            }
            Test::StartsWith(wanted) => {
                let wanted = self.bind(Bind::Text(wanted.clone()));
                if self.dialect == Dialect::Postgres {
                    format!("starts_with({value}, {wanted})")
                } else {
                    format!("substr({value}, 1, length({wanted})) = {wanted}")
                }
            }
            Test::EndsWith(wanted) => {
                let wanted = self.bind(Bind::Text(wanted.clone()));
                if self.dialect == Dialect::Postgres {
                    format!("right({value}, length({wanted})) = {wanted}")
                } else {
                    format!("substr({value}, -length({wanted})) = {wanted}")
                }
            }
            Test::Equals(Scalar::Text(wanted))
            | Test::Greater(Scalar::Text(wanted), _)
            | Test::Less(Scalar::Text(wanted), _) => {
                let wanted = self.bind(Bind::Text(wanted.clone()));
                let value =
                    if self.dialect == Dialect::Postgres { format!("{value} COLLATE \"C\"") } else { value.to_owned() };
                compared(&value, test, &wanted)
            }
            Test::Equals(_) | Test::Greater(..) | Test::Less(..) => "FALSE".to_owned(),
        }
    }

    fn instant_test(&mut self, column: &str, test: &Test) -> String {
        match test {
            Test::Present => "TRUE".to_owned(),
            Test::Equals(Scalar::Instant(at))
            | Test::Greater(Scalar::Instant(at), _)
            | Test::Less(Scalar::Instant(at), _) => {
                let at = self.bind(Bind::Integer(*at));
                compared(column, test, &at)
            }
            _ => "FALSE".to_owned(),
        }
    }
}

fn compared(value: &str, test: &Test, wanted: &str) -> String {
    let operator = match test {
        Test::Greater(_, false) => ">",
        Test::Greater(_, true) => ">=",
        Test::Less(_, false) => "<",
        Test::Less(_, true) => "<=",
        _ => "=",
    };
    format!("{value} {operator} {wanted}")
}
