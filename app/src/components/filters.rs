//! Search, filters and order of a list, as a form whose answer is an address.

use leptos::prelude::*;

use super::{ignored, plain};

/// One choice of a filter: its value in the address, and what people read.
pub type FilterOption = (String, String);

/// A filter with its choices; the first of them is "all".
#[derive(Debug, Clone)]
pub struct Filter {
    /// In the address.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    /// The choices.
    pub options: Vec<FilterOption>,
    /// The one that holds.
    pub value: String,
}

/// A filter whose choices are too many for a list: what was typed stands for one of them.
#[derive(Debug, Clone)]
pub struct TypedFilter {
    /// In the address.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    /// What to type.
    pub hint: &'static str,
    /// What was typed, or the name of what that stands for.
    pub value: String,
}

/// What a list is narrowed and ordered by.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    /// The list's address, without a query.
    pub address: &'static str,
    /// What is looked for.
    pub search: String,
    /// In which values it is looked for, in words.
    pub searched: &'static str,
    /// A filter to type in.
    pub typed: Option<TypedFilter>,
    /// The filters.
    pub filters: Vec<Filter>,
    /// What of the address means nothing here, in sentences.
    pub ignored: Vec<String>,
    /// Whether anything narrows the list.
    pub narrowed: bool,
}

impl Filters {
    /// The form.
    pub fn view(&self, sprite: &str) -> AnyView {
        let filter = |filter: &Filter| {
            let option = |(value, words): &FilterOption| {
                view! { <option value=value.clone() selected={*value == filter.value}>{plain(words)}</option> }
            };
            let id = format!("filter-{}", filter.name);
            view! {
                <div class="field">
                    <label for=id.clone()>{filter.label}</label>
                    <select id=id name=filter.name>{filter.options.iter().map(option).collect_view()}</select>
                </div>
            }
        };
        let hint = self.typed.as_ref().map(|typed| {
            let id = format!("filter-{}-hint", typed.name);
            view! { <p class="hint" id=id>{format!("{}: {}", typed.label, typed.hint)}</p> }
        });
        let clear = self.narrowed.then(|| view! { <a class="btn quiet" href=self.address>"Clear"</a> });
        view! {
            <form class="filters" method="get" action=self.address role="search">
                <div class="field">
                    <label for="search">"Search"</label>
                    <input id="search" type="search" name="q" value=self.search.clone() aria-describedby="searched"/>
                </div>
                {self.typed.as_ref().map(TypedFilter::view)}
                {self.filters.iter().map(filter).collect_view()}
                <div class="actions"><button class="btn" type="submit">"Search"</button>{clear}</div>
                <p class="hint" id="searched">{self.searched}</p>
                {hint}
            </form>
            {ignored(sprite, &self.ignored)}
        }
        .into_any()
    }
}

impl TypedFilter {
    fn view(&self) -> AnyView {
        let id = format!("filter-{}", self.name);
        view! {
            <div class="field">
                <label for=id.clone()>{self.label}</label>
                <input id=id.clone() type="search" name=self.name value=self.value.clone() aria-describedby=format!("{id}-hint")/>
            </div>
        }
        .into_any()
    }
}
