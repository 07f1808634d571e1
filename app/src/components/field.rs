//! Form fields, and how they say what is wrong.

use leptos::prelude::*;

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name.
    pub field: &'static str,
    /// What to do about it.
    pub text: String,
}

/// A labelled input.
#[derive(Debug, Clone, Default)]
pub struct Field<'a> {
    /// Its name and id.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// `text`, `email`, `password`.
    pub kind: &'static str,
    /// What was typed before; never for passwords.
    pub value: &'a str,
    /// What helps to fill it in.
    pub hint: Option<&'static str>,
    /// For password managers.
    pub autocomplete: &'static str,
    /// Whether the cursor starts here.
    pub autofocus: bool,
}

impl Field<'_> {
    /// The field, with its error if it has one.
    pub fn view(&self, errors: &[FieldError]) -> AnyView {
        let error = errors.iter().find(|error| error.field == self.name).map(|error| error.text.clone());
        let (hint_id, error_id) = (format!("{}-hint", self.name), format!("{}-error", self.name));
        let described: Vec<String> =
            self.hint.map(|_| hint_id.clone()).into_iter().chain(error.as_ref().map(|_| error_id.clone())).collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let invalid = error.is_some().then_some("true");
        view! {
            <div class="field">
                <label for=self.name>{self.label}</label>
                {self.hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
                <input
                    id=self.name name=self.name type=self.kind value=self.value.to_owned() autocomplete=self.autocomplete
                    required=true autofocus=self.autofocus aria-describedby=described aria-invalid=invalid
                />
                {error.map(|error| view! { <p class="error" id=error_id>{error}</p> })}
            </div>
        }
        .into_any()
    }
}

/// All that is wrong with a form, each with a link to its field.
pub fn error_summary(errors: &[FieldError]) -> Option<AnyView> {
    if errors.is_empty() {
        return None;
    }
    let items =
        errors.iter().map(|error| view! { <li><a href=format!("#{}", error.field)>{error.text.clone()}</a></li> });
    let summary = view! {
        <div class="note bad" role="alert">
            <div><b>"Please check the form."</b><ul>{items.collect_view()}</ul></div>
        </div>
    };
    Some(summary.into_any())
}
