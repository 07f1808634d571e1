//! What a list does not heed.

use leptos::prelude::*;

use super::{Icon, icon, shown};

/// Says which filters of the address do not hold, since they mean nothing here. A list that silently shows too much
/// would be taken for an answer.
pub fn ignored(sprite: &str, filters: &[String]) -> Option<AnyView> {
    let line = |filter: &String| view! { <li>{shown(filter)}</li> };
    (!filters.is_empty()).then(|| {
        view! { <div class="note warn" role="status">{icon(sprite, Icon::Alert)}<ul>{filters.iter().map(line).collect_view()}</ul></div> }
            .into_any()
    })
}
