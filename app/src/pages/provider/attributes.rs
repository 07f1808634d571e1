//! The company's own attributes: the original's "SCIM schema custom attributes", as rows instead of a code.

use leptos::prelude::*;
use store::integrations::Provider;

use super::address;
use crate::components::{Choice, Field, FieldError, error_summary, shown, tick};

/// The types an attribute may have: value and words.
pub const TYPES: [(&str, &str); 5] = [
    ("string", "Text"),
    ("boolean", "Yes or no"),
    ("integer", "Whole number"),
    ("decimal", "Number"),
    ("dateTime", "Date and time"),
];

/// One attribute.
#[derive(Debug, Clone)]
pub struct AttributeRow {
    /// Its SCIM name.
    pub name: String,
    /// Its type in words.
    pub kind: &'static str,
    /// What people see.
    pub label: String,
    /// Whether every employee must have it.
    pub required: bool,
}

/// What was typed before.
#[derive(Debug, Clone, Default)]
pub struct AttributeDraft {
    /// The SCIM name.
    pub name: String,
    /// The type's value.
    pub kind: String,
    /// What people see.
    pub label: String,
    /// Whether every employee must have it.
    pub required: bool,
}

/// The rows and the form that adds one.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    /// The rows.
    pub rows: Vec<AttributeRow>,
    /// What was typed before.
    pub draft: AttributeDraft,
}

impl Attributes {
    pub(super) fn view(&self, provider: Provider, errors: &[FieldError]) -> AnyView {
        let rows = if self.rows.is_empty() {
            view! { <p class="hint">"None yet. Everything in SCIM's own schemas arrives without being listed here."</p> }
                .into_any()
        } else {
            self.table(provider)
        };
        view! {
            <section class="card" aria-labelledby="attributes">
                <h2 id="attributes">"SCIM schema custom attributes"</h2>
                <p class="hint">"Attributes of your own that the identity provider may send, under "
                    <code>"urn:ietf:params:scim:schemas:extension:spaceiq:2.0:User"</code>
                    " or inside the enterprise extension. They hold for all your providers."</p>
                {rows}
                {self.form(provider, errors)}
            </section>
        }
        .into_any()
    }

    fn table(&self, provider: Provider) -> AnyView {
        let row = |row: &AttributeRow| {
            view! {
                <tr>
                    <th scope="row"><code>{row.name.clone()}</code></th>
                    <td data-label="Label">{shown(&row.label)}</td>
                    <td data-label="Type">{row.kind}</td>
                    <td data-label="Required">{if row.required { "Yes" } else { "No" }}</td>
                    <td>
                        <form method="post" action=format!("{}/attributes/remove", address(provider))>
                            <input type="hidden" name="name" value=row.name.clone()/>
                            <button class="btn quiet" type="submit">"Remove"<span class="visually-hidden">" " {row.name.clone()}</span></button>
                        </form>
                    </td>
                </tr>
            }
        };
        view! {
            <table>
                <caption class="visually-hidden">"Custom attributes"</caption>
                <thead><tr>
                    <th scope="col">"SCIM name"</th><th scope="col">"Label"</th><th scope="col">"Type"</th>
                    <th scope="col">"Required"</th><th scope="col"><span class="visually-hidden">"Remove"</span></th>
                </tr></thead>
                <tbody>{self.rows.iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    }

    fn form(&self, provider: Provider, errors: &[FieldError]) -> AnyView {
        let errors: Vec<FieldError> =
            errors.iter().filter(|error| error.field.starts_with("attribute_")).cloned().collect();
        let field = |name, label, value, hint| Field {
            name,
            label,
            kind: "text",
            value,
            hint: Some(hint),
            autocomplete: "off",
            ..Field::default()
        };
        let name = field(
            "attribute_name",
            "SCIM name",
            &self.draft.name,
            "As the identity provider sends it, such as badge_number.",
        );
        let label = field("attribute_label", "Label", &self.draft.label, "As people see it, such as Badge number.");
        let kind =
            Choice { name: "attribute_type", label: "Type", options: &TYPES, value: &self.draft.kind, hint: None };
        view! {
            <details class="more" open=!errors.is_empty()>
                <summary>"Add an attribute"</summary>
                {error_summary(&errors)}
                <form method="post" action=format!("{}/attributes", address(provider))>
                    {name.view(&errors)}{label.view(&errors)}{kind.view(&errors)}
                    {tick("attribute_required", "Required: employees without it are refused", self.draft.required)}
                    <button class="btn" type="submit">"Add attribute"</button>
                </form>
            </details>
        }
        .into_any()
    }
}
