//! What was done, and what came of it.

/// What a request did, or would have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A resource was created.
    Created,
    /// Attributes or members changed.
    Updated,
    /// A user's `active` became false.
    Disabled,
    /// A user's `active` became true again.
    Enabled,
    /// A resource was removed.
    Deleted,
    /// Someone who was removed is back.
    Restored,
    /// The request changed nothing.
    Unchanged,
    /// Something was read; only failures of it are events.
    Read,
    /// Anything else: a bulk request as a whole, an address that does not exist.
    Other,
    /// More failed at once than could be written down one by one; `repeats` says how many.
    Uncounted,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Created,
        Self::Updated,
        Self::Disabled,
        Self::Enabled,
        Self::Deleted,
        Self::Restored,
        Self::Unchanged,
        Self::Read,
        Self::Other,
        Self::Uncounted,
    ];

    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Deleted => "deleted",
            Self::Restored => "restored",
            Self::Unchanged => "unchanged",
            Self::Read => "read",
            Self::Other => "other",
            Self::Uncounted => "uncounted",
        }
    }

    /// The action with this word.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done.
    Success,
    /// There was nothing to do.
    Skipped,
    /// It could not be done.
    Failure,
    /// Whoever asked was not let in: no live token, a network that is not allowed, too many requests.
    Refused,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Success, Self::Skipped, Self::Failure, Self::Refused];

    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Skipped => "skipped",
            Self::Failure => "failure",
            Self::Refused => "refused",
        }
    }

    /// The outcome with this word.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}
