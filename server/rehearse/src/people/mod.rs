//! The source: a directory's people and groups, with Azure's names for their attributes.

mod change;
mod generate;
mod names;
mod random;
mod read;

use std::collections::{BTreeMap, BTreeSet};

pub use change::{Evolution, evolve};
pub use generate::generate;
pub use read::{ReadError, read_csv, read_json};

/// What a directory says of one person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// The directory's own id.
    pub object_id: String,
    /// Attributes by Azure's names, such as `userPrincipalName`; absent ones have no entry.
    pub attributes: BTreeMap<String, String>,
    /// The `object_id` of the manager.
    pub manager: Option<String>,
    /// Where the person stands.
    pub standing: Standing,
    /// The role with which the person is assigned to the application; none when not assigned.
    pub role: Option<String>,
}

/// Where a person stands in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// May sign in.
    #[default]
    Enabled,
    /// Blocked from signing in.
    Disabled,
    /// In the recycle bin: the name has moved out of the way.
    Deleted,
}

impl Person {
    /// An attribute; the computed ones of Azure included.
    pub fn get(&self, name: &str) -> Option<String> {
        match name {
            "objectId" => Some(self.object_id.clone()),
            "accountEnabled" => Some(truth(self.standing == Standing::Enabled)),
            // Azure computes it: true for who is blocked, deleted, or no longer in scope.
            "IsSoftDeleted" => Some(truth(self.standing != Standing::Enabled)),
            // A deleted person's name makes room for a successor's.
            "userPrincipalName" if self.standing == Standing::Deleted => {
                let id = self.object_id.replace('-', "");
                self.attributes.get(name).map(|name| format!("{id}{name}"))
            }
            _ => self.attributes.get(name).filter(|value| !value.is_empty()).cloned(),
        }
    }

    /// The name to show.
    pub fn label(&self) -> &str {
        self.attributes.get("userPrincipalName").map_or(&self.object_id, String::as_str)
    }

    /// Gives an attribute a value.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.attributes.insert(name.to_owned(), value.into());
    }
}

fn truth(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}

/// What a directory says of one group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Team {
    /// The directory's own id.
    pub object_id: String,
    /// Its name.
    pub display_name: String,
    /// The `object_id`s of its members.
    pub members: BTreeSet<String>,
}

/// A directory at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    /// Everybody, those in the recycle bin included.
    pub people: Vec<Person>,
    /// All groups.
    pub teams: Vec<Team>,
}
