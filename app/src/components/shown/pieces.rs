//! Text taken apart into what can be seen and what cannot.

use std::collections::BTreeSet;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// What can be shown as it is.
    Text(String),
    /// A letter that nobody would see, or that moves those around it.
    Unseen(char),
    /// The letter before is of another script than those around it, such as a Cyrillic "а" in a Latin name: two people's
    /// names can look the same.
    Foreign(char),
    /// Accents beyond the first few on one letter: they would cover the lines above and below.
    Stacked(usize),
}

/// Accents that one letter may carry. Vietnamese has two, careful Hebrew four.
const ACCENTS: usize = 4;

pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let letters: Vec<char> = text.chars().collect();
    let foreign = foreign(&letters);
    let mut pieces = Vec::new();
    let mut seen = String::new();
    let mut accents = 0;
    for (index, &letter) in letters.iter().enumerate() {
        let neighbour = |at: Option<usize>| at.and_then(|at| letters.get(at)).copied();
        let joined = (neighbour(index.checked_sub(1)), neighbour(Some(index + 1)));
        accents = if is_accent(letter) { accents + 1 } else { 0 };
        if accents > ACCENTS {
            flush(&mut seen, &mut pieces);
            match pieces.last_mut() {
                Some(Piece::Stacked(count)) => *count += 1,
                _ => pieces.push(Piece::Stacked(1)),
            }
        } else if is_unseen(letter) && !joins(letter, joined) {
            flush(&mut seen, &mut pieces);
            pieces.push(Piece::Unseen(letter));
        } else {
            // An accent without a letter would sit on whatever stands before the value.
            if seen.is_empty() && is_accent(letter) {
                seen.push('\u{25cc}');
            }
            seen.push(letter);
            if foreign.contains(&index) {
                flush(&mut seen, &mut pieces);
                pieces.push(Piece::Foreign(letter));
            }
        }
    }
    flush(&mut seen, &mut pieces);
    pieces
}

fn flush(seen: &mut String, pieces: &mut Vec<Piece>) {
    if !seen.is_empty() {
        pieces.push(Piece::Text(std::mem::take(seen)));
    }
}

/// Where letters stand that a word of Latin ones has from elsewhere.
fn foreign(letters: &[char]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut start = 0;
    for word in letters.split(|letter| !letter.is_alphabetic() && !is_accent(*letter)) {
        if word.iter().any(|letter| is_latin(*letter)) {
            found.extend((start..).zip(word).filter(|(_, letter)| is_double(**letter)).map(|(index, _)| index));
        }
        start += word.len() + 1;
    }
    found
}

fn is_latin(letter: char) -> bool {
    letter.is_ascii_alphabetic() || matches!(u32::from(letter), 0xc0..=0x24f | 0x1e00..=0x1eff)
}

/// Letters of scripts that have doubles of Latin ones: Greek, Cyrillic, Armenian, Cherokee, and Latin in other shapes.
fn is_double(letter: char) -> bool {
    letter.is_alphabetic()
        && matches!(u32::from(letter),
            0x370..=0x52f | 0x531..=0x587 | 0x13a0..=0x13fd | 0x1c80..=0x1c88 | 0x1f00..=0x1fff | 0x2100..=0x214f
            | 0x2de0..=0x2dff | 0xa640..=0xa69f | 0xab70..=0xabbf | 0xff21..=0xff5a | 0x1d400..=0x1d7ff)
}

fn is_accent(letter: char) -> bool {
    matches!(u32::from(letter), 0x300..=0x36f | 0x483..=0x489 | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe20..=0xfe2f)
}

/// Controls, what has no width, what turns the direction, and fillers that look like nothing.
pub(crate) fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(u32::from(letter),
            0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
            | 0x2028..=0x202e | 0x2060..=0x206f | 0x2800 | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0
            | 0xfff0..=0xfffb | 0xe000..=0xf8ff | 0xe0000..=0xe0fff | 0xf0000..=0x0010_ffff)
}

/// Joiners and variation selectors that do their work between letters of the scripts that need them, and in emoji.
fn joins(letter: char, (before, after): (Option<char>, Option<char>)) -> bool {
    match letter {
        '\u{200c}' | '\u{200d}' => before.is_some_and(takes_joiners) && after.is_some_and(takes_joiners),
        '\u{fe00}'..='\u{fe0f}' => {
            before.is_some_and(|before| takes_joiners(before) || "#*0123456789©®".contains(before))
        }
        // Flags of regions are a black flag with letters that are tags.
        '\u{e0020}'..='\u{e007f}' => {
            before.is_some_and(|before| matches!(u32::from(before), 0x1f3f4 | 0xe0020..=0xe007e))
        }
        _ => false,
    }
}

fn takes_joiners(letter: char) -> bool {
    matches!(u32::from(letter),
        0x600..=0x8ff | 0x900..=0xdff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x1800..=0x180a | 0x1810..=0x18af
        | 0x203c..=0x2049 | 0x2122..=0x21aa | 0x231a..=0x23ff | 0x25aa..=0x27bf | 0x2934..=0x2b55 | 0x3030..=0x303d
        | 0x3297..=0x3299 | 0x4e00..=0x9fff | 0xa840..=0xa87f | 0xfe0e | 0xfe0f | 0x1f000..=0x1faff)
}

/// What an unseen letter is, in words.
pub(super) fn name(letter: char) -> &'static str {
    match u32::from(letter) {
        0x09 => "tab",
        0x0a | 0x0d | 0x85 | 0x2028 | 0x2029 => "line break",
        0xad => "soft hyphen",
        0x200b | 0x2060 | 0xfeff => "space without width",
        0x200c | 0x200d => "joiner without width",
        0x61c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069 => "turns the direction of letters",
        0xe000..=0xf8ff | 0xf0000..=0x0010_ffff => "letter for private use",
        0xe0000..=0xe007f => "hidden tag",
        _ if letter.is_control() => "control character",
        _ => "letter that cannot be seen",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let piece = |piece| match piece {
            Piece::Text(text) => text,
            Piece::Unseen(letter) | Piece::Foreign(letter) => format!("[{:X}]", u32::from(letter)),
            Piece::Stacked(count) => format!("[+{count}]"),
        };
        pieces(text).into_iter().map(piece).collect()
    }

    #[test]
    fn ordinary_names_of_all_scripts_stay_whole() {
        for name in [
            "Ada Lovelace",
            "O’Brien-Núñez",
            "Nguyễn Văn A",
            "Ада Лавлейс (Ada)",
            "ада@acme.test",
            "Αδα",
            "IT-отдел",
            "שָׁלוֹם",
            "محمد علی",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "山田太郎",
            "👩\u{200d}💻 Ada",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "❤\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "e\u{301}\u{323}",
        ] {
            assert_eq!(shown(name), name);
        }
    }

    #[test]
    fn a_letter_of_another_script_in_a_word_is_named() {
        assert_eq!(shown("аda@acme.test"), "а[430]da@acme.test");
        assert_eq!(shown("b ad\u{3b1} c"), "b ad\u{3b1}[3B1] c");
        assert_eq!(shown("\u{ff21}da \u{212a}im"), "\u{ff21}[FF21]da \u{212a}[212A]im");
    }

    #[test]
    fn what_cannot_be_seen_is_named() {
        assert_eq!(shown("a\u{200b}b\u{200d}c"), "a[200B]b[200D]c");
        assert_eq!(shown("\u{202e}a\u{2066}b\u{0}\n\u{feff}"), "[202E]a[2066]b[0][A][FEFF]");
        assert_eq!(shown("\u{3164}\u{ad}\u{2028}\u{e0041}\u{e000}"), "[3164][AD][2028][E0041][E000]");
        assert_eq!(name('\u{202e}'), "turns the direction of letters");
    }

    #[test]
    fn accents_do_not_climb_over_other_lines() {
        assert_eq!(shown(&format!("e{}x", "\u{301}".repeat(40))), format!("e{}[+36]x", "\u{301}".repeat(4)));
        assert_eq!(shown("\u{301}a"), "\u{25cc}\u{301}a");
    }
}
