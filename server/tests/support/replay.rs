//! Plays written requests against a server and compares what comes back: the format of `scim/cases.json`.

use std::collections::HashMap;

use regex::Regex;
use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use super::client::{Answer, Client};

/// Plays all cases of a group in their order. Each failure is a line; none means that all passed.
pub(crate) fn play(client: &Client, token: &str, document: &Value, group: &str) -> Vec<String> {
    let mut known: HashMap<String, String> = HashMap::from([
        ("token".to_owned(), token.to_owned()),
        ("run".to_owned(), "k3v9x2ab".to_owned()),
        ("RUN".to_owned(), "K3V9X2AB".to_owned()),
        ("run12".to_owned(), "0f3c5a7b9d1e".to_owned()),
    ]);
    let cases = document["cases"].as_array().expect("a list of cases");
    let of_group: Vec<_> = cases.iter().filter(|case| case["group"] == group).collect();
    assert!(!of_group.is_empty(), "no cases in {group}");
    let played = of_group.into_iter().map(|case| (case, play_one(client, case, &mut known)));
    played
        .flat_map(|(case, failures)| failures.into_iter().map(|why| format!("{}: {why}", text(&case["name"]))))
        .collect()
}

fn play_one(client: &Client, case: &Value, known: &mut HashMap<String, String>) -> Vec<String> {
    let (request, expected) = match (filled(&case["request"], known), filled(&case["expect"], known)) {
        (Ok(request), Ok(expected)) => (request, expected),
        (Err(name), _) | (_, Err(name)) => return vec![format!("{name} was never captured")],
    };
    let answer = send(client, &request);
    let body = serde_json::from_str(&answer.text).unwrap_or(Value::Null);
    let mut failures = Vec::new();
    let statuses = expected["status"].as_array().expect("a list of statuses");
    if statuses.contains(&answer.status.into()) {
        failures.extend(list(&expected["headers"]).iter().filter_map(|header| check_header(&answer, header)));
        failures.extend(list(&expected["body"]).iter().filter_map(|check| check_body(&body, check)));
    } else {
        failures.push(format!("status {} is not in {statuses:?}: {}", answer.status, answer.text));
    }
    if answer.status < 300 {
        capture(&case["capture"], &body, known);
    }
    failures
}

fn send(client: &Client, request: &Value) -> Answer {
    let headers: Vec<(&str, &str)> = request["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), text(value)))
        .collect();
    let body = match &request["body"] {
        Value::Null => None,
        body => Some(body.get("$raw").map_or_else(|| body.to_string(), |raw| text(raw).to_owned())),
    };
    let body = body.as_ref().map(String::as_bytes);
    client.send(text(&request["method"]), text(&request["path"]), &headers, body)
}

fn capture(wanted: &Value, body: &Value, known: &mut HashMap<String, String>) {
    for (name, path) in wanted.as_object().into_iter().flatten() {
        if let Some(found) = select(body, text(path)).first() {
            let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
            known.insert(name.clone(), found);
        }
    }
}

fn check_header(answer: &Answer, check: &Value) -> Option<String> {
    let (name, found) = (text(&check["name"]), answer.header(text(&check["name"])));
    let holds = match text(&check["op"]) {
        "exists" => !found.is_empty(),
        "matches" => Regex::new(text(&check["value"])).expect("an expression").is_match(found),
        op => panic!("unknown test of a header: {op}"),
    };
    (!holds).then(|| format!("header {name}: \"{found}\" is not as in {check}"))
}

fn check_body(body: &Value, check: &Value) -> Option<String> {
    let nodes = select(body, text(&check["path"]));
    let wanted = &check["value"];
    let one = (nodes.len() == 1).then(|| nodes[0]);
    let items = one.and_then(Value::as_array).map(Vec::len);
    let number = || usize::try_from(wanted.as_u64().expect("a number")).expect("a small number");
    let holds = match text(&check["op"]) {
        "eq" => one == Some(wanted),
        "ne" => one.is_some_and(|one| one != wanted),
        "exists" => !nodes.is_empty(),
        "absent" => nodes.is_empty(),
        "nonempty" => one.is_some_and(|one| !one.is_null() && one != ""),
        "contains" => nodes.contains(&wanted),
        "not_contains" => !nodes.contains(&wanted),
        "type" => one.is_some_and(|one| type_of(one) == text(wanted)),
        "count_items" => items == Some(number()) || (number() == 0 && nodes.is_empty()),
        "min_items" => items.is_some_and(|items| items >= number()),
        "gte" => one.and_then(Value::as_f64).is_some_and(|one| one >= wanted.as_f64().expect("a number")),
        "empty_or_absent" => {
            nodes.iter().all(|node| node.is_null() || **node == "" || node.as_array().is_some_and(Vec::is_empty))
        }
        "null_or_absent" => nodes.iter().all(|node| node.is_null()),
        op => panic!("unknown test of a body: {op}"),
    };
    (!holds).then(|| format!("{check} but found {}", nodes.into_iter().cloned().collect::<Value>()))
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn select<'v>(body: &'v Value, path: &str) -> Vec<&'v Value> {
    JsonPath::parse(path).unwrap_or_else(|error| panic!("{path}: {error}")).query(body).all()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not text: {value}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The value with what stands between `{{` and `}}` filled in, or the name that is not known.
fn filled(value: &Value, known: &HashMap<String, String>) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => fill(text, known)?.into(),
        Value::Array(items) => Value::Array(items.iter().map(|item| filled(item, known)).collect::<Result<_, _>>()?),
        Value::Object(object) => {
            let filled = object.iter().map(|(key, value)| Ok((fill(key, known)?, filled(value, known)?)));
            Value::Object(filled.collect::<Result<Map<_, _>, String>>()?)
        }
        other => other.clone(),
    })
}

fn fill(text: &str, known: &HashMap<String, String>) -> Result<String, String> {
    let Some((before, rest)) = text.split_once("{{") else { return Ok(text.to_owned()) };
    let Some((name, after)) = rest.split_once("}}") else { return Ok(text.to_owned()) };
    let value = known.get(name).ok_or_else(|| name.to_owned())?;
    Ok(format!("{before}{value}{}", fill(after, known)?))
}
