//! Values in JSON columns, on either engine.

/// How an engine writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The value at these keys, whatever it is; `NULL` when there is none.
    pub(super) fn any(self, column: &str, keys: &[String]) -> String {
        match self {
            Self::Sqlite => format!("json_type({column}, {})", sqlite_path(keys)),
            Self::Postgres => format!("({column} #> {})", postgres_path(keys)),
        }
    }

    /// The text at these keys; `NULL` when there is none or it is no text.
    pub(super) fn text(self, column: &str, keys: &[String]) -> String {
        match self {
            Self::Sqlite => {
                let path = sqlite_path(keys);
                format!("(CASE json_type({column}, {path}) WHEN 'text' THEN json_extract({column}, {path}) END)")
            }
            Self::Postgres => {
                let path = postgres_path(keys);
                format!("(CASE jsonb_typeof({column} #> {path}) WHEN 'string' THEN {column} #>> {path} END)")
            }
        }
    }

    /// The number at these keys, as the floating-point number that filters compare with.
    pub(super) fn number(self, column: &str, keys: &[String]) -> String {
        match self {
            Self::Sqlite => {
                let path = sqlite_path(keys);
                format!(
                    "(CASE WHEN json_type({column}, {path}) IN ('integer', 'real') THEN CAST(json_extract({column}, {path}) AS REAL) END)"
                )
            }
            Self::Postgres => {
                let path = postgres_path(keys);
                format!(
                    "(CASE jsonb_typeof({column} #> {path}) WHEN 'number' THEN CAST({column} #>> {path} AS double precision) END)"
                )
            }
        }
    }

    /// The text or truth value at these keys, as text that sorts by code point.
    pub(super) fn sortable_text(self, column: &str, keys: &[String]) -> String {
        match self {
            Self::Sqlite => {
                let path = sqlite_path(keys);
                format!(
                    "(CASE json_type({column}, {path}) WHEN 'text' THEN json_extract({column}, {path}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' END)"
                )
            }
            Self::Postgres => {
                let path = postgres_path(keys);
                format!(
                    "(CASE WHEN jsonb_typeof({column} #> {path}) IN ('string', 'boolean') THEN ({column} #>> {path}) COLLATE \"C\" END)"
                )
            }
        }
    }

    /// Whether the value at these keys is this truth value.
    pub(super) fn is_boolean(self, column: &str, keys: &[String], wanted: bool) -> String {
        match self {
            Self::Sqlite => format!("json_type({column}, {}) = '{wanted}'", sqlite_path(keys)),
            Self::Postgres => format!("({column} #> {}) = '{wanted}'", postgres_path(keys)),
        }
    }

    /// The elements of the list at these keys of `e.folded`, as a table `x(value)`; none when there is no list.
    pub(super) fn list(self, keys: &[String]) -> String {
        match self {
            Self::Sqlite => {
                let path = sqlite_path(keys);
                format!(
                    "json_each(CASE json_type(e.folded, {path}) WHEN 'array' THEN json_extract(e.folded, {path}) ELSE '[]' END) AS x"
                )
            }
            Self::Postgres => {
                let list = format!("e.folded #> {}", postgres_path(keys));
                format!(
                    "jsonb_array_elements(CASE jsonb_typeof({list}) WHEN 'array' THEN {list} ELSE '[]' END) AS x(value)"
                )
            }
        }
    }
}

/// `'$."a"."b"'`. Names hold letters, digits, `-`, `_`, `$`, `:` and `.`: see `scim::schema`.
fn sqlite_path(keys: &[String]) -> String {
    let steps = keys.iter().map(|key| format!(".\"{}\"", key.replace(['"', '\''], "")));
    format!("'${}'", steps.collect::<String>())
}

/// `'{"a","b"}'`.
fn postgres_path(keys: &[String]) -> String {
    let steps: Vec<_> = keys.iter().map(|key| format!("\"{}\"", key.replace(['"', '\'', '\\'], ""))).collect();
    format!("'{{{}}}'", steps.join(","))
}
