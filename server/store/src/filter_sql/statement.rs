//! The statements of a page.

use sha2::{Digest, Sha256};

use super::Builder;
use super::json::Dialect;
use crate::parameters::Bind;
use crate::resources::{Query, Table};
use crate::walks::{self, DEEP, ListId};
use crate::{Conn, TenantId};

/// A statement and its values.
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) binds: Vec<Bind>,
}

impl Statement {
    fn bind(&mut self, bind: Bind) -> String {
        self.binds.push(bind);
        format!("${}", self.binds.len())
    }

    fn number(&mut self, number: usize) -> String {
        self.bind(Bind::Integer(i64::try_from(number).unwrap_or(i64::MAX)))
    }
}

/// Where a page's rows begin.
pub(super) enum From<'a> {
    /// Behind so many others.
    Offset(usize),
    /// After this id, in the order of ids.
    After(&'a str),
    /// So many rows behind a place that is known.
    Place(&'a str, usize),
}

/// Which rows, and in which order.
pub(super) struct List {
    table: Table,
    condition: String,
    binds: Vec<Bind>,
    order: String,
    /// The column that alone orders the rows, and what compares the later ones with it.
    along: Option<(&'static str, &'static str)>,
    /// Goes before columns whose index SQLite is not to take.
    hidden: &'static str,
    revision: &'static str,
    pub(super) is_selective: bool,
}

impl List {
    pub(super) fn of(conn: &Conn<'_>, tenant: &TenantId, table: Table, query: &Query) -> Self {
        let mut builder = Builder::new(conn, tenant, table);
        let condition =
            query.condition.as_ref().map_or_else(|| "TRUE".to_owned(), |condition| builder.condition(condition, false));
        let is_selective = query.condition.as_ref().is_some_and(|condition| builder.is_selective(condition));
        // Without statistics SQLite would rather read a whole tenant in the order asked for than sort the few that an
        // index finds. A plus sign hides the order from it.
        let hidden = if is_selective && builder.dialect == Dialect::Sqlite { "+" } else { "" };
        let sort = query.sort.as_ref();
        let order = sort.map_or_else(|| "e.id".to_owned(), |(source, descending)| builder.order(source, *descending));
        let along = builder.along(sort).filter(|_| !is_selective);
        let Builder { binds, .. } = builder;
        Self { table, condition, binds, order, along, hidden, revision: walks::revision(conn), is_selective }
    }

    /// Names the list among those that are remembered.
    pub(super) fn id(&self) -> ListId {
        let Self { table, condition, binds, order, .. } = self;
        Sha256::digest(format!("{table:?}\n{condition}\n{order}\n{binds:?}")).into()
    }

    /// Whether a page can begin at a row that is looked up.
    pub(super) fn has_places(&self) -> bool {
        self.along.is_some()
    }

    fn matching(&self) -> String {
        format!("{} e WHERE e.tenant_id = $1 AND ({})", self.table.name(), self.condition)
    }

    fn begin(&self) -> Statement {
        Statement { sql: String::new(), binds: self.binds.clone() }
    }

    /// One row more than the page may hold, so that one can tell whether others follow. `marked`: each with its place and
    /// the revision that it is of.
    pub(super) fn rows(&self, (columns, marked): (&str, bool), from: &From<'_>, count: usize) -> Statement {
        let (matching, hidden, order) = (self.matching(), self.hidden, &self.order);
        let mut statement = self.begin();
        let (begins, offset) = self.beginning(&mut statement, from);
        let column = self.along.map_or("e.id", |(column, _)| column);
        let marks = if marked { format!(", {column} AS place, {} AS revision", self.revision) } else { String::new() };
        let limit = statement.number(count.saturating_add(1));
        // Where PostgreSQL does not know how many rows are passed over, it expects many, and plans the statement for each
        // value anew: for a match query that takes ten times as long as to run it.
        let skip = match offset {
            0 if self.is_selective => String::new(),
            _ => format!(" OFFSET {}", statement.number(offset)),
        };
        statement.sql =
            format!("SELECT {columns}{marks} FROM {matching}{begins} ORDER BY {hidden}{order} LIMIT {limit}{skip}");
        statement
    }

    /// What a page's first row has to fulfil, and how many rows are then still to be passed over.
    fn beginning(&self, statement: &mut Statement, from: &From<'_>) -> (String, usize) {
        let (known, behind) = match (from, self.along) {
            (From::After(id), _) => {
                let id = statement.bind(Bind::Text((*id).to_owned()));
                return (format!(" AND {}e.id > {id}", self.hidden), 0);
            }
            (From::Place(key, behind), Some((column, from_on))) => {
                let key = statement.bind(Bind::Text((*key).to_owned()));
                (format!(" AND {column} {from_on} {key}"), *behind)
            }
            (From::Offset(offset) | From::Place(_, offset), _) => (String::new(), *offset),
        };
        match self.along {
            // The first row is looked for on its own: of whoever is passed over on the way, only the index is read.
            Some((column, from_on)) if behind >= DEEP => {
                let (matching, order) = (self.matching(), &self.order);
                let skip = statement.number(behind);
                let first = format!("SELECT {column} FROM {matching}{known} ORDER BY {order} LIMIT 1 OFFSET {skip}");
                (format!(" AND {column} {from_on} ({first})"), 0)
            }
            _ => (known, behind),
        }
    }

    /// How many match, from a place on if one is given, and the revision that this is true of.
    pub(super) fn count(&self, from: Option<&str>) -> Statement {
        let (matching, revision) = (self.matching(), self.revision);
        let mut statement = self.begin();
        let from = from.zip(self.along).map(|(key, (column, from_on))| {
            format!(" AND {column} {from_on} {}", statement.bind(Bind::Text(key.to_owned())))
        });
        statement.sql = format!("SELECT count(*), {revision} FROM {matching}{}", from.unwrap_or_default());
        statement
    }

    /// The revision alone.
    pub(super) fn revision(&self) -> Statement {
        Statement { sql: format!("SELECT {}", self.revision), binds: self.binds.iter().take(1).cloned().collect() }
    }
}
