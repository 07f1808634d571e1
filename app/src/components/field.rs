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
    /// Whether it may stay empty.
    pub optional: bool,
}

impl Field<'_> {
    /// The field, with its error if it has one.
    pub fn view(&self, errors: &[FieldError]) -> AnyView {
        let said = Said::of(self.name, self.hint, errors);
        view! {
            <div class="field">
                <label for=self.name>{self.label}</label>
                {said.hint()}
                <input
                    id=self.name name=self.name type=self.kind value=self.value.to_owned() autocomplete=self.autocomplete
                    required=!self.optional autofocus=self.autofocus aria-describedby=said.described()
                    aria-invalid=said.invalid()
                />
                {said.error()}
            </div>
        }
        .into_any()
    }
}

/// A labelled text of several lines.
#[derive(Debug, Clone)]
pub struct Area<'a> {
    /// Its name and id.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What was typed before.
    pub value: &'a str,
    /// What helps to fill it in.
    pub hint: &'static str,
    /// Whether it may stay empty.
    pub optional: bool,
}

impl Area<'_> {
    /// The field, with its error if it has one.
    pub fn view(&self, errors: &[FieldError]) -> AnyView {
        let said = Said::of(self.name, Some(self.hint), errors);
        view! {
            <div class="field">
                <label for=self.name>{self.label}</label>
                {said.hint()}
                <textarea
                    id=self.name name=self.name rows="6" class="pem" required=!self.optional autocomplete="off"
                    spellcheck="false" translate="no" aria-describedby=said.described() aria-invalid=said.invalid()
                >{self.value.to_owned()}</textarea>
                {said.error()}
            </div>
        }
        .into_any()
    }
}

/// A labelled list to choose one from.
#[derive(Debug, Clone, Default)]
pub struct Choice<'a> {
    /// Its name and id.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// Value and words of each.
    pub options: &'a [(&'static str, &'static str)],
    /// The value chosen before.
    pub value: &'a str,
    /// What helps to choose.
    pub hint: Option<&'static str>,
}

impl Choice<'_> {
    /// The list, with its error if it has one.
    pub fn view(&self, errors: &[FieldError]) -> AnyView {
        let said = Said::of(self.name, self.hint, errors);
        let option = |(value, words): &(&'static str, &'static str)| {
            view! { <option value=*value selected={*value == self.value}>{*words}</option> }
        };
        view! {
            <div class="field">
                <label for=self.name>{self.label}</label>
                {said.hint()}
                <select id=self.name name=self.name aria-describedby=said.described() aria-invalid=said.invalid()>
                    {self.options.iter().map(option).collect_view()}
                </select>
                {said.error()}
            </div>
        }
        .into_any()
    }
}

/// A box to tick.
pub fn tick(name: &'static str, label: &'static str, ticked: bool) -> AnyView {
    view! {
        <div class="choice"><input id=name name=name type="checkbox" value="yes" checked=ticked/><label for=name>{label}</label></div>
    }
    .into_any()
}

/// What is said about a field beside its label.
struct Said {
    name: &'static str,
    hint: Option<&'static str>,
    error: Option<String>,
}

impl Said {
    fn of(name: &'static str, hint: Option<&'static str>, errors: &[FieldError]) -> Self {
        Self { name, hint, error: errors.iter().find(|error| error.field == name).map(|error| error.text.clone()) }
    }

    fn described(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    fn hint(&self) -> Option<AnyView> {
        let id = format!("{}-hint", self.name);
        self.hint.map(|hint| view! { <p class="hint" id=id>{hint}</p> }.into_any())
    }

    fn error(&self) -> Option<AnyView> {
        let id = format!("{}-error", self.name);
        self.error.clone().map(|error| view! { <p class="error" id=id>{error}</p> }.into_any())
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
