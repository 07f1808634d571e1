//! Values of statements that are put together.

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Bind {
    Text(String),
    Integer(i64),
    Real(f64),
    Truth(bool),
    /// A list, as [`crate::texts::Texts`].
    Texts(Vec<String>),
}

/// Binds values to a query.
macro_rules! bound {
    ($query:expr, $binds:expr) => {{
        let mut query = $query;
        for bind in $binds {
            query = match bind {
                $crate::parameters::Bind::Text(text) => query.bind(text.as_str()),
                $crate::parameters::Bind::Integer(number) => query.bind(*number),
                $crate::parameters::Bind::Real(number) => query.bind(*number),
                $crate::parameters::Bind::Truth(truth) => query.bind(*truth),
                $crate::parameters::Bind::Texts(texts) => query.bind($crate::texts::Texts::new(texts)),
            };
        }
        query
    }};
}
pub(crate) use bound;

/// Binds the columns of a row, one after the other.
macro_rules! of_one {
    ($query:expr, $of:expr, $row:ident => $($value:expr),+ $(,)?) => {{
        let $row = $of;
        $query$(.bind($value))+
    }};
}
pub(crate) use of_one;

/// Binds the columns of several rows, each as a list: whatever their number, the statement on PostgreSQL is the same.
macro_rules! of_each {
    ($query:expr, $of:expr, $row:ident => $($value:expr),+ $(,)?) => {{
        let rows = $of;
        $query$(.bind(rows.iter().map(|$row| ($row, $value).1).collect::<Vec<_>>()))+
    }};
}
pub(crate) use of_each;

/// So many rows for `VALUES`, whose values are bound one after the other.
///
/// A row on its own names its parameters, for both engines. SQLite finds the name of a parameter by looking through all of
/// them, so where there are hundreds they have none.
pub(crate) fn rows(count: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; count].join(", ")
}

/// One row for `VALUES`: the parameters from `$1` on.
pub(crate) fn row(columns: usize) -> String {
    format!("({})", list(1, columns))
}

/// So many parameters, from a number on.
pub(crate) fn list(from: usize, count: usize) -> String {
    let parameters: Vec<String> = (from..from + count).map(|number| format!("${number}")).collect();
    parameters.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{list, row, rows};

    #[test]
    fn values_are_bound_one_after_the_other() {
        assert_eq!(rows(2, 3), "(?, ?, ?), (?, ?, ?)");
        assert_eq!(row(3), "($1, $2, $3)");
        assert_eq!(list(4, 2), "$4, $5");
    }
}
