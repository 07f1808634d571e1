//! Which events are meant, as SQL: ids are found in an index.

use std::fmt::Write;

use time::{Duration, OffsetDateTime};

use super::{Action, Outcome};
use crate::parameters::Bind;
use crate::resources::Table;
use crate::{Conn, IntegrationId, TenantId, TokenId, fold, ids, milliseconds, words};

/// Which events; all by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// With one of these outcomes; with any when there are none.
    pub outcomes: Vec<Outcome>,
    /// What was done or tried.
    pub action: Option<Action>,
    /// Whose name begins so, who is found by these beginnings of words, or whose id or correlation id it is.
    pub search: Option<String>,
    /// By which token.
    pub token: Option<TokenId>,
    /// Through which integration.
    pub integration: Option<IntegrationId>,
    /// Of which resource.
    pub resource: Option<String>,
    /// With which correlation id.
    pub correlation: Option<String>,
    /// Not before.
    pub from: Option<OffsetDateTime>,
    /// Before.
    pub until: Option<OffsetDateTime>,
}

/// Where a page is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// At the newest.
    #[default]
    Newest,
    /// The next older ones.
    Before(String),
    /// The next newer ones.
    After(String),
}

/// An event is written down at most this long after it happened; ids tell when they were made.
const LATEST: Duration = Duration::minutes(5);
/// People and groups in whose names a text is looked for.
const NAMESAKES: i64 = 200;

/// Bytes from which on the beginning of a name is enough: three Latin letters, one Chinese.
const MIN_PREFIX: usize = 3;

/// A statement and what is bound in it.
pub(super) struct Conditions {
    pub(super) sql: String,
    pub(super) binds: Vec<Bind>,
}

impl Conditions {
    /// The tenant is always `$1`.
    fn of(tenant: &TenantId, filter: &Filter) -> Self {
        let mut all = Self { sql: "tenant_id = $1".to_owned(), binds: vec![Bind::Text(tenant.0.clone())] };
        all.outcomes(&filter.outcomes);
        all.equal("action", filter.action.map(Action::name));
        all.equal("token_id", filter.token.as_ref().map(TokenId::as_str));
        all.equal("integration_id", filter.integration.as_ref().map(IntegrationId::as_str));
        all.equal("resource_id", filter.resource.as_deref());
        all.equal("correlation_id", filter.correlation.as_deref());
        if let Some(from) = filter.from {
            // Ids begin with the time: the index ends the search where the column could not.
            all.text("id >=", &ids::first_at(from));
            all.number("at >=", milliseconds(from));
        }
        if let Some(until) = filter.until {
            all.text("id <", &ids::first_at(until + LATEST));
            all.number("at <", milliseconds(until));
        }
        all
    }

    fn bind(&mut self, bind: Bind) -> String {
        self.binds.push(bind);
        format!("${}", self.binds.len())
    }

    fn text(&mut self, comparison: &str, text: &str) {
        let parameter = self.bind(Bind::Text(text.replace('\0', "")));
        let _ = write!(self.sql, " AND {comparison} {parameter}");
    }

    fn number(&mut self, comparison: &str, number: i64) {
        let parameter = self.bind(Bind::Integer(number));
        let _ = write!(self.sql, " AND {comparison} {parameter}");
    }

    fn equal(&mut self, column: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(&format!("{column} ="), text);
        }
    }

    fn outcomes(&mut self, outcomes: &[Outcome]) {
        if outcomes.is_empty() {
            return;
        }
        let words: Vec<String> = outcomes.iter().map(|outcome| format!("'{}'", outcome.name())).collect();
        let _ = write!(self.sql, " AND outcome IN ({})", words.join(", "));
        if !outcomes.contains(&Outcome::Success) {
            // In the words of the index, which does not hold what went well.
            self.sql += " AND outcome <> 'success'";
        }
    }

    /// The ways to find an event by a text, each with an index of its own; none when nothing can be meant.
    fn ways(&mut self, text: &str) -> Vec<String> {
        let key = fold::key(text, super::MAX_KEY);
        if key.is_empty() {
            return Vec::new();
        }
        // One or two letters begin too many names to be of use.
        let (comparison, end) =
            if key.len() < MIN_PREFIX { ("<=", key.clone()) } else { ("<", format!("{key}\u{10ffff}")) };
        let exact = self.bind(Bind::Text(text.replace('\0', "")));
        let end = self.bind(Bind::Text(end));
        let key = self.bind(Bind::Text(key));
        let mut ways = vec![
            format!("correlation_id = {exact}"),
            format!("resource_id = {exact}"),
            format!("subject_key >= {key} AND subject_key {comparison} {end}"),
        ];
        let named: Vec<String> =
            [Table::Employees, Table::Groups].into_iter().filter_map(|table| self.named(table, text)).collect();
        if !named.is_empty() {
            ways.push(format!("resource_id IN ({})", named.join(" UNION ALL ")));
        }
        ways
    }

    /// People or groups that have all the words of a text, found by the longest of them.
    fn named(&mut self, table: Table, text: &str) -> Option<String> {
        let mut words = words::asked(text);
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let (of, words_table) = (table.word_of(), table.words());
        let mut begins = |word: &str| {
            let from = self.bind(Bind::Text(word.to_owned()));
            let to = self.bind(Bind::Text(format!("{word}{}", char::MAX)));
            format!("{from} AND w.word < {to}")
        };
        let mut rest = words.iter();
        let first = begins(rest.next()?);
        let others: Vec<String> = rest
            .map(|word| {
                let begins = begins(word).replace("w.word", "o.word");
                format!(
                    " AND (SELECT 1 FROM {words_table} o WHERE o.tenant_id = $1 AND o.{of} = w.{of} AND o.word >= {begins}
                        LIMIT 1) IS NOT NULL"
                )
            })
            .collect();
        let others = others.concat();
        Some(format!(
            "SELECT n.id FROM (SELECT w.{of} AS id FROM {words_table} w
                WHERE w.tenant_id = $1 AND w.word >= {first}{others} LIMIT {NAMESAKES}) n"
        ))
    }
}

/// The statement that finds the ids of a page.
pub(super) fn ids_of(conn: &Conn<'_>, tenant: &TenantId, filter: &Filter, place: &Place, size: i64) -> Conditions {
    let mut all = Conditions::of(tenant, filter);
    let (comparison, order, beyond) = match place {
        Place::Newest => ("", "DESC", None),
        Place::Before(id) => ("<", "DESC", Some(id)),
        Place::After(id) => (">", "ASC", Some(id)),
    };
    let beyond = beyond.map(|id| all.bind(Bind::Text(id.replace('\0', ""))));
    let limit = all.bind(Bind::Integer(size));
    let search = filter.search.as_deref().map(str::trim).filter(|search| !search.is_empty());
    let select = |conditions: &str, id: &str, sorted: &str| {
        let cursor = beyond.as_ref().map_or_else(String::new, |beyond| format!(" AND {id} {comparison} {beyond}"));
        format!("SELECT id FROM provisioning_events WHERE {conditions}{cursor} ORDER BY {sorted} {order} LIMIT {limit}")
    };
    let Some(search) = search else {
        all.sql = select(&all.sql, "id", "id");
        return all;
    };
    // A database that sees the order asked for would rather read all events in that order than sort the few that an
    // index finds: the order is hidden from it.
    let (id, sorted) = match conn {
        Conn::Sqlite(_) => ("+id", "+id"),
        Conn::Postgres(_) => ("id", "(id || '')"),
    };
    let ways = all.ways(search);
    let found: Vec<String> = ways
        .iter()
        .map(|way| format!("SELECT id FROM ({}) AS found", select(&format!("{} AND {way}", all.sql), id, sorted)))
        .collect();
    all.sql = if found.is_empty() {
        select(&format!("{} AND FALSE", all.sql), "id", "id")
    } else {
        format!("SELECT id FROM ({}) AS found ORDER BY id {order} LIMIT {limit}", found.join(" UNION "))
    };
    all
}
