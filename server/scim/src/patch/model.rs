//! PATCH against a naive model: a flat table of what each attribute holds, changed by the letter of RFC 7644 §3.5.2.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::PatchRequest;
use crate::{Document, Notes, ResourceKind, Schemas};

/// Every attribute with one value that the model knows, under its path.
const SINGLE: [&str; 5] = ["title", "nickName", "name.givenName", "name.familyName", "department"];
const TYPES: [&str; 3] = ["work", "home", "other"];

#[derive(Debug, Clone)]
enum Step {
    Set { add: bool, path: &'static str, value: String },
    SetTogether(BTreeMap<&'static str, String>),
    Clear { path: &'static str, how: u8 },
    SetEmail { add: bool, kind: &'static str, value: String },
    RemoveEmails { kind: &'static str },
    ReplaceEmails(BTreeMap<&'static str, String>),
    RemoveAllEmails,
}

#[derive(Debug, Default, PartialEq)]
struct Model {
    single: BTreeMap<String, String>,
    /// By type; the model gives each type one address.
    emails: BTreeMap<String, String>,
}

impl Model {
    fn apply(&mut self, step: &Step) {
        match step.clone() {
            Step::Set { path, value, .. } => drop(self.single.insert(path.to_owned(), value)),
            Step::SetTogether(values) => {
                self.single.extend(values.into_iter().map(|(path, value)| (path.to_owned(), value)));
            }
            Step::Clear { path, .. } => drop(self.single.remove(path)),
            Step::SetEmail { kind, value, .. } => drop(self.emails.insert(kind.to_owned(), value)),
            Step::RemoveEmails { kind } => drop(self.emails.remove(kind)),
            Step::ReplaceEmails(emails) => {
                self.emails = emails.into_iter().map(|(kind, value)| (kind.to_owned(), value)).collect();
            }
            Step::RemoveAllEmails => self.emails.clear(),
        }
    }

    fn of(document: &Document) -> Self {
        let document = Value::Object(document.as_map().clone());
        let at = |path: &str| match path {
            "department" => document[crate::urn::ENTERPRISE]["department"].as_str(),
            path => path.split('.').fold(&document, |value, key| &value[key]).as_str(),
        };
        let single = SINGLE.iter().filter_map(|path| Some(((*path).to_owned(), at(path)?.to_owned()))).collect();
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let emails = document["emails"].as_array().into_iter().flatten();
        Self { single, emails: emails.map(|email| (text(&email["type"]), text(&email["value"]))).collect() }
    }
}

fn operation(step: &Step) -> Value {
    let verb = |add: bool| if add { "Add" } else { "replace" };
    match step {
        Step::Set { add, path, value } => json!({"op": verb(*add), "path": path, "value": value}),
        Step::SetTogether(values) => json!({"op": "replace", "value": values}),
        Step::Clear { path, how: 0 } => json!({"op": "remove", "path": path}),
        Step::Clear { path, how: 1 } => json!({"op": "replace", "path": path, "value": null}),
        Step::Clear { path, .. } => json!({"op": "Replace", "path": path, "value": ""}),
        Step::SetEmail { add, kind, value } => {
            json!({"op": verb(*add), "path": format!("emails[type eq \"{kind}\"].value"), "value": value})
        }
        Step::RemoveEmails { kind } => json!({"op": "Remove", "path": format!("emails[type eq \"{kind}\"]")}),
        Step::ReplaceEmails(emails) => {
            let list: Vec<_> = emails.iter().map(|(kind, value)| json!({"type": kind, "value": value})).collect();
            json!({"op": "replace", "path": "emails", "value": list})
        }
        Step::RemoveAllEmails => json!({"op": "remove", "path": "emails"}),
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let text = || "[a-zA-Z0-9 é]{1,4}";
    let table = |keys: &'static [&'static str]| proptest::collection::btree_map(select(keys), "[a-z]{1,4}", 0..4);
    let step = prop_oneof![
        (any::<bool>(), select(&SINGLE[..]), text()).prop_map(|(add, path, value)| Step::Set { add, path, value }),
        table(&SINGLE).prop_map(Step::SetTogether),
        (select(&SINGLE[..]), 0..3_u8).prop_map(|(path, how)| Step::Clear { path, how }),
        (any::<bool>(), select(&TYPES[..]), text()).prop_map(|(add, kind, value)| Step::SetEmail { add, kind, value }),
        select(&TYPES[..]).prop_map(|kind| Step::RemoveEmails { kind }),
        table(&TYPES).prop_map(Step::ReplaceEmails),
        Just(Step::RemoveAllEmails),
    ];
    proptest::collection::vec(step, 0..12)
}

proptest! {
    #[test]
    fn patch_does_what_the_model_does(steps in steps()) {
        let before: Document = serde_json::from_value(json!({"userName": "u"})).expect("an object");
        let body = json!({"schemas": [crate::urn::PATCH], "Operations": steps.iter().map(operation).collect::<Vec<_>>()});
        let body = body.as_object().expect("an object").clone();
        let request = PatchRequest::parse(body, &mut Notes::default()).expect("readable");
        let patched = request.apply(ResourceKind::User, &before, Schemas::standard(), &mut Notes::default());
        let mut model = Model::default();
        for step in &steps {
            model.apply(step);
        }
        prop_assert_eq!(Model::of(&patched.expect("valid").document), model);
    }
}
