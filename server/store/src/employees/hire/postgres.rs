//! People who are added together on PostgreSQL: one statement, whatever their number, with a list for each column.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use sqlx::{AssertSqlSafe, PgConnection};

use super::Hire;
use crate::employees::Derived;
use crate::employees::insert::{self, New, bound};
use crate::events::{self, ChainEnd, Chained, PgFilled, taking_chain};
use crate::resources::Table;
use crate::{Conn, StoreError, parameters};

/// Adds people of one company in the transaction that is open. When one of them cannot be added, none is, and the
/// transaction is of no more use.
pub(crate) async fn hire_together(connection: &mut PgConnection, hires: &mut [&mut Hire]) -> Result<(), StoreError> {
    let Some(tenant) = hires.first().map(|hire| hire.tenant().clone()) else { return Ok(()) };
    let taking = taking_chain(&Conn::Postgres(connection));
    let end: Option<ChainEnd> = sqlx::query_as(taking).bind(tenant.as_str()).fetch_optional(&mut *connection).await?;
    let (people, told): (Vec<_>, Vec<_>) = hires.iter_mut().map(|hire| hire.parts()).unzip();
    let chained = Chained::after(end, &tenant, told.into_iter());
    let [words, of_words] = found_by(&people, |derived| &derived.words);
    let [emails, of_emails] = found_by(&people, |derived| &derived.emails);
    let query: PgFilled = sqlx::query(AssertSqlSafe(adding(&chained)));
    let query = bound!(of_each!(query.bind(tenant.as_str()), &people));
    let query = query.bind(words).bind(of_words).bind(emails).bind(of_emails);
    let added = chained.bind_lists(query).execute(connection).await;
    added.map(|_| ()).map_err(|error| StoreError::unique(error, "user_name_key", "userName"))
}

/// By what each is found, and who.
fn found_by<'p>(people: &[New<'p>], texts: fn(&Derived) -> &BTreeSet<String>) -> [Vec<&'p str>; 2] {
    let pairs = people.iter().flat_map(|new| texts(new.derived).iter().map(|text| (text.as_str(), &*new.employee.id)));
    let (found, who) = pairs.unzip();
    [found, who]
}

/// The statement that adds them. The company is the first parameter; then come the people, by what they are found, and
/// their events.
fn adding(chained: &Chained<'_>) -> String {
    static PEOPLE: LazyLock<String> =
        LazyLock::new(|| insert::inserting_lists(&parameters::list(2, insert::columns() - 1)));
    let found = insert::columns() + 1;
    let told = found + 4;
    let ends = told + events::columns() - 1;
    let into = |table: &str, column: &str, at: usize| {
        format!(
            "INSERT INTO {table} (tenant_id, {column}, employee_id) SELECT $1, j.* FROM unnest({}) AS j",
            parameters::list(at, 2)
        )
    };
    let of_end: [String; 4] = std::array::from_fn(|place| format!("${}", ends + place));
    format!(
        "WITH people AS ({}), words AS ({}), emails AS ({}), ends AS ({}) {}",
        *PEOPLE,
        into(Table::Employees.words(), "word", found),
        into("employee_emails", "email_key", found + 2),
        chained.putting_back_held(of_end.each_ref()),
        events::inserting_lists(&parameters::list(told, events::columns() - 1)),
    )
}
