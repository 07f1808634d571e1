//! The form that takes an identity provider's metadata.

use leptos::prelude::*;
use store::integrations::Provider;

use super::super::address;
use crate::components::{Area, Field, FieldError};

/// What was entered.
#[derive(Debug, Clone, Default)]
pub struct MetadataDraft {
    /// Where it is.
    pub url: String,
    /// The metadata itself.
    pub text: String,
}

impl MetadataDraft {
    pub(super) fn view(&self, provider: Provider, errors: &[FieldError]) -> AnyView {
        let url = Field {
            name: "metadata_url",
            label: "Metadata URL",
            kind: "url",
            value: &self.url,
            hint: Some(match provider {
                Provider::Azure => "Azure calls it App Federation Metadata Url.",
                _ => "An address in the internet that begins with https://.",
            }),
            autocomplete: "off",
            optional: true,
            ..Field::default()
        };
        let text = Area {
            name: "metadata",
            label: "Or the metadata itself",
            value: &self.text,
            hint: "The whole XML file, pasted.",
            optional: true,
        };
        let open = errors.iter().any(|error| ["metadata", "metadata_url"].contains(&error.field));
        view! {
            <details class="more" open=open>
                <summary>"Fill in from metadata"</summary>
                <form method="post" enctype="multipart/form-data" action=format!("{}/sso/metadata", address(provider))>
                    {url.view(errors)}
                    {text.view(errors)}
                    <div class="field">
                        <label for="metadata-file">"Or a file with it"</label>
                        <input id="metadata-file" name="metadata_file" type="file" accept=".xml,application/xml,text/xml,application/samlmetadata+xml"/>
                    </div>
                    <p class="hint">"You see what would change before anything does."</p>
                    <button class="btn" type="submit">"Show the difference"</button>
                </form>
            </details>
        }
        .into_any()
    }
}
