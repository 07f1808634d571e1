//! Steps between the pages of a list.

use leptos::prelude::*;

/// Where a list stands.
#[derive(Debug, Clone)]
pub struct Pager {
    /// The page shown, from 1.
    pub page: usize,
    /// Rows a page holds.
    pub size: usize,
    /// Rows on this page.
    pub shown: usize,
    /// Rows in all.
    pub total: u64,
    /// The list's address with its search, without the page.
    pub address: String,
}

/// "Showing 1–50 of 1,284", and links.
pub fn pager(pager: &Pager) -> Option<AnyView> {
    if pager.total == 0 {
        return None;
    }
    let first = (pager.page - 1) * pager.size + 1;
    let last = first + pager.shown - usize::from(pager.shown > 0);
    let separator = if pager.address.contains('?') { '&' } else { '?' };
    let link = |page: usize| format!("{}{separator}page={page}", pager.address);
    let previous =
        (pager.page > 1).then(|| view! { <a class="btn" rel="prev" href=link(pager.page - 1)>"Previous"</a> });
    let more = (last as u64) < pager.total;
    let next = more.then(|| view! { <a class="btn" rel="next" href=link(pager.page + 1)>"Next"</a> });
    let text = if pager.shown == 0 {
        format!("Nothing on this page; {} in all", grouped(pager.total))
    } else {
        format!("Showing {}–{} of {}", grouped(first as u64), grouped(last as u64), grouped(pager.total))
    };
    Some(view! { <nav class="pager" aria-label="Pages"><p>{text}</p><div>{previous}{next}</div></nav> }.into_any())
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
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [0, 12, 999, 1_000, 1_284, 1_000_000].map(grouped),
            ["0", "12", "999", "1,000", "1,284", "1,000,000"].map(str::to_owned)
        );
    }
}
