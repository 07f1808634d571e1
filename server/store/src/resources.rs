//! What employees and groups have in common: queries over them.

use scim::condition::{Condition, Source};

/// Where a page starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At this place, from 1.
    Index(usize),
    /// After this id, in the order of ids.
    After(Option<String>),
}

/// Which resources, in which order, and which part of them.
#[derive(Debug, Clone)]
pub struct Query {
    /// Which ones; all without it.
    pub condition: Option<Condition>,
    /// By which value, and whether in reverse; by id without it.
    pub sort: Option<(Source, bool)>,
    /// Where the page starts.
    pub place: Place,
    /// How many it may hold.
    pub count: usize,
}

/// A part of the matches.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// How many match in all.
    pub total: u64,
    /// Those on this page.
    pub items: Vec<T>,
    /// Whether others follow.
    pub more: bool,
}

/// The table that a query reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    Employees,
    Groups,
}

impl Table {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Employees => "employees",
            Self::Groups => "groups",
        }
    }

    /// The table of the words by which its rows are found.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Employees => "employee_words",
            Self::Groups => "group_words",
        }
    }

    /// The column there that says whose word it is.
    pub(crate) fn word_of(self) -> &'static str {
        match self {
            Self::Employees => "employee_id",
            Self::Groups => "group_id",
        }
    }
}
