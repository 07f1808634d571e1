//! The rules for secret scanners find our tokens, and nothing else.

use regex::Regex;
use store::SystemRandom;
use store::tokens::TokenSecret;

fn rule(file: &str, before: &str, after: &str) -> Regex {
    let path = format!("{}/../.docs/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let rule = text.split_once(before).expect("a rule").1.split_once(after).expect("its end").0;
    Regex::new(rule).expect("an expression")
}

#[test]
fn published_rules_find_tokens_and_no_prose() {
    let read_by_toml: toml::Table = toml::from_str(include_str!("../../../.docs/gitleaks.toml")).expect("TOML");
    assert_eq!(read_by_toml["rules"][0]["secretGroup"].as_integer(), Some(1));
    for rule in [rule("gitleaks.toml", "regex = '''", "'''"), rule("trufflehog.yaml", "token: ", "\n")] {
        for _ in 0..500 {
            let token = TokenSecret::generate(&SystemRandom);
            let token = token.expose();
            for text in [token.to_owned(), format!("Authorization: Bearer {token}"), format!("TOKEN=\"{token}\"\n")] {
                let found = rule.captures(&text).expect("found");
                assert_eq!(&found[1], token);
            }
            assert!(!rule.is_match(&token[..token.len() - 1]) && !rule.is_match(&format!("{token}x")));
        }
        let prose = include_str!("../../../README.md").to_owned() + include_str!("../../../SECURITY.md");
        assert!(!rule.is_match(&prose), "{:?}", rule.find(&prose));
    }
}
