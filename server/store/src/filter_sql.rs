//! Conditions as SQL: pushed down whole, every value bound, the only place where statements are put together.
//!
//! Names of attributes come from the schema table, never from a request. Equality on what identity providers match by
//! uses the indexed columns; everything else reads the folded document.

use scim::condition::{Condition, Scalar, Source, Test};
use sqlx::AssertSqlSafe;

use crate::pool::run;
use crate::resources::{Page, Place, Query, Table};
use crate::{Conn, StoreError, TenantId};

/// A bound value.
enum Bind {
    Text(String),
    Integer(i64),
    Real(f64),
}

struct Builder {
    table: Table,
    postgres: bool,
    binds: Vec<Bind>,
}

/// Runs a query. `columns` names what to read, in the order that `T` decodes.
pub(crate) async fn page<T>(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    table: Table,
    columns: &str,
    query: &Query,
) -> Result<Page<T>, StoreError>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
        + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>
        + Send
        + Unpin,
{
    let mut builder =
        Builder { table, postgres: matches!(conn, Conn::Postgres(_)), binds: vec![Bind::Text(tenant.0.clone())] };
    let condition =
        query.condition.as_ref().map_or_else(|| "TRUE".to_owned(), |condition| builder.condition(condition, false));
    let name = table.name();
    let count_sql = format!("SELECT count(*) FROM {name} e WHERE e.tenant_id = $1 AND ({condition})");
    let count_binds = builder.binds.len();
    let order = query
        .sort
        .as_ref()
        .map_or_else(|| "e.id".to_owned(), |(source, descending)| builder.order(source, *descending));
    let mut offset = 0;
    let after = match &query.place {
        Place::Index(index) => {
            offset = index.saturating_sub(1);
            String::new()
        }
        Place::After(None) => String::new(),
        Place::After(Some(id)) => format!(" AND e.id > {}", builder.bind(Bind::Text(id.clone()))),
    };
    let limit = builder.bind(Bind::Integer(i64::try_from(query.count).unwrap_or(i64::MAX).saturating_add(1)));
    let skip = builder.bind(Bind::Integer(i64::try_from(offset).unwrap_or(i64::MAX)));
    let rows_sql = format!(
        "SELECT {columns} FROM {name} e WHERE e.tenant_id = $1 AND ({condition}){after} ORDER BY {order} LIMIT {limit} OFFSET {skip}"
    );
    let mut items: Vec<T> = if query.count == 0 { Vec::new() } else { rows(conn, rows_sql, &builder.binds).await? };
    let more = items.len() > query.count;
    items.truncate(query.count);
    // A page that holds the last match tells the total without counting.
    let known = matches!(query.place, Place::Index(_)) && !more && !items.is_empty();
    let total = if known {
        (offset + items.len()) as u64
    } else {
        count(conn, count_sql, &builder.binds[..count_binds]).await?
    };
    Ok(Page { total, items, more })
}

macro_rules! bound {
    ($query:expr, $binds:expr) => {{
        let mut query = $query;
        for bind in $binds {
            query = match bind {
                Bind::Text(text) => query.bind(text.as_str()),
                Bind::Integer(number) => query.bind(*number),
                Bind::Real(number) => query.bind(*number),
            };
        }
        query
    }};
}

async fn rows<T>(conn: &mut Conn<'_>, sql: String, binds: &[Bind]) -> Result<Vec<T>, StoreError>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
        + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>
        + Send
        + Unpin,
{
    Ok(run!(conn, |c| bound!(sqlx::query_as(AssertSqlSafe(sql)), binds).fetch_all(c).await)?)
}

async fn count(conn: &mut Conn<'_>, sql: String, binds: &[Bind]) -> Result<u64, StoreError> {
    let count: i64 = run!(conn, |c| bound!(sqlx::query_scalar(AssertSqlSafe(sql)), binds).fetch_one(c).await)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

impl Builder {
    fn bind(&mut self, bind: Bind) -> String {
        self.binds.push(bind);
        format!("${}", self.binds.len())
    }

    /// `negated`: below a `not`, where a test that is neither true nor false must count as false. Elsewhere SQL treats
    /// it so anyway, and an index can be used.
    fn condition(&mut self, condition: &Condition, negated: bool) -> String {
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
                let indexed = self.email_index(keys, inner);
                let list = self.list(keys);
                // Below `EXISTS` every element's verdict must be true or false.
                let each = self.condition(inner, true);
                let exists = format!("EXISTS (SELECT 1 FROM {list} WHERE {each})");
                indexed.map_or(exists.clone(), |indexed| format!("({indexed} AND {exists})"))
            }
        }
    }

    /// `emails[type eq "work" and value eq "x"]` is how Azure matches by mail: first the index, then the elements.
    fn email_index(&mut self, keys: &[String], inner: &Condition) -> Option<String> {
        if self.table != Table::Employees || keys != ["emails"] {
            return None;
        }
        match inner {
            Condition::And(left, right) => self.email_index(keys, left).or_else(|| self.email_index(keys, right)),
            Condition::Test(Source::Part(part), Test::Equals(Scalar::Text(text))) if part == "value" => {
                Some(self.has_email(text))
            }
            _ => None,
        }
    }

    fn has_email(&mut self, key: &str) -> String {
        let key = self.bind(Bind::Text(key.to_owned()));
        format!("e.id IN (SELECT employee_id FROM employee_emails WHERE tenant_id = $1 AND email_key = {key})")
    }

    fn test(&mut self, source: &Source, test: &Test) -> String {
        if let Some(sql) = self.indexed(source, test) {
            return sql;
        }
        match source {
            Source::Id => self.text_test("e.id", test),
            Source::Created => self.instant_test("e.created_at", test),
            Source::LastModified => self.instant_test("e.updated_at", test),
            Source::Document(keys) => {
                let keys: Vec<_> = keys.iter().map(String::as_str).collect();
                let value = self.value("e.folded", &keys);
                self.typed_test(&value, test)
            }
            Source::List(keys, sub) => {
                let list = self.list(keys);
                let part: Vec<_> = sub.iter().map(String::as_str).collect();
                let value = self.value("x.value", &part);
                let each = self.typed_test(&value, test);
                format!("EXISTS (SELECT 1 FROM {list} WHERE {each})")
            }
            Source::Part(part) => {
                let value = self.value("x.value", &[part]);
                self.typed_test(&value, test)
            }
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
        let Test::Equals(Scalar::Text(text)) = test else { return None };
        let column = match (self.table, source) {
            (Table::Employees, Source::Document(keys)) if keys == &["userName"] => "e.user_name_key",
            (_, Source::Document(keys)) if keys == &["displayName"] => "e.display_name_key",
            (_, Source::Document(keys)) if keys == &["externalId"] => "e.external_id",
            (Table::Employees, Source::List(keys, Some(sub))) if keys == &["emails"] && sub == "value" => {
                return Some(self.has_email(text));
            }
            _ => return None,
        };
        let text = self.bind(Bind::Text(text.clone()));
        Some(format!("{column} = {text}"))
    }

    /// The value at these keys of a JSON column: text on PostgreSQL, the value itself on SQLite.
    fn value(&self, column: &str, keys: &[&str]) -> String {
        if self.postgres {
            format!("({column} #>> {})", postgres_path(keys))
        } else {
            format!("json_extract({column}, {})", sqlite_path(keys))
        }
    }

    /// The elements of a list, as a table `x(value)`.
    fn list(&self, keys: &[String]) -> String {
        let keys: Vec<_> = keys.iter().map(String::as_str).collect();
        if self.postgres {
            let list = format!("e.folded #> {}", postgres_path(&keys));
            format!(
                "jsonb_array_elements(CASE WHEN jsonb_typeof({list}) = 'array' THEN {list} ELSE '[]' END) AS x(value)"
            )
        } else {
            format!("json_each(e.folded, {}) AS x", sqlite_path(&keys))
        }
    }

    fn typed_test(&mut self, value: &str, test: &Test) -> String {
        let scalar = match test {
            Test::Equals(scalar) | Test::Greater(scalar, _) | Test::Less(scalar, _) => Some(scalar),
            _ => None,
        };
        match scalar {
            Some(Scalar::Boolean(wanted)) => match (self.postgres, wanted) {
                (true, wanted) => format!("{value} = '{wanted}'"),
                (false, wanted) => format!("{value} = {}", i32::from(*wanted)),
            },
            Some(Scalar::Number(number)) => {
                let value = if self.postgres { format!("CAST({value} AS double precision)") } else { value.to_owned() };
                let number = self.bind(Bind::Real(*number));
                compared(&value, test, &number)
            }
            _ => self.text_test(value, test),
        }
    }

    fn text_test(&mut self, value: &str, test: &Test) -> String {
        match test {
            Test::Present => format!("{value} IS NOT NULL"),
            Test::Contains(text) | Test::StartsWith(text) | Test::EndsWith(text) if text.is_empty() => {
                format!("{value} IS NOT NULL")
            }
            // Not LIKE: it has letters with a meaning of their own, and SQLite's ignores the case of some of them.
            Test::Contains(text) => {
                let text = self.bind(Bind::Text(text.clone()));
                if self.postgres {
                    format!("strpos({value}, {text}) > 0")
                } else {
                    format!("instr({value}, {text}) > 0")
                }
            }
            Test::StartsWith(text) => {
                let text = self.bind(Bind::Text(text.clone()));
                if self.postgres {
                    format!("starts_with({value}, {text})")
                } else {
                    format!("substr({value}, 1, length({text})) = {text}")
                }
            }
            Test::EndsWith(text) => {
                let text = self.bind(Bind::Text(text.clone()));
                if self.postgres {
                    format!("right({value}, length({text})) = {text}")
                } else {
                    format!("substr({value}, -length({text})) = {text}")
                }
            }
            Test::Equals(Scalar::Text(text))
            | Test::Greater(Scalar::Text(text), _)
            | Test::Less(Scalar::Text(text), _) => {
                let text = self.bind(Bind::Text(text.clone()));
                let value = if self.postgres { format!("{value} COLLATE \"C\"") } else { value.to_owned() };
                compared(&value, test, &text)
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

    /// RFC 7644 §3.4.2.3: resources without a value come last; of lists the first value counts. The id makes the order
    /// the same on every page.
    fn order(&mut self, source: &Source, descending: bool) -> String {
        let value = match source {
            Source::Created => "e.created_at".to_owned(),
            Source::LastModified => "e.updated_at".to_owned(),
            Source::Document(keys) => {
                let keys: Vec<_> = keys.iter().map(String::as_str).collect();
                self.sortable(&keys)
            }
            Source::List(keys, sub) => {
                let first = if self.postgres { "0" } else { "#0" };
                let keys: Vec<_> = keys.iter().map(String::as_str).chain([first]).chain(sub.as_deref()).collect();
                self.sortable(&keys)
            }
            Source::Id | Source::Part(_) | Source::Members | Source::Groups => "e.id".to_owned(),
        };
        let direction = if descending { "DESC" } else { "ASC" };
        format!("({value} IS NULL) {direction}, {value} {direction}, e.id")
    }

    fn sortable(&self, keys: &[&str]) -> String {
        if self.postgres {
            format!("({} COLLATE \"C\")", self.value("e.folded", keys))
        } else {
            self.value("e.folded", keys)
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

/// `'$."a"."b"'`. Names hold letters, digits, `-`, `_`, `$`, `:` and `.`: see `scim::schema`. `#0` is the first element.
fn sqlite_path(keys: &[&str]) -> String {
    let steps = keys.iter().map(|key| match key.strip_prefix('#') {
        Some(index) => format!("[{index}]"),
        None => format!(".\"{}\"", key.replace(['"', '\''], "")),
    });
    format!("'${}'", steps.collect::<String>())
}

fn postgres_path(keys: &[&str]) -> String {
    let steps: Vec<_> = keys.iter().map(|key| format!("\"{}\"", key.replace(['"', '\'', '\\'], ""))).collect();
    format!("'{{{}}}'", steps.join(","))
}
