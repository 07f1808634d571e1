//! In which order resources are listed.

use scim::condition::Source;

use super::Builder;
use super::json::Dialect;
use crate::resources::Table;

impl Builder {
    /// RFC 7644 §3.4.2.3: resources without a value come last when ascending and first when descending. The id makes
    /// the order the same on every page.
    pub(super) fn order(&self, source: &Source, descending: bool) -> String {
        let direction = if descending { "DESC" } else { "ASC" };
        let values = match source {
            Source::Created => return format!("e.created_at {direction}, e.id"),
            Source::LastModified => return format!("e.updated_at {direction}, e.id"),
            Source::Id | Source::Part(_) | Source::Members | Source::Groups => return format!("e.id {direction}"),
            Source::Document(keys) if self.table == Table::Employees && keys == &["userName"] => {
                return format!("e.user_name_key {direction}, e.id");
            }
            Source::Document(keys) => self.sorted(keys, "value"),
            Source::List(keys, sub) => self.sorted(keys, sub.as_deref().unwrap_or("value")),
        };
        let missing: Vec<_> = values.iter().map(|value| format!("{value} IS NULL")).collect();
        // Where it is no number, the other expression decides.
        let nulls = if descending { "FIRST" } else { "LAST" };
        let values: Vec<_> = values.iter().map(|value| format!("{value} {direction} NULLS {nulls}")).collect();
        format!("({}) {direction}, {}, e.id", missing.join(" AND "), values.join(", "))
    }

    /// The column that alone tells of two rows which comes first, and what compares the later ones with it; none where
    /// rows can be equal but for their ids.
    pub(super) fn along(&self, sort: Option<&(Source, bool)>) -> Option<(&'static str, &'static str)> {
        let descending = sort.is_some_and(|(_, descending)| *descending);
        let column = match sort.map(|(source, _)| source) {
            None | Some(Source::Id | Source::Part(_) | Source::Members | Source::Groups) => "e.id",
            Some(Source::Document(keys)) if self.table == Table::Employees && keys == &["userName"] => {
                "e.user_name_key"
            }
            Some(_) => return None,
        };
        Some((column, if descending { "<=" } else { ">=" }))
    }

    /// What to sort by: the value at these keys or, of a list, "the value of the primary attribute, if any, or else the
    /// first value in the list". Numbers and everything else are two expressions, since PostgreSQL's have one type each.
    fn sorted(&self, keys: &[String], part: &str) -> [String; 2] {
        let list = self.dialect.list(keys);
        let part = [part.to_owned()];
        let primary = self.dialect.is_boolean("x.value", &["primary".to_owned()], true);
        let value = |of: fn(Dialect, &str, &[String]) -> String| {
            let scalar = of(self.dialect, "e.folded", keys);
            let element = of(self.dialect, "x.value", &part);
            format!(
                "COALESCE({scalar}, (SELECT {element} FROM {list} WHERE {primary} LIMIT 1), (SELECT {element} FROM {list} LIMIT 1))"
            )
        };
        [value(Dialect::number), value(Dialect::sortable_text)]
    }
}
