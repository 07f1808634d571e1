//! Statements that write several rows.

/// A row's values for `VALUES`: the tenant, and so many parameters from `first` on.
pub(crate) fn row(first: usize, columns: usize) -> String {
    let parameters: Vec<String> = (first..first + columns).map(|number| format!("${number}")).collect();
    format!("($1, {})", parameters.join(", "))
}

/// So many rows, each of whose columns follow on those of the one before it.
pub(crate) fn rows(count: usize, first: usize, columns: usize) -> String {
    let rows: Vec<String> = (0..count).map(|place| row(first + place * columns, columns)).collect();
    rows.join(", ")
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn rows_follow_on_each_other() {
        assert_eq!(rows(2, 2, 3), "($1, $2, $3, $4), ($1, $5, $6, $7)");
    }
}
