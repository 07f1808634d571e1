//! Text that came from a directory. It may hold anything: markup, letters that run the other way, letters that cannot be
//! seen, a hundred accents on one letter, a mebibyte. It is shown isolated from what stands around it, cut where it is
//! long, and with a mark wherever it holds what the eye would miss.

mod pieces;

use leptos::prelude::*;

use super::grouped;
pub(crate) use pieces::is_unseen;
use pieces::{Piece, pieces};

/// Letters of a value that stands in a row or a line.
pub const IN_A_LINE: usize = 120;
/// Letters of a value that a page shows when all of it is asked for. More than that is in the export.
const IN_FULL: usize = 20_000;

/// A value in a row or a line of text: isolated, marked, and cut after [`IN_A_LINE`] letters.
pub fn shown(text: &str) -> AnyView {
    shown_within(text, IN_A_LINE)
}

/// The same, cut after as many letters as said.
pub fn shown_within(text: &str, limit: usize) -> AnyView {
    let (head, rest) = cut(text, limit);
    let rest = rest.map(|length| {
        let said = format!("{} letters in all", grouped(length as u64));
        view! { <span class="cut" title=said.clone()>"…"<span class="visually-hidden">{said.clone()}</span></span> }
    });
    view! { <bdi>{marked(head)}</bdi>{rest} }.into_any()
}

/// A value where there is room for it: a long one opens on a click or a key.
pub fn shown_in_full(text: &str) -> AnyView {
    let (_, Some(length)) = cut(text, IN_A_LINE * 3) else { return shown_within(text, IN_A_LINE * 3) };
    let (all, rest) = cut(text, IN_FULL);
    let missing = rest.map(|_| {
        view! { <p class="hint">{format!("Only the first {} letters are shown here.", grouped(IN_FULL as u64))}</p> }
    });
    view! {
        {shown_within(text, IN_A_LINE)}
        <details class="more"><summary>{format!("Show all {} letters", grouped(length as u64))}</summary>
            <bdi>{marked(all)}</bdi>{missing}</details>
    }
    .into_any()
}

/// The same text where there can be no markup, as in a page's title: what cannot be seen is left out.
pub fn plain(text: &str) -> String {
    let (head, rest) = cut(text, IN_A_LINE);
    let mut plain: String = pieces(head)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Unseen(_) | Piece::Foreign(_) | Piece::Stacked(_) => String::new(),
        })
        .collect();
    if rest.is_some() {
        plain.push('…');
    }
    plain
}

/// The first letters, and how many there are in all when these are not all.
fn cut(text: &str, limit: usize) -> (&str, Option<usize>) {
    match text.char_indices().nth(limit) {
        Some((end, _)) => (&text[..end], Some(limit + text[end..].chars().count())),
        None => (text, None),
    }
}

/// The same text for a file: what cannot be seen is named in brackets.
pub fn marked_text(text: &str) -> String {
    let name = |piece: Piece| match piece {
        Piece::Text(text) => text,
        Piece::Unseen(letter) | Piece::Foreign(letter) => format!("[U+{:04X}]", u32::from(letter)),
        Piece::Stacked(count) => format!("[+{count}]"),
    };
    pieces(text).into_iter().map(name).collect()
}

/// A text of several lines with marks.
pub fn marked_lines(text: &str) -> AnyView {
    text.split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => view! { {marked(line)} "\n" }.into_any(),
            None => marked(line),
        })
        .collect_view()
        .into_any()
}

fn marked(text: &str) -> AnyView {
    let mark = |shown: String, title: String| view! { <span class="unseen" title=title>{shown}</span> }.into_any();
    let piece = |piece: Piece| match piece {
        Piece::Text(text) => text.into_any(),
        Piece::Unseen(letter) => mark(format!("U+{:04X}", u32::from(letter)), pieces::name(letter).to_owned()),
        Piece::Foreign(letter) => mark(
            format!("U+{:04X}", u32::from(letter)),
            "letter of another script that looks like one of these".to_owned(),
        ),
        Piece::Stacked(count) => mark(format!("+{count}"), format!("{count} more accents on the same letter")),
    };
    pieces(text).into_iter().map(piece).collect_view().into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(view: AnyView) -> String {
        view.to_html().replace("<!>", "").replace("<!---->", "")
    }

    #[test]
    fn markup_stays_text() {
        let shown = html(shown("<img src=x onerror=alert(1)>&\"'"));
        assert!(!shown.contains("<img") && shown.contains("&lt;img"), "{shown}");
    }

    #[test]
    fn what_is_unseen_gets_a_mark() {
        let shown = html(shown("Ada\u{202e}ecalevoL\u{200b}"));
        assert!(
            shown.contains(">U+202E</span>") && shown.contains("title=\"turns the direction of letters\""),
            "{shown}"
        );
        assert!(shown.contains(">U+200B</span>") && !shown.contains(['\u{202e}', '\u{200b}']), "{shown}");
    }

    #[test]
    fn long_values_are_cut_and_say_so() {
        let long = "ä".repeat(1 << 20);
        assert!(html(shown(&long)).len() < 1000);
        assert!(html(shown(&long)).contains("1,048,576 letters in all"));
        let full = html(shown_in_full(&long));
        assert!(full.len() < 60_000 && full.contains("Show all 1,048,576 letters") && full.contains("first 20,000"));
        assert!(!html(shown_in_full("short")).contains("<details"));
    }

    #[test]
    fn a_title_has_only_what_can_be_seen() {
        assert_eq!(plain("A\u{202e}d\u{0}a"), "Ada");
        assert_eq!(plain(&"x".repeat(200)), format!("{}…", "x".repeat(IN_A_LINE)));
    }
}
