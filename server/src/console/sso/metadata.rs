//! Metadata of an identity provider: read, and shown beside what is set up. Confirming it is the tab's own form.

use app::components::{FieldError, day};
use app::pages::{MetadataDifference, MetadataDraft, MetadataPage, Page, SsoDraft, Tab};
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use store::integrations::Provider;
use time::OffsetDateTime;

use crate::console::error::ConsoleError;
use crate::console::page::Visitor;
use crate::console::provider::{self, named};
use crate::outbound::{self, Reach};
use crate::sso::certificate::Certificate;
use crate::sso::metadata::{self, MAX_SIZE, Metadata};
use crate::state::AppState;

/// The metadata, the rest of the form, and the words around it.
pub(in crate::console) const MAX_FORM_SIZE: usize = MAX_SIZE + 16 * 1024;

/// The fields for certificates.
const ROOM: usize = 2;

/// What was sent: an address, or the metadata itself, typed or as a file.
#[derive(Default)]
struct Sent {
    url: String,
    text: String,
    file: String,
}

impl Sent {
    async fn read(mut form: Multipart) -> Result<Self, MultipartError> {
        let mut sent = Self::default();
        while let Some(field) = form.next_field().await? {
            let place = match field.name() {
                Some("metadata_url") => &mut sent.url,
                Some("metadata") => &mut sent.text,
                Some("metadata_file") => &mut sent.file,
                _ => continue,
            };
            // What is no text is no metadata either: the parser says so.
            String::from_utf8_lossy(&field.bytes().await?).trim().clone_into(place);
        }
        Ok(sent)
    }
}

pub(in crate::console) async fn compare(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    form: Multipart,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let sent = Sent::read(form).await.map_err(|_| ConsoleError::BadForm)?;
    let page = provider::page(&state, &visitor, provider, Tab::Sso).await?;
    match found(&state, &sent).await? {
        Ok((source, metadata)) => {
            let differs = difference(provider, &page.sso.draft, (source, metadata), state.store.now());
            Ok(visitor.show(Page::Metadata(MetadataPage { enabled: page.sso.enabled, ..differs })).await)
        }
        Err((field, text)) => {
            let mut page = page;
            page.sso.metadata = MetadataDraft { url: sent.url, text: sent.text };
            page.errors = vec![FieldError { field, text }];
            Ok(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::Provider(page)).await)
        }
    }
}

/// The metadata and where it came from; or a field, and what is wrong with it.
type Found = Result<(String, Metadata), (&'static str, String)>;

async fn found(state: &AppState, sent: &Sent) -> Result<Found, ConsoleError> {
    let given = [&sent.file, &sent.text].into_iter().find(|text| !text.is_empty());
    if given.is_none() && !sent.url.is_empty() {
        let reach = if state.config.fetch_private { Reach::Anywhere } else { Reach::Internet };
        let (url, limit) = (sent.url.clone(), MAX_SIZE as u64);
        let fetched = tokio::task::spawn_blocking(move || outbound::fetch(&url, reach, limit));
        let fetched = fetched.await.map_err(|_| ConsoleError::Broken)?;
        let read = fetched
            .map_err(|error| error.to_string())
            .and_then(|text| metadata::read(&text).map_err(|error| error.words().to_owned()));
        return Ok(match read {
            Ok(metadata) => Ok((format!("Read from {} a moment ago.", sent.url), metadata)),
            Err(text) => Err(("metadata_url", text)),
        });
    }
    let text = given.map(String::as_str).unwrap_or_default();
    Ok(match metadata::read(text) {
        Ok(metadata) => Ok(("Read from what you gave.".to_owned(), metadata)),
        Err(error) => Err(("metadata", error.words().to_owned())),
    })
}

/// What would change. What metadata does not say stays as it is.
fn difference(
    provider: Provider,
    draft: &SsoDraft,
    (source, metadata): (String, Metadata),
    now: OffsetDateTime,
) -> MetadataPage {
    let mut warnings = Vec::new();
    let chosen = chosen(&metadata, now, &mut warnings);
    let pinned: Vec<_> = [&draft.certificate, &draft.next_certificate]
        .into_iter()
        .filter_map(|pem| Certificate::from_pem(pem).ok())
        .collect();
    let redirect_url = metadata.redirect_url.unwrap_or_else(|| {
        warnings.push(
            "The metadata names no address for sign-on that begins here (HTTP-Redirect). The one that is set stays."
                .to_owned(),
        );
        draft.redirect_url.clone()
    });
    let line = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty()).into_iter().collect::<Vec<_>>();
    let certificates = |all: &[Certificate]| all.iter().map(|known| described(known, now)).collect::<Vec<_>>();
    let difference = |name, before, after| MetadataDifference { name, before, after };
    let differences = vec![
        difference("SAML Issuer URL", line(&draft.issuer), line(&metadata.issuer)),
        difference("SAML Redirect URL", line(&draft.redirect_url), line(&redirect_url)),
        difference("X.509 certificates", certificates(&pinned), certificates(&chosen)),
    ];
    let pem = |at: usize| chosen.get(at).map(Certificate::to_pem).unwrap_or_default();
    let mut fields = vec![
        ("issuer", metadata.issuer),
        ("certificate", pem(0)),
        ("next_certificate", pem(1)),
        ("redirect_url", redirect_url),
        ("portal_url", draft.portal_url.clone()),
        ("logout_url", draft.logout_url.clone()),
        ("attribute", draft.attribute.clone()),
        ("match_by", draft.match_by.clone()),
    ];
    if draft.allow_unsolicited {
        fields.push(("allow_unsolicited", "yes".to_owned()));
    }
    MetadataPage { provider, source, differences, warnings, fields, enabled: false }
}

/// The two certificates that there is room for.
fn chosen(metadata: &Metadata, now: OffsetDateTime, warnings: &mut Vec<String>) -> Vec<Certificate> {
    let mut usable = metadata.usable(now);
    if usable.is_empty() {
        warnings.push("Every certificate in the metadata has expired. It cannot be taken over as it is.".to_owned());
        return metadata.certificates.iter().take(ROOM).cloned().collect();
    }
    if usable.len() > ROOM {
        let number = usable.len();
        warnings.push(format!(
            "The metadata has {number} certificates that are valid. Two are taken, those that began last."
        ));
        usable.drain(..number - ROOM);
    }
    usable
}

fn described(certificate: &Certificate, now: OffsetDateTime) -> String {
    let until = day(certificate.not_after);
    let word = if certificate.not_after <= now { "expired on" } else { "until" };
    format!("{} ({word} {until})", certificate.fingerprint())
}
