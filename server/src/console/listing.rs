//! What the addresses of lists ask for.

use app::components::{Filter, FilterOption, Pager};
use serde::Deserialize;
use store::integrations::Integration;
use store::listing::{COUNTED, Listed, Order, Step, Wanted};

use super::ignored::Ignored;

/// Rows on a page.
pub(super) const SIZE: usize = 50;

/// The query of a list. Whatever means nothing is as if it were not there, and [`Query::ignored`] tells it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    pub(super) q: String,
    pub(super) status: String,
    pub(super) provider: String,
    pub(super) group: String,
    pub(super) sort: String,
    pub(super) after: String,
    pub(super) before: String,
}

/// The orders of employees: in addresses, for people, and in the database.
const ORDERS: [(&str, &str, Order, bool); 6] = [
    ("", "Name, A to Z", Order::Name, false),
    ("name-desc", "Name, Z to A", Order::Name, true),
    ("username", "User name, A to Z", Order::UserName, false),
    ("username-desc", "User name, Z to A", Order::UserName, true),
    ("changed", "Last change, newest first", Order::Changed, true),
    ("changed-asc", "Last change, oldest first", Order::Changed, false),
];

impl Query {
    /// What to look for in the database.
    pub(super) fn wanted(&self, integrations: &[Integration]) -> Wanted {
        let (_, _, order, descending) = ORDERS.into_iter().find(|(key, ..)| *key == self.sort).unwrap_or(ORDERS[0]);
        let integration = integrations.iter().find(|known| known.provider.key() == self.provider);
        Wanted {
            text: self.q.clone(),
            active: match self.status.as_str() {
                "active" => Some(true),
                "inactive" => Some(false),
                _ => None,
            },
            integration: integration.map(|integration| integration.id.clone()),
            group: Some(self.group.clone()).filter(|group| !group.is_empty()),
            order,
            descending,
            step: match (self.after.as_str(), self.before.as_str()) {
                ("", "") => Step::First,
                ("", before) => Step::Before(before.to_owned()),
                (after, _) => Step::After(after.to_owned()),
            },
            size: SIZE,
        }
    }

    /// What was asked in vain.
    pub(super) fn ignored(&self, integrations: &[Integration]) -> Vec<String> {
        let mut ignored = Ignored::default();
        ignored.word("Status", &self.status, ["active", "inactive"].contains(&self.status.as_str()));
        let provider = integrations.iter().any(|known| known.provider.key() == self.provider);
        ignored.word("Provider", &self.provider, provider);
        ignored.word("Sort by", &self.sort, ORDERS.iter().any(|(key, ..)| *key == self.sort));
        ignored.0
    }

    /// Whether anything narrows the list.
    pub(super) fn narrows(&self) -> bool {
        [&self.q, &self.status, &self.provider, &self.group].into_iter().any(|value| !value.trim().is_empty())
    }

    /// The list's address with another place to begin.
    pub(super) fn address(&self, path: &str, place: Option<(&str, &str)>) -> String {
        let own = [
            ("q", self.q.trim()),
            ("status", &self.status),
            ("provider", &self.provider),
            ("group", &self.group),
            ("sort", &self.sort),
        ];
        let pairs: Vec<_> = own.into_iter().filter(|(_, value)| !value.is_empty()).chain(place).collect();
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// Where a page of the list stands.
    pub(super) fn pager<T>(&self, path: &str, page: &Listed<T>) -> Pager {
        Pager {
            shown: page.items.len(),
            total: page.total,
            counted: COUNTED,
            previous: page.first.as_deref().map(|first| self.address(path, Some(("before", first)))),
            next: page.last.as_deref().map(|last| self.address(path, Some(("after", last)))),
            first: self.address(path, None),
        }
    }

    /// Active, inactive or both.
    pub(super) fn status_filter(&self) -> Filter {
        let options = [("", "Any"), ("active", "Active"), ("inactive", "Inactive")];
        Filter { name: "status", label: "Status", options: options.map(owned).into(), value: self.status.clone() }
    }

    /// By provider, where there is more than one.
    pub(super) fn provider_filter(&self, integrations: &[Integration]) -> Option<Filter> {
        let known = integrations.iter().map(|known| (known.provider.key(), known.provider.name()));
        let options: Vec<_> = [("", "Any")].into_iter().chain(known).map(owned).collect();
        let filter = Filter { name: "provider", label: "Provider", options, value: self.provider.clone() };
        (integrations.len() > 1).then_some(filter)
    }

    /// The order of employees.
    pub(super) fn sort_filter(&self) -> Filter {
        let options = ORDERS.map(|(key, words, ..)| owned((key, words))).into();
        Filter { name: "sort", label: "Sort by", options, value: self.sort.clone() }
    }
}

fn owned((value, words): (&str, &str)) -> FilterOption {
    (value.to_owned(), words.to_owned())
}

/// The name of the provider that an integration is with.
pub(super) fn provider_name(integrations: &[Integration], id: &store::IntegrationId) -> &'static str {
    integrations.iter().find(|known| known.id == *id).map_or("Your identity provider", |known| known.provider.name())
}

/// A number of rows that was counted up to a limit.
pub(super) fn counted(count: u64, limit: u64, one: &str, many: &str) -> String {
    let grouped = app::components::grouped;
    match count {
        1 => format!("1 {one}"),
        count if count > limit => format!("more than {} {many}", grouped(limit)),
        count => format!("{} {many}", grouped(count)),
    }
}

#[cfg(test)]
mod tests {
    use store::listing::{Order, Step};

    use super::{Query, counted};

    #[test]
    fn an_address_keeps_what_was_asked_for() {
        let query = Query { q: " a&b ".into(), sort: "changed".into(), after: "1.x".into(), ..Query::default() };
        let wanted = query.wanted(&[]);
        assert_eq!((wanted.order, wanted.descending, wanted.step), (Order::Changed, true, Step::After("1.x".into())));
        assert_eq!(query.address("/employees", Some(("before", "y"))), "/employees?q=a%26b&sort=changed&before=y");
        assert_eq!(Query::default().address("/employees", None), "/employees");
    }

    #[test]
    fn what_is_not_understood_asks_for_nothing() {
        let query = Query { status: "x".into(), provider: "x".into(), sort: "x".into(), ..Query::default() };
        let wanted = query.wanted(&[]);
        assert_eq!((wanted.active, wanted.integration, wanted.order), (None, None, Order::Name));
    }

    #[test]
    fn counts_have_a_limit() {
        let words = [0, 1, 2, 1_000, 1_001].map(|count| counted(count, 1_000, "member", "members"));
        assert_eq!(words, ["0 members", "1 member", "2 members", "1,000 members", "more than 1,000 members"]);
    }
}
