//! People who are added by creations, each with the event that tells of it.
//!
//! An initial sync sends creations by the thousand, several at a time. What is written for each is known before it comes
//! to the write door; so on SQLite those who wait there at the same time are written by the same few statements, since to
//! cross to the database and back costs more than a statement does there.

use scim::Schemas;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::insert::{self, bound};
use super::{Derived, Employee};
use crate::events::{ChainEnd, Chained, ONLY_CHAIN, PreparedEvent, taking_chain};
use crate::resources::Table;
use crate::{Conn, StoreError, TenantId};

/// Somebody who is about to be added, with all that follows from the attributes: worked out before the write door, where
/// everybody else would wait for it.
pub struct Hire {
    tenant: TenantId,
    employee: Employee,
    derived: Derived,
    event: PreparedEvent,
}

impl Hire {
    /// Works it out.
    pub fn new(tenant: TenantId, employee: Employee, schemas: &Schemas, event: PreparedEvent) -> Self {
        let derived = Derived::of(&employee.document, schemas);
        Self { tenant, employee, derived, event }
    }

    /// Of which company.
    pub(crate) fn tenant(&self) -> &TenantId {
        &self.tenant
    }
}

/// Adds one person.
pub(crate) async fn hire(conn: &mut Conn<'_>, hire: &mut Hire) -> Result<(), StoreError> {
    let Hire { tenant, employee, derived, event } = hire;
    let then = taking_chain(conn);
    let end = insert::write(conn, tenant, (employee, derived), Some(then)).await?;
    event.record_after(conn, tenant, end).await
}

/// Runs `begin`, and finds where the company's events end.
pub(crate) async fn begin_together(
    connection: &mut SqliteConnection,
    begin: &str,
    tenant: &TenantId,
) -> Result<Option<ChainEnd>, sqlx::Error> {
    let sql = format!("{begin}; {ONLY_CHAIN}");
    sqlx::query_as(AssertSqlSafe(sql)).bind(tenant.as_str()).fetch_optional(connection).await
}

/// Adds people of one company. When one of them cannot be added, some of the others may be: the caller goes back.
pub(crate) async fn hire_together(
    connection: &mut SqliteConnection,
    hires: &mut [&mut Hire],
    end: Option<ChainEnd>,
) -> Result<(), sqlx::Error> {
    let Some(tenant) = hires.first().map(|hire| hire.tenant.clone()) else { return Ok(()) };
    let count = hires.len();
    let [words, emails] = found_by(hires)?;
    let (people, events): (Vec<_>, Vec<_>) =
        hires.iter_mut().map(|hire| ((&hire.employee, &hire.derived), &mut hire.event)).unzip();
    let events = Chained::after(end, &tenant, events.into_iter());
    let texts = 2 + count * insert::columns();
    let sql = [
        insert::inserting(count),
        adding(Table::Employees.words(), "word", texts),
        adding("employee_emails", "email_key", texts + 1),
        events.sql(texts + 2),
    ]
    .join("; ");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(tenant.as_str());
    let query = people.into_iter().fold(query, |query, (employee, derived)| bound!(query, employee, derived));
    events.bind(query.bind(words).bind(emails)).execute(connection).await.map(|_| ())
}

/// By what words and addresses each is found, as JSON.
fn found_by(hires: &[&mut Hire]) -> Result<[String; 2], sqlx::Error> {
    let of = |texts: fn(&Derived) -> &std::collections::BTreeSet<String>| {
        let pairs = hires.iter().flat_map(|hire| texts(&hire.derived).iter().map(|text| (&hire.employee.id, text)));
        serde_json::to_string(&pairs.collect::<Vec<_>>()).map_err(|error| sqlx::Error::Encode(error.into()))
    };
    Ok([of(|derived| &derived.words)?, of(|derived| &derived.emails)?])
}

/// The statement that writes what [`found_by`] gave as a parameter.
fn adding(table: &str, column: &str, parameter: usize) -> String {
    format!(
        "INSERT INTO {table} (tenant_id, {column}, employee_id)
         SELECT $1, j.value ->> 1, j.value ->> 0 FROM json_each(${parameter}) AS j"
    )
}
