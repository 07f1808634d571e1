//! The words by which employees and groups are found, kept beside them at every write.
//!
//! A search asks for beginnings of words: `hop gra` finds Grace Hopper. Words are compared without regard to case and
//! accents, and an address is a word of its own beside the words before its `@`; what comes after it, most people of a
//! company share.

use std::collections::BTreeSet;

use scim::Document;
use scim::fold::fold;
use sqlx::AssertSqlSafe;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::pool::run;
use crate::resources::Table;
use crate::texts::Texts;
use crate::{Conn, StoreError, TenantId};

/// Written beside the words, so that rows with words of another kind can be told.
pub(crate) const VERSION: i64 = 1;
/// Letters of a word that are kept and compared.
const MAX_LETTERS: usize = 64;
/// Words kept of one resource.
const MAX_WORDS: usize = 100;
/// Bytes of one value that are looked at: a description of a megabyte is not a name.
const MAX_VALUE: usize = 4 * 1024;
/// Words of a search that are looked for.
const MAX_ASKED: usize = 8;

/// The words of a person: of the names, the user name, the addresses, the department and the title.
pub(crate) fn of_employee(document: &Document) -> BTreeSet<String> {
    let single: [&[&str]; 8] = [
        &["displayName"],
        &["name", "formatted"],
        &["name", "givenName"],
        &["name", "familyName"],
        &["nickName"],
        &["userName"],
        &["title"],
        &[scim::urn::ENTERPRISE, "department"],
    ];
    of(single.into_iter().filter_map(|keys| document.text(keys)).chain(document.emails()))
}

/// The words of a group's name.
pub(crate) fn of_group(document: &Document) -> BTreeSet<String> {
    of(document.text(&["displayName"]).into_iter())
}

fn of<'a>(values: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    values.flat_map(|value| value_words(beginning(value))).take(MAX_WORDS).collect()
}

/// The words that a search looks for; each is the beginning of a word, or of an address.
pub(crate) fn asked(text: &str) -> Vec<String> {
    let mut asked = Vec::new();
    for part in beginning(text).split_whitespace() {
        let plain = plain(part);
        // An address that is typed whole or in part is looked for as one word.
        let found = if is_address(&plain) { vec![cut(&plain)] } else { split(&plain).map(cut).collect() };
        for word in found {
            if asked.len() < MAX_ASKED && !asked.contains(&word) {
                asked.push(word);
            }
        }
    }
    asked
}

fn value_words(value: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in value.split_whitespace() {
        let plain = plain(part);
        if is_address(&plain) {
            let local = plain.split('@').next().unwrap_or_default();
            words.extend(split(local).map(cut));
            words.push(cut(&plain));
        } else {
            words.extend(split(&plain).map(cut));
        }
    }
    words
}

fn beginning(value: &str) -> &str {
    let mut end = value.len().min(MAX_VALUE);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    &value[..end]
}

fn is_address(text: &str) -> bool {
    text.find('@').is_some_and(|at| at > 0)
}

/// Without accents, and without characters that nobody sees: they must not keep a name from being found.
fn plain(text: &str) -> String {
    let text: String = text.chars().filter(|letter| !is_invisible(*letter)).collect();
    fold(&text.nfkd().filter(|letter| !is_combining_mark(*letter)).collect::<String>())
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\0' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn cut(word: &str) -> String {
    word.chars().take(MAX_LETTERS).collect()
}

/// A statement that writes the [`Texts`] of a parameter as words of what another parameter names. Those that are there
/// already stay as they are.
pub(crate) fn adding(conn: &Conn<'_>, table: Table, (id, words): (&str, &str)) -> String {
    let (name, of, each) = (table.words(), table.word_of(), conn.each_text(words));
    // Without a condition SQLite would read the conflict's ON as the one of a join.
    format!(
        "INSERT INTO {name} (tenant_id, word, {of}) SELECT $1, j.value, {id} FROM {each} WHERE TRUE ON CONFLICT DO NOTHING"
    )
}

/// A statement that removes all words but these.
pub(crate) fn removing_others(conn: &Conn<'_>, table: Table, (id, words): (&str, &str)) -> String {
    let (name, of, others) = (table.words(), table.word_of(), conn.is_none_of("word", words));
    format!("DELETE FROM {name} WHERE tenant_id = $1 AND {of} = {id} AND {others}")
}

/// Brings the words of something that changed up to date. Most changes touch no name, and then no row.
pub(crate) async fn replace(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    (table, id): (Table, &str),
    new: &BTreeSet<String>,
) -> Result<(), StoreError> {
    let texts = Texts::new(new);
    let both = [removing_others(conn, table, ("$2", "$3")), adding(conn, table, ("$2", "$3"))];
    let sql = conn.together(&both.each_ref().map(String::as_str));
    run!(conn, |c| sqlx::query(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(id)
        .persistent(texts.is_short())
        .bind(&texts)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use scim::Document;
    use serde_json::json;

    use super::{MAX_LETTERS, MAX_WORDS, asked, of_employee, of_group};

    fn document(value: serde_json::Value) -> Document {
        serde_json::from_value(value).unwrap_or_default()
    }

    #[test]
    fn a_person_is_found_by_name_address_department_and_title() {
        let words = of_employee(&document(json!({
            "userName": "grace.hopper@acme.test",
            "name": { "givenName": "Grace", "familyName": "Brewster-Hopper" },
            "emails": [{ "value": "g.hopper@navy.test" }],
            "title": "Rear Admiral",
            scim::urn::ENTERPRISE: { "department": "R&D" }
        })));
        let wanted = [
            "admiral",
            "brewster",
            "d",
            "g",
            "g.hopper@navy.test",
            "grace",
            "grace.hopper@acme.test",
            "hopper",
            "r",
            "rear",
        ];
        assert_eq!(words.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn case_accents_and_invisible_characters_do_not_hide_a_name() {
        let words =
            of_group(&document(json!({ "displayName": "M\u{fc}ller-Stra\u{df}e \u{202e}Jose\u{301} a\u{200b}b" })));
        assert_eq!(words.iter().map(String::as_str).collect::<Vec<_>>(), ["ab", "jose", "muller", "strasse"]);
        assert_eq!(asked(" MULLER,  jos\u{e9} muller"), ["muller", "jose"]);
    }

    #[test]
    fn an_address_is_asked_for_as_one_word() {
        assert_eq!(asked("grace.h@acme"), ["grace.h@acme"]);
        assert_eq!(asked("@acme.test"), ["acme", "test"]);
        assert!(asked(" ... \u{200b} ").is_empty());
    }

    #[test]
    fn long_values_have_a_few_short_words() {
        let long = "x".repeat(1 << 20);
        let many = (0..5_000).map(|number| format!("w{number}")).collect::<Vec<_>>().join(" ");
        let words = of_employee(&document(json!({ "displayName": many, "title": long })));
        assert!(words.len() <= MAX_WORDS && words.iter().all(|word| word.chars().count() <= MAX_LETTERS));
        assert_eq!(asked(&many).len(), 8);
        assert!(asked(&"é".repeat(1 << 20)).iter().all(|word| word.chars().count() <= MAX_LETTERS));
    }
}
