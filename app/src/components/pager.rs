//! Steps between the pages of a list.

use leptos::prelude::*;

/// Where a list stands. Its pages have no numbers: each begins where another ended, however long the list is.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// Rows on this page.
    pub shown: usize,
    /// Rows in all, where that is known.
    pub total: Option<u64>,
    /// Rows are counted up to this many.
    pub counted: u64,
    /// The address of the page before.
    pub previous: Option<String>,
    /// The address of the page after.
    pub next: Option<String>,
    /// The address of the first page.
    pub first: String,
}

impl Pager {
    /// How many rows there are, in words.
    fn words(&self) -> String {
        let shown = grouped(self.shown as u64);
        match self.total {
            Some(total) if total == self.shown as u64 => format!("Showing all {shown}"),
            Some(total) if total >= self.counted => {
                format!("Showing {shown} of more than {}", grouped(self.counted - 1))
            }
            Some(total) => format!("Showing {shown} of {}", grouped(total)),
            None if self.next.is_some() => format!("Showing {shown}; more follow"),
            None => format!("Showing {shown}; the list ends here"),
        }
    }
}

/// "Showing 50 of 1,284", and links.
pub fn pager(pager: &Pager) -> AnyView {
    let first = pager.previous.is_some().then(|| view! { <a class="btn" href=pager.first.clone()>"First"</a> });
    view! {
        <nav class="pager" aria-label="Pages"><p>{pager.words()}</p>
            <div>{first}{link(pager.previous.as_ref(), "prev", "Previous")}{link(pager.next.as_ref(), "next", "Next")}</div></nav>
    }
    .into_any()
}

/// The same for a log, whose rows are never counted: nothing when all of it is on the page.
pub fn log_pager(newer: Option<&String>, older: Option<&String>) -> Option<AnyView> {
    if newer.is_none() && older.is_none() {
        return None;
    }
    let steps = view! {
        <nav class="pager" aria-label="Pages"><p>"The newest first"</p>
            <div>{link(newer, "prev", "Newer")}{link(older, "next", "Older")}</div></nav>
    };
    Some(steps.into_any())
}

fn link(address: Option<&String>, rel: &'static str, words: &'static str) -> Option<AnyView> {
    address.cloned().map(|address| view! { <a class="btn" rel=rel href=address>{words}</a> }.into_any())
}

/// 1284 as 1,284.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::{Pager, grouped};

    #[test]
    fn a_list_says_what_it_knows_of_its_length() {
        let list = |shown, total, next: bool| {
            let next = next.then(|| "/employees?after=x".to_owned());
            Pager { shown, total, next, counted: 10_000, ..Pager::default() }.words()
        };
        assert_eq!(list(3, Some(3), false), "Showing all 3");
        assert_eq!(list(50, Some(1_284), true), "Showing 50 of 1,284");
        assert_eq!(list(50, Some(10_000), true), "Showing 50 of more than 9,999");
        assert_eq!(list(50, None, true), "Showing 50; more follow");
        assert_eq!(list(9, None, false), "Showing 9; the list ends here");
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [0, 12, 999, 1_000, 1_284, 1_000_000].map(grouped),
            ["0", "12", "999", "1,000", "1,284", "1,000,000"].map(str::to_owned)
        );
    }
}
