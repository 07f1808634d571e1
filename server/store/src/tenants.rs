//! Customer companies.

use scim::fold::fold;
use time::OffsetDateTime;

use crate::pool::run;
use crate::{Conn, StoreError, TenantId, instant, milliseconds};

/// One customer company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name, unique without regard to case.
    pub name: String,
    /// When it was created.
    pub created_at: OffsetDateTime,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    created_at: i64,
}

impl From<Row> for Tenant {
    fn from(row: Row) -> Self {
        Self { id: TenantId(row.id), name: row.name, created_at: instant(row.created_at) }
    }
}

/// Creates a company.
pub async fn create(conn: &mut Conn<'_>, id: TenantId, name: &str, now: OffsetDateTime) -> Result<Tenant, StoreError> {
    let name = name.trim();
    let key = fold(name);
    run!(conn, |c| sqlx::query("INSERT INTO tenants (id, name, name_key, created_at) VALUES ($1, $2, $3, $4)")
        .bind(id.as_str())
        .bind(name)
        .bind(key.as_str())
        .bind(milliseconds(now))
        .execute(c)
        .await
        .map(|_| ()))
    .map_err(|error| StoreError::unique(error, "name_key", "name"))?;
    Ok(Tenant { id, name: name.to_owned(), created_at: now })
}

/// All companies by name.
pub async fn list(conn: &mut Conn<'_>) -> Result<Vec<Tenant>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as("SELECT id, name, created_at FROM tenants ORDER BY name_key")
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Tenant::from).collect())
}

/// The company with this name, in any case.
pub async fn find_by_name(conn: &mut Conn<'_>, name: &str) -> Result<Option<Tenant>, StoreError> {
    let key = fold(name.trim());
    let row: Option<Row> =
        run!(conn, |c| sqlx::query_as("SELECT id, name, created_at FROM tenants WHERE name_key = $1")
            .bind(key.as_str())
            .fetch_optional(c)
            .await)?;
    Ok(row.map(Tenant::from))
}

/// The company with this id.
pub async fn get(conn: &mut Conn<'_>, id: &TenantId) -> Result<Option<Tenant>, StoreError> {
    let row: Option<Row> = run!(conn, |c| sqlx::query_as("SELECT id, name, created_at FROM tenants WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(Tenant::from))
}

/// Holds the company's row until the transaction ends: of two changes to the same whole, the second waits.
pub(crate) async fn lock(conn: &mut Conn<'_>, id: &TenantId) -> Result<(), StoreError> {
    let sql = format!("SELECT id FROM tenants WHERE id = $1{}", conn.for_update());
    run!(conn, |c| sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// How many companies there are.
pub async fn count(conn: &mut Conn<'_>) -> Result<i64, StoreError> {
    Ok(run!(conn, |c| sqlx::query_scalar("SELECT count(*) FROM tenants").fetch_one(c).await)?)
}
