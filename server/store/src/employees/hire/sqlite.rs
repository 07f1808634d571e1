//! People who are added together on SQLite: everything from BEGIN to COMMIT is one call.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::Hire;
use crate::TenantId;
use crate::employees::Derived;
use crate::employees::insert::{self, bound};
use crate::events::{self, ChainEnd, Chained, Filled, ONLY_CHAIN};
use crate::parameters;
use crate::resources::Table;

/// Runs `begin`, and finds where the company's events end.
pub(crate) async fn begin_together(
    connection: &mut SqliteConnection,
    begin: &str,
    tenant: &TenantId,
) -> Result<Option<ChainEnd>, sqlx::Error> {
    let sql = format!("{begin}; {ONLY_CHAIN}");
    sqlx::query_as(AssertSqlSafe(sql)).bind(tenant.as_str()).fetch_optional(connection).await
}

/// What adds people of one company between two statements, and where its events end then. Their events go on where they
/// ended before; when they ended elsewhere, it fails. When one cannot be added, some of the others may be: whoever runs it
/// goes back.
pub(crate) fn adding_together(
    hires: &mut [&mut Hire],
    from: Option<ChainEnd>,
    [begin, finish]: [&str; 2],
) -> Result<(Filled, ChainEnd), sqlx::Error> {
    let tenant = hires.first().ok_or(sqlx::Error::RowNotFound)?.tenant.clone();
    let count = hires.len();
    let [words, emails] = found_by(hires)?;
    let (people, told): (Vec<_>, Vec<_>) = hires.iter_mut().map(|hire| hire.parts()).unzip();
    let chained = Chained::after(from, &tenant, told.into_iter());
    let (of_person, of_event) = (insert::columns(), events::columns());
    // Values without a name are those that were bound first, in the order of the statements that take them.
    let named: [String; 8] = std::array::from_fn(|place| format!("${}", count * (of_person + of_event) + place + 1));
    let [tenant_id, words_found, emails_found, of_end @ ..] = &named;
    let statements = [
        begin,
        &insert::inserting(&parameters::rows(count, of_person)),
        &adding(Table::Employees.words(), "word", [tenant_id, words_found]),
        &adding("employee_emails", "email_key", [tenant_id, emails_found]),
        &chained.putting_back(tenant_id, of_end),
        &events::inserting(&parameters::rows(count, of_event)),
        finish,
    ];
    let query: Filled = sqlx::query(AssertSqlSafe(statements.join("; ")));
    let query = people.iter().fold(query, |query, new| bound!(of_one!(query.bind(tenant.as_str()), new)));
    let query = chained.bind_events(query, &tenant).bind(tenant.as_str()).bind(words).bind(emails);
    Ok((chained.bind_end(query), chained.end()))
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
fn adding(table: &str, column: &str, [tenant, found]: [&str; 2]) -> String {
    format!(
        "INSERT INTO {table} (tenant_id, {column}, employee_id)
         SELECT {tenant}, j.value ->> 1, j.value ->> 0 FROM json_each({found}) AS j"
    )
}
