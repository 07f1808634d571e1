//! Conditions as SQL: pushed down whole, every value bound, the only place where statements are put together.
//!
//! Names of attributes come from the schema table, never from a request. Equality on what identity providers match by
//! uses the indexed columns; everything else reads the folded document.

mod condition;
mod json;
mod order;
mod page;
mod statement;

pub(crate) use page::page;
#[cfg(any(test, feature = "testing"))]
pub(crate) use page::plan;

use crate::parameters::Bind;
use crate::resources::Table;
use crate::{Conn, TenantId};
use json::Dialect;

/// Puts one statement together.
struct Builder {
    table: Table,
    dialect: Dialect,
    binds: Vec<Bind>,
}

impl Builder {
    /// The tenant is always `$1`.
    fn new(conn: &Conn<'_>, tenant: &TenantId, table: Table) -> Self {
        let dialect = match conn {
            Conn::Sqlite(_) => Dialect::Sqlite,
            Conn::Postgres(_) => Dialect::Postgres,
        };
        Self { table, dialect, binds: vec![Bind::Text(tenant.0.clone())] }
    }

    fn bind(&mut self, bind: Bind) -> String {
        self.binds.push(bind);
        format!("${}", self.binds.len())
    }
}
