//! The quirk ledger: every leniency applied to a request, in words an admin can read.

use serde::{Deserialize, Serialize};

/// What kind of leniency was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NoteKind {
    /// A value was sent in another form than the schema's and was converted.
    Coerced,
    /// A PATCH path selected nothing, and the element was created.
    CreatedOnAbsent,
    /// Something was not stored: unknown, read-only, or never kept.
    Ignored,
    /// An operation changed nothing.
    NoEffect,
}

/// One leniency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What was done.
    pub kind: NoteKind,
    /// The attribute it was done to, as the client named it.
    pub attribute: String,
    /// In words.
    pub detail: String,
}

/// The leniencies of one request, in the order they were applied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes(pub Vec<Note>);

impl Notes {
    /// Adds a note. At most 200 are kept: a body of thousands of unknown attributes must not fill the log.
    pub fn add(&mut self, kind: NoteKind, attribute: &str, detail: impl Into<String>) {
        if self.0.len() < 200 {
            self.0.push(Note { kind, attribute: attribute.chars().take(200).collect(), detail: detail.into() });
        }
    }

    /// Whether nothing had to be bent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
