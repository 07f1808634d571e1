//! People from a file: CSV with a line of names (RFC 4180), or a JSON array of objects.
//!
//! The names are Azure's attributes. Of its own kind are `manager` (the userPrincipalName or objectId of another
//! row), `accountEnabled`, `appRole` (empty: not assigned; without the column everybody is) and `groups` (names, in CSV
//! with `;` between them).

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{Directory, Person, Standing, Team};

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The text is not CSV or JSON of this kind.
    #[error("{0}")]
    Malformed(String),
    /// A person without a name to match by.
    #[error("person {0} has no userPrincipalName")]
    Nameless(usize),
    /// A manager who is nobody in the file.
    #[error("{0}: the manager {1} is not in the file")]
    UnknownManager(String, String),
    /// Two rows with one name.
    #[error("{0} is in the file twice")]
    Twice(String),
}

type Row = BTreeMap<String, String>;

/// Reads CSV.
pub fn read_csv(text: &str) -> Result<Directory, ReadError> {
    let mut records = records(text.trim_start_matches('\u{feff}'))?.into_iter();
    let names = records.next().ok_or_else(|| ReadError::Malformed("the file is empty".to_owned()))?;
    let mut rows = Vec::new();
    for (place, record) in records.enumerate() {
        if record.len() != names.len() {
            let message = format!("row {} has {} fields instead of {}", place + 2, record.len(), names.len());
            return Err(ReadError::Malformed(message));
        }
        rows.push(names.iter().map(|name| name.trim().to_owned()).zip(record).collect());
    }
    directory(rows)
}

/// Reads a JSON array of objects.
pub fn read_json(text: &str) -> Result<Directory, ReadError> {
    let value: Value = serde_json::from_str(text).map_err(|error| ReadError::Malformed(error.to_string()))?;
    let wrong = || ReadError::Malformed("a JSON array of objects is expected".to_owned());
    let row = |value: &Value| {
        let object = value.as_object()?;
        Some(object.iter().filter_map(|(name, value)| Some((name.clone(), plain(value)?))).collect())
    };
    directory(value.as_array().ok_or_else(wrong)?.iter().map(row).collect::<Option<_>>().ok_or_else(wrong)?)
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";")),
        other => Some(other.to_string()),
    }
}

fn directory(rows: Vec<Row>) -> Result<Directory, ReadError> {
    let mut people = Vec::with_capacity(rows.len());
    let mut ids = HashMap::new();
    let mut managers = Vec::new();
    let mut teams: BTreeMap<String, Team> = BTreeMap::new();
    for (place, mut row) in rows.into_iter().enumerate() {
        let name = row.get("userPrincipalName").filter(|name| !name.is_empty());
        let name = name.cloned().ok_or(ReadError::Nameless(place + 1))?;
        let object_id = row.remove("objectId").filter(|id| !id.is_empty()).unwrap_or_else(|| name.clone());
        if ids.insert(name.clone(), object_id.clone()).is_some() {
            return Err(ReadError::Twice(name));
        }
        ids.insert(object_id.clone(), object_id.clone());
        managers.push(row.remove("manager").filter(|manager| !manager.is_empty()));
        for group in row.remove("groups").unwrap_or_default().split(';').map(str::trim).filter(|name| !name.is_empty())
        {
            let team = teams.entry(group.to_owned()).or_default();
            group.clone_into(&mut team.display_name);
            team.object_id = format!("group:{group}");
            team.members.insert(object_id.clone());
        }
        let enabled = row.remove("accountEnabled").is_none_or(|value| !value.eq_ignore_ascii_case("false"));
        let standing = if enabled { Standing::Enabled } else { Standing::Disabled };
        let role = row.remove("appRole").map_or(Some("User".to_owned()), |role| (!role.is_empty()).then_some(role));
        row.retain(|_, value| !value.is_empty());
        people.push(Person { object_id, attributes: row, manager: None, standing, role });
    }
    for (person, manager) in people.iter_mut().zip(managers) {
        let Some(manager) = manager else { continue };
        let found = ids.get(&manager).cloned();
        person.manager = Some(found.ok_or_else(|| ReadError::UnknownManager(person.label().to_owned(), manager))?);
    }
    Ok(Directory { people, teams: teams.into_values().collect() })
}

/// RFC 4180: fields between commas, perhaps in quotes; two quotes within quotes are one.
fn records(text: &str) -> Result<Vec<Vec<String>>, ReadError> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut in_quotes = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if in_quotes && letters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if in_quotes => in_quotes = false,
            letter if in_quotes => field.push(letter),
            '"' if field.is_empty() => in_quotes = true,
            ',' => record.push(std::mem::take(&mut field)),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            letter => field.push(letter),
        }
    }
    if in_quotes {
        return Err(ReadError::Malformed("a quote is not closed".to_owned()));
    }
    if !field.is_empty() || !record.is_empty() {
        record.push(field);
        records.push(record);
    }
    records.retain(|record| record.len() > 1 || !record[0].is_empty());
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "userPrincipalName,displayName,manager,appRole,accountEnabled,groups\r\n\
        ada@x.test,\"Lovelace, \"\"Ada\"\"\",,User,true,Board;Finance\r\n\
        bob@x.test,Bob,ada@x.test,Default Access,false,Finance\r\n\
        eve@x.test,,ada@x.test,,true,\n";

    #[test]
    fn reads_csv_and_json_alike() {
        let directory = read_csv(CSV).expect("a directory");
        let [ada, bob, eve] = &directory.people[..] else { panic!("three people") };
        assert_eq!(ada.get("displayName").as_deref(), Some("Lovelace, \"Ada\""));
        assert_eq!((bob.manager.as_deref(), bob.standing), (Some("ada@x.test"), Standing::Disabled));
        assert_eq!((bob.role.as_deref(), eve.role.as_deref()), (Some("Default Access"), None));
        assert_eq!(
            directory.teams.iter().map(|team| (&*team.display_name, team.members.len())).collect::<Vec<_>>(),
            [("Board", 1), ("Finance", 2)]
        );
        let json = r#"[{"userPrincipalName":"ada@x.test","displayName":"Lovelace, \"Ada\"","appRole":"User","accountEnabled":true,
            "groups":["Board","Finance"]},{"userPrincipalName":"bob@x.test","displayName":"Bob","manager":"ada@x.test",
            "appRole":"Default Access","accountEnabled":false,"groups":["Finance"]},
            {"userPrincipalName":"eve@x.test","manager":"ada@x.test","appRole":"","displayName":null}]"#;
        assert_eq!(read_json(json).expect("a directory"), directory);
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, error) in [
            ("", ReadError::Malformed("the file is empty".to_owned())),
            ("a\n\"", ReadError::Malformed("a quote is not closed".to_owned())),
            ("a,b\n1\n2,3", ReadError::Malformed("row 2 has 1 fields instead of 2".to_owned())),
            ("displayName,x\nAda,y", ReadError::Nameless(1)),
            ("userPrincipalName,x\na,y\na,y", ReadError::Twice("a".to_owned())),
            ("userPrincipalName,manager\na,b", ReadError::UnknownManager("a".to_owned(), "b".to_owned())),
        ] {
            assert_eq!(read_csv(text), Err(error), "{text}");
        }
        assert!(read_json("{}").is_err() && read_json("[1]").is_err() && read_json("[").is_err());
    }
}
