//! Icons from the one sprite in `public/icons.svg`.

use leptos::prelude::*;

/// The symbols of the sprite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A chevron.
    Down,
    /// Settings.
    Gear,
    /// Leaving.
    Out,
    /// It is well.
    Check,
    /// It wants attention.
    Alert,
    /// It waits.
    Clock,
    /// It ended.
    Stop,
    /// Looking for something.
    Search,
    /// People.
    People,
    /// One person.
    User,
    /// A group.
    Group,
    /// What cannot be changed here.
    Lock,
    /// To keep as a file.
    Download,
    /// Silence.
    Moon,
    /// A key.
    Key,
    /// Integrations.
    Puzzle,
}

impl Icon {
    fn id(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Gear => "gear",
            Self::Out => "out",
            Self::Check => "check",
            Self::Alert => "alert",
            Self::Clock => "clock",
            Self::Stop => "stop",
            Self::Search => "search",
            Self::People => "people",
            Self::User => "user",
            Self::Group => "group",
            Self::Lock => "lock",
            Self::Download => "download",
            Self::Moon => "moon",
            Self::Key => "key",
            Self::Puzzle => "puzzle",
        }
    }
}

/// An icon beside words that say the same; it says nothing by itself.
pub fn icon(sprite: &str, icon: Icon) -> AnyView {
    let href = format!("{sprite}#{}", icon.id());
    view! { <svg class="icon" aria-hidden="true" focusable="false"><use href=href></use></svg> }.into_any()
}
