//! `cargo xtask passwords`: the list of common passwords that the server refuses, made from words and patterns.
//!
//! People who have to invent a password do much the same everywhere: they take a word, or walk over the keyboard, and
//! put something around it. The server strips digits and punctuation from the end by itself, so the list holds what
//! they are put behind; words that are shorter than any password are in it for that reason.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Result;

use crate::paths::{Paths, write_if_changed};

/// What people think of first: the task at hand, the company, the calendar, what they like.
const WORDS: &str = "
    password passphrase passcode passwort motdepasse contrasena wachtwoord secret secrets private security secure
    welcome willkommen bienvenue bienvenido hello goodbye login logon signin access letmein openup opensesame unlock
    changeme change changeit temporary temp default standard test testing tester trial demo sample example
    admin administrator root superuser supervisor manager operator sysadmin support service guest user username account
    office company business corporate enterprise work workplace workspace space spaceiq eptura building floor facility
    desk meeting reception employee employees colleague team teamwork boss director finance sales marketing
    azure microsoft windows office365 google apple okta onelogin pingone linux ubuntu android iphone samsung oracle
    internet network server computer laptop keyboard monitor printer database software hardware system
    january february march april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday weekend holiday vacation birthday christmas easter
    spring summer autumn fall winter morning evening midnight today tomorrow yesterday
    london paris berlin madrid rome vienna amsterdam brussels dublin lisbon prague warsaw moscow tokyo boston chicago
    newyork houston dallas denver seattle miami atlanta toronto sydney melbourne
    england france germany spain italy america canada australia mexico brazil india china japan
    football soccer baseball basketball hockey tennis golf rugby cricket cycling running swimming
    arsenal chelsea liverpool everton barcelona juventus bayern ajax yankees cowboys lakers steelers
    dragon tiger lion eagle falcon panther monkey gorilla elephant dolphin shark wolf bear horse puppy kitten rabbit
    butterfly spider scorpion phoenix unicorn dinosaur
    red orange yellow green blue purple black white silver golden crystal diamond ruby emerald
    sunshine rainbow flower rose daisy lily jasmine garden forest mountain river ocean island beach star galaxy moon
    coffee chocolate cookie cheese banana cherry lemon pepper ginger pizza burger bacon
    love lover loveyou iloveyou sweetheart darling honey baby angel princess prince queen king hunter ranger warrior
    mother father brother sister family friend friends forever happy lucky smile freedom peace power strength victory
    superman batman spiderman ironman starwars skywalker pokemon pikachu minecraft fortnite harley ferrari porsche
    mercedes mustang corvette toyota yamaha honda matrix gandalf merlin wizard magic ninja samurai pirate rockstar
    michael jennifer jessica jordan thomas robert daniel andrew joshua matthew anthony william charlie george
    ashley amanda nicole michelle stephanie elizabeth victoria alexander benjamin samantha natalie patrick
    whatever nothing something anything nopassword mypassword newpassword qwerty qwertz azerty asdfgh zxcvbn qazwsx
    trustno trustnoone blink shadow killer hacker cheater money dollar million winner champion legend
";

/// What people put before a word.
const BEFORE: [&str; 14] =
    ["my", "the", "new", "our", "old", "super", "hello", "ilove", "first", "team", "1", "123", "!", "super-"];
/// What people put behind a word, other than digits and punctuation.
const BEHIND: [&str; 12] =
    ["pass", "password", "login", "admin", "user", "team", "office", "1234abcd", "123abc", "xyz", "s", "x"];
/// Letters and the signs that look like them.
const LOOK_ALIKES: [(char, &str); 6] = [('a', "@4"), ('e', "3"), ('i', "1!"), ('o', "0"), ('s', "$5"), ('t', "7")];
/// Rows and columns of keyboards.
const ROWS: [&str; 7] =
    ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "abcdefghijklmnopqrstuvwxyz"];
const COLUMNS: [&str; 10] = ["1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/"];

/// The shortest password that the server takes; shorter entries are words that something is put behind.
const SHORTEST: usize = 8;
const LONGEST: usize = 20;

/// Writes the list.
pub(crate) fn write(paths: &Paths) -> Result<()> {
    write_if_changed(&path(paths), list().as_bytes())
}

fn path(paths: &Paths) -> PathBuf {
    paths.root.join("server").join("src").join("common_passwords.txt")
}

/// One a line, in lower case, sorted.
fn list() -> String {
    let mut all = BTreeSet::new();
    from_words(&mut all);
    from_keyboards(&mut all);
    from_repetition(&mut all);
    all.retain(|entry| entry.len() <= LONGEST);
    all.into_iter().map(|entry| entry + "\n").collect()
}

fn from_words(all: &mut BTreeSet<String>) {
    let words: BTreeSet<&str> = WORDS.split_whitespace().filter(|word| word.len() >= 4).collect();
    for word in &words {
        all.insert((*word).to_owned());
        all.extend(look_alikes(word));
        let long_enough = |entry: &String| entry.len() >= SHORTEST;
        all.extend(BEFORE.iter().map(|before| format!("{before}{word}")).filter(long_enough));
        all.extend(BEHIND.iter().map(|behind| format!("{word}{behind}")).filter(long_enough));
        all.extend(Some(format!("{word}{word}")).filter(long_enough));
        all.extend(Some(word.chars().rev().collect()).filter(long_enough));
        all.extend((2018..=2028).map(|year| format!("{year}{word}")).filter(long_enough));
    }
}

/// The word with every letter replaced that has a look-alike, and with every one kind of letter replaced.
fn look_alikes(word: &str) -> Vec<String> {
    let replaced = |kinds: &[(char, char)]| -> String {
        word.chars()
            .map(|letter| kinds.iter().find(|(from, _)| *from == letter).map_or(letter, |(_, to)| *to))
            .collect()
    };
    let kinds: Vec<(char, char)> =
        LOOK_ALIKES.iter().flat_map(|(from, signs)| signs.chars().map(|sign| (*from, sign))).collect();
    let mut found: Vec<String> = kinds.iter().map(|kind| replaced(&[*kind])).collect();
    for one in &kinds {
        found.extend(kinds.iter().map(|other| replaced(&[*one, *other])));
    }
    found.push(replaced(&kinds));
    found
}

/// Walks along rows and columns, there and back, once and twice.
fn from_keyboards(all: &mut BTreeSet<String>) {
    for row in ROWS {
        for start in 0..row.len() {
            for end in start + 3..=row.len() {
                let walk = &row[start..end];
                let back: String = walk.chars().rev().collect();
                for entry in [walk.to_owned(), back.clone(), walk.repeat(2), walk.repeat(3), format!("{walk}{back}")] {
                    all.extend(Some(entry).filter(|entry| entry.len() >= SHORTEST));
                }
            }
        }
    }
    for start in 0..COLUMNS.len() {
        for end in start + 2..=COLUMNS.len() {
            let down = COLUMNS[start..end].concat();
            all.insert(down.chars().rev().collect());
            all.insert(down);
        }
        all.insert(COLUMNS[start].repeat(2));
    }
    for letters in ROWS.iter().flat_map(|row| (2..=6).filter_map(|length| row.get(..length))) {
        for digits in ["1", "12", "123", "1234", "12345", "123456"] {
            for entry in [
                format!("{digits}{letters}"),
                format!("{digits}{letters}{digits}"),
                format!("{letters}{digits}{letters}"),
            ] {
                all.extend(Some(entry).filter(|entry| entry.len() >= SHORTEST));
            }
        }
    }
}

/// One letter, or two or three, again and again; and years.
fn from_repetition(all: &mut BTreeSet<String>) {
    let letters: Vec<char> = ('a'..='z').chain('0'..='9').collect();
    for letter in &letters {
        all.extend((SHORTEST..=12).map(|length| letter.to_string().repeat(length)));
    }
    for one in '0'..='9' {
        for other in '0'..='9' {
            all.extend([4, 5].map(|times| format!("{one}{other}").repeat(times)));
            all.insert(format!("{one}{one}{one}{one}{other}{other}{other}{other}"));
        }
    }
    for number in 100..=999 {
        all.insert(number.to_string().repeat(3));
    }
    for year in 1950..=2030 {
        all.insert(year.to_string().repeat(2));
        all.insert(format!("{year}{}", year + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_has_this_list() {
        let paths = Paths::find().unwrap();
        let stored = std::fs::read_to_string(path(&paths)).unwrap();
        assert!(stored == list(), "run cargo xtask passwords");
    }

    #[test]
    fn it_is_long_sorted_and_in_lower_case() {
        let list = list();
        let lines: Vec<&str> = list.lines().collect();
        assert!(lines.iter().filter(|line| line.len() >= SHORTEST).count() >= 3_000);
        assert!(lines.is_sorted() && lines.iter().all(|line| *line == line.to_lowercase()));
        for known in
            ["password", "p@ssw0rd", "letmein", "spaceiq", "1qaz2wsx", "qwertyuiop", "12345678", "drowssap", "iloveyou"]
        {
            assert!(lines.contains(&known), "{known}");
        }
        assert!(!lines.contains(&"correct horse battery"));
    }
}
