//! The filters of the provisioning log. They stand in the address, so that a list can be sent to someone.

use leptos::prelude::*;

/// A choice of a filter: its value in the address, and its words.
pub(super) type Choice = (String, String);

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct LogFilters {
    /// A name, an id or a correlation id.
    pub search: String,
    /// The outcome.
    pub outcome: String,
    /// The action.
    pub action: String,
    /// The token or the provider.
    pub via: String,
    /// The choices for it.
    pub vias: Vec<Choice>,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// The correlation id.
    pub correlation: String,
}

/// Values and words of outcomes.
pub(super) const OUTCOMES: [(&str, &str); 6] = [
    ("", "Any"),
    ("problems", "Failures and refusals"),
    ("success", "Success"),
    ("skipped", "No change"),
    ("failure", "Failure"),
    ("refused", "Refused"),
];

/// Values and words of actions.
pub(super) const ACTIONS: [(&str, &str); 9] = [
    ("", "Any"),
    ("created", "Create"),
    ("updated", "Update"),
    ("disabled", "Disable"),
    ("enabled", "Enable again"),
    ("deleted", "Delete"),
    ("unchanged", "Sent without a change"),
    ("read", "Read"),
    ("other", "Other"),
];

impl LogFilters {
    /// Names and values of those that hold.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("q", &self.search),
            ("outcome", &self.outcome),
            ("action", &self.action),
            ("via", &self.via),
            ("from", &self.from),
            ("to", &self.until),
            ("correlation", &self.correlation),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.clone())).collect()
    }

    pub(super) fn view(&self) -> AnyView {
        let fixed = |all: &[(&str, &str)]| -> Vec<Choice> {
            all.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect()
        };
        let clear = (!self.pairs().is_empty())
            .then(|| view! { <a class="btn quiet" href="/provisioning-log">"Clear filters"</a> });
        view! {
            <form class="filters" method="get" action="/provisioning-log" role="search">
                <div class="field">
                    <label for="q">"Search"</label>
                    <input id="q" type="search" name="q" value=self.search.clone() placeholder="Person, group, id or correlation id"/>
                </div>
                {select("outcome", "Outcome", &fixed(&OUTCOMES), &self.outcome)}
                {select("action", "Action", &fixed(&ACTIONS), &self.action)}
                {select("via", "Through", &self.vias, &self.via)}
                {day("from", "From", &self.from)}
                {day("to", "To", &self.until)}
                {self.correlation()}
                <div class="actions"><button class="btn" type="submit">"Filter"</button>{clear}</div>
            </form>
        }
        .into_any()
    }

    /// It comes with a link from an event; nobody types it here.
    fn correlation(&self) -> Option<AnyView> {
        (!self.correlation.is_empty()).then(|| {
            view! { <div class="field"><label for="correlation">"Correlation id"</label>
            <input id="correlation" name="correlation" value=self.correlation.clone() spellcheck="false"/></div> }
            .into_any()
        })
    }
}

fn day(name: &'static str, label: &'static str, value: &str) -> AnyView {
    view! { <div class="field"><label for=name>{label}</label><input id=name type="date" name=name value=value.to_owned()/></div> }
        .into_any()
}

fn select(name: &'static str, label: &'static str, choices: &[Choice], value: &str) -> AnyView {
    let option = |(key, words): &Choice| {
        view! { <option value=key.clone() selected={key == value}>{crate::components::plain(words)}</option> }
    };
    view! { <div class="field"><label for=name>{label}</label><select id=name name=name>{choices.iter().map(option).collect_view()}</select></div> }
        .into_any()
}
