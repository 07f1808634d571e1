//! The choice of a role.

use leptos::prelude::*;

use crate::components::FieldError;

/// The roles: value, name, and what they may do.
const ROLES: [(&str, &str, &str); 4] = [
    ("viewer", "Viewer", "Looks at employees, groups and the provisioning log."),
    ("power", "Power", "Everything but integrations; manages accounts with the roles Viewer and Power."),
    ("it", "IT", "Integrations and the data they exchange, but no accounts."),
    ("admin", "Admin", "Everything."),
];

/// The roles that may be given, to choose one from, each with what it may do.
pub(super) fn role_choice(givable: &[&str], chosen: &str, errors: &[FieldError]) -> AnyView {
    let error = errors.iter().find(|error| error.field == "role");
    let error = error.map(|error| view! { <p class="error" id="role-error">{error.text.clone()}</p> });
    let choice = |(number, (value, name, what)): (usize, (&'static str, &'static str, &'static str))| {
        // The summary of what is wrong leads to the first one.
        let id = if number == 0 { "role".to_owned() } else { format!("role-{value}") };
        let hint = format!("role-{value}-hint");
        view! {
            <div class="choice">
                <input id=id.clone() name="role" type="radio" value=value checked={value == chosen} aria-describedby=hint.clone()/>
                <label for=id>{name}</label>
                <p class="hint" id=hint>{what}</p>
            </div>
        }
    };
    let choices =
        ROLES.into_iter().filter(|(value, ..)| givable.contains(value)).enumerate().map(choice).collect_view();
    view! { <fieldset class="choices cards pairs"><legend>"Role"</legend>{choices}{error}</fieldset> }.into_any()
}
