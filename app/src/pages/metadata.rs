//! What an identity provider's metadata would change. Nothing has changed while this is shown.

use leptos::prelude::*;
use store::integrations::Provider;

use super::provider::{WITHIN, address};
use crate::components::{Icon, chip, crumbs, icon};
use crate::shell::Frame;

/// One setting, as it is and as it would be.
#[derive(Debug, Clone)]
pub struct MetadataDifference {
    /// Its name.
    pub name: &'static str,
    /// As it is; a line each.
    pub before: Vec<String>,
    /// As it would be; a line each.
    pub after: Vec<String>,
}

/// The difference, and the form that makes it true.
#[derive(Debug, Clone)]
pub struct MetadataPage {
    /// Whose settings.
    pub provider: Provider,
    /// Where the metadata came from, in words.
    pub source: String,
    /// Setting by setting.
    pub differences: Vec<MetadataDifference>,
    /// What should be known before it is confirmed.
    pub warnings: Vec<String>,
    /// The whole form of the tab, filled in.
    pub fields: Vec<(&'static str, String)>,
    /// Whether sign-on is on already.
    pub enabled: bool,
}

impl MetadataPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let back = format!("{}?tab=sso", address(self.provider));
        let warning = |text: &String| {
            view! { <div class="note warn">{icon(&frame.sprite, Icon::Alert)}<span>{text.clone()}</span></div> }
        };
        let hidden = |(name, value): &(&'static str, String)| {
            view! { <input type="hidden" name=*name value=value.clone()/> }
        };
        let same = self.differences.iter().all(|difference| difference.before == difference.after);
        let confirm = match (same, self.enabled) {
            (true, true) => "Save again",
            (false, true) => "Take it over",
            (_, false) => "Take it over and activate",
        };
        let lead = if same {
            "The settings say the same already. Nothing would change."
        } else {
            "Nothing was changed yet. Compare the fingerprints with those that your identity provider shows: whoever holds one of these keys can sign in as anyone."
        };
        view! {
            <main id="main" class="page one">
                {crumbs(&WITHIN, self.provider.name())}
                <section class="card">
                    <h1>"Take over this metadata?"</h1>
                    <p class="lead">{lead}</p>
                    <p class="hint">{self.source.clone()}</p>
                    {self.warnings.iter().map(warning).collect_view()}
                    {self.table(frame)}
                    <form method="post" action=format!("{}/sso", address(self.provider))>
                        {self.fields.iter().map(hidden).collect_view()}
                        <div class="actions">
                            <button class="btn main" type="submit">{confirm}</button>
                            <a class="btn quiet" href=back.clone()>"Cancel"</a>
                        </div>
                    </form>
                </section>
            </main>
        }
        .into_any()
    }

    fn table(&self, frame: &Frame) -> AnyView {
        let lines = |lines: &[String]| {
            if lines.is_empty() {
                view! { <span class="hint">"nothing"</span> }.into_any()
            } else {
                lines.iter().map(|line| view! { <div class="line">{line.clone()}</div> }).collect_view().into_any()
            }
        };
        let row = |difference: &MetadataDifference| {
            let state = if difference.before == difference.after {
                chip(&frame.sprite, "", Icon::Check, "Same")
            } else {
                chip(&frame.sprite, "warn", Icon::Alert, "Changes")
            };
            view! {
                <tr>
                    <th scope="row">{difference.name} " " {state}</th>
                    <td data-label="Now">{lines(&difference.before)}</td>
                    <td data-label="Then">{lines(&difference.after)}</td>
                </tr>
            }
        };
        view! {
            <table class="difference">
                <caption class="visually-hidden">"What would change"</caption>
                <thead><tr><th scope="col">"Setting"</th><th scope="col">"Now"</th><th scope="col">"Then"</th></tr></thead>
                <tbody>{self.differences.iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    }
}
