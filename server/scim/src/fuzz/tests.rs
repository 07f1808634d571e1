use proptest::prelude::*;
use proptest::sample::{Index, select};

type Body = fn(&[u8]);

const FILTERS: &[&str] = &[
    r#"userName eq "a@b.c""#,
    r#"emails[type eq "work" and value co "@x"].value sw "a" or not (title pr)"#,
    r#"(meta.created gt "2026-01-01T00:00:00Z") and badge le 7.5"#,
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq null",
    r#"members[value eq "x"] or groups eq y"#,
];
const PATHS: &[&str] = &[
    "name.givenName",
    r#"emails[type eq "work"].value"#,
    r#"members[value eq "1" or value eq "2"]"#,
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    "$ref",
];
const RESOURCES: &[&str] = &[
    r#"{"userName":"u","name.givenName":"G","name":{"familyName":"F"},"emails":[{"value":"a","primary":"True"}]}"#,
    r#"{"displayName":"G","userName":"x","members":[{"value":"1"},"2"],"schemas":["urn:x"],"active":"false"}"#,
    r#"{"userName":"u","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":"m","badge":"7"}}"#,
    r#"{"userName":"u","roles":[{"value":"{\"id\":1,\"value\":[]}"}],"since":"2026-01-01T00:00:00Z","addresses":[{}]}"#,
];
const PATCHES: &[&str] = &[
    r#"{"Operations":[{"op":"Add","path":"emails[type eq \"work\"].value","value":"a@x"}]}"#,
    r#"{"Operations":[{"op":"replace","value":{"name.givenName":"G","active":"False","emails":[]}}]}"#,
    r#"{"Operations":[{"op":"remove","path":"emails[value ew \"x\"].type"},{"op":"add","path":"roles[primary eq \"True\"].value","value":"r"}]}"#,
    r#"{"Operations":[{"op":"replace","path":"emails[type eq \"home\"]","value":{"primary":true,"value":""}}]}"#,
    r#"{"Operations":[{"op":"Remove","path":"members","value":[{"value":"1"}]},{"op":"add","path":"manager","value":[]}]}"#,
];
const QUERIES: &[&str] =
    &["filter=title pr&count=-1&startIndex=0&sortBy=emails.value&attributes=a,b.c", "cursor=&count=5"];
const CURSORS: &[&str] = &["", "ZjQxZjBmNjkwMzk2MzY2NDAxOTAtYWI", "AAAA"];

/// A seed with some bytes changed, taken out, or put in: near enough to what is valid to reach what lies behind it.
fn mutated(seeds: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        select(b"\"[]{}().:,\\ \0$-1e".to_vec()).prop_map(|byte| vec![byte]),
        select(vec!["eq", "null", "true", "members", "urn:", "value", "é", "\\u0000", "[type eq \"work\"]"])
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let change = (any::<Index>(), 0..3_usize, piece);
    (select(seeds), proptest::collection::vec(change, 0..6)).prop_map(|(seed, changes)| {
        let mut bytes = seed.as_bytes().to_vec();
        for (at, taken, put) in changes {
            let at = at.index(bytes.len() + 1);
            let end = (at + taken).min(bytes.len());
            bytes.splice(at..end, put);
        }
        bytes
    })
}

const BODIES: [(Body, &[&str]); 7] = [
    (super::filter, FILTERS),
    (super::path, PATHS),
    (super::json, RESOURCES),
    (super::resource, RESOURCES),
    (super::patch, PATCHES),
    (super::query, QUERIES),
    (super::cursor, CURSORS),
];

#[test]
fn seeds_keep_the_promises() {
    for (body, seeds) in BODIES {
        for seed in seeds {
            body(seed.as_bytes());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn random_bytes_keep_the_promises(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for (body, _) in BODIES {
            body(&bytes);
        }
    }

    #[test]
    fn mutated_seeds_keep_the_promises(
        (of, bytes) in (0..BODIES.len()).prop_flat_map(|of| (Just(of), mutated(BODIES[of].1)))
    ) {
        (BODIES[of].0)(&bytes);
    }
}
