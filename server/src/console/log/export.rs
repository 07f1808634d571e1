//! The log as a file, with the filters of the list: read and sent page by page, however long it is.

use std::sync::Arc;

use app::components::marked_text;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use futures::stream;
use serde_json::{Value, json};
use store::audit::{self, Act};
use store::events::{self, Event, Filter, Kept, Place};
use store::{Store, StoreError, TenantId};
use time::format_description::well_known::Rfc3339;

use super::query::LogQuery;
use super::{Known, outcome};
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor};
use crate::log::{mask, words};
use crate::state::AppState;

/// Events read at once.
const BATCH: usize = 500;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Ndjson,
}

/// Whoever comes by a link, or back from the sign-in page.
pub(in crate::console) async fn back() -> Redirect {
    Redirect::to("/provisioning-log")
}

pub(in crate::console) async fn export(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(query): Fields<LogQuery>,
) -> Result<Response, ConsoleError> {
    let format = match query.format.as_str() {
        "csv" => Format::Csv,
        "ndjson" => Format::Ndjson,
        _ => return Err(ConsoleError::BadForm),
    };
    let account = visitor.account()?.clone();
    let tenant = account.tenant_id.clone();
    let known = {
        let mut reader = state.store.read().await?;
        Known::of(&mut reader.conn(), &tenant).await?
    };
    // A list can say that it shows more than was asked; a file goes where nobody reads it.
    if !query.ignored(&known).is_empty() {
        return Err(ConsoleError::BadFilter);
    }
    let filter = query.filter(&known);
    let (subject, now) = (query.address(&[]), state.store.now());
    let detail = json!({ "format": query.format });
    let written: Result<(), StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let act = Act { actor: &account.email, action: "events.export", subject: &subject, detail };
                audit::record(conn, &account.tenant_id, &act, now).await
            })
        })
        .await;
    written?;
    let (media_type, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8; header=present", "provisioning-log.csv"),
        Format::Ndjson => ("application/x-ndjson; charset=utf-8", "provisioning-log.ndjson"),
    };
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    let source = Source { store: state.store.clone(), tenant, filter, known: Arc::new(known), format };
    Ok((headers, Body::from_stream(chunks(source))).into_response())
}

struct Source {
    store: Store,
    tenant: TenantId,
    filter: Filter,
    known: Arc<Known>,
    format: Format,
}

/// An error in the middle breaks the connection: a file that is not whole must not look as if it were.
fn chunks(source: Source) -> impl stream::Stream<Item = Result<Bytes, StoreError>> {
    let head = if source.format == Format::Csv { line(&HEADINGS.map(str::to_owned)) } else { String::new() };
    stream::try_unfold((source, Some(Place::Newest), head), |(source, place, mut text)| async move {
        let Some(place) = place else { return Ok(None) };
        let page = {
            let mut reader = source.store.read().await?;
            events::page(&mut reader.conn(), &source.tenant, &source.filter, &place, BATCH, true).await?
        };
        for event in &page.events {
            match source.format {
                Format::Csv => text.push_str(&line(&cells(event, &source.known))),
                Format::Ndjson => {
                    text.push_str(&object(event, &source.known).to_string());
                    text.push('\n');
                }
            }
        }
        let next = page.events.last().filter(|_| page.more).map(|event| Place::Before(event.id.clone()));
        Ok(Some((Bytes::from(text), (source, next, String::new()))))
    })
}

const HEADINGS: [&str; 17] = [
    "time",
    "event",
    "what happened",
    "outcome",
    "status",
    "scimType",
    "detail",
    "duration ms",
    "provider",
    "token",
    "client",
    "address",
    "method",
    "path",
    "correlation id",
    "changes",
    "coerced or ignored",
];

fn time(event: &Event) -> String {
    event.at.format(&Rfc3339).unwrap_or_default()
}

fn cells(event: &Event, known: &Known) -> [String; 17] {
    let exchange = &event.exchange;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let value = |value: &Option<String>| value.clone().unwrap_or_default();
    let change = |change: &events::Change| {
        format!("{}: {} -> {}", change.attribute, value(&change.before), value(&change.after))
    };
    let note = |note: &scim::Note| format!("{}: {}", note.attribute, note.detail);
    [
        time(event),
        event.id.clone(),
        words::words(event).text(),
        outcome(event.outcome).word().to_owned(),
        exchange.status.map(|status| status.to_string()).unwrap_or_default(),
        text(&exchange.scim_type),
        text(&exchange.detail),
        exchange.duration_us.map(|duration| format!("{}.{:03}", duration / 1000, duration % 1000)).unwrap_or_default(),
        known.provider(event).unwrap_or_default().to_owned(),
        known.letters(event),
        text(&exchange.client),
        text(&exchange.address),
        text(&exchange.method),
        text(&exchange.path),
        text(&exchange.correlation_id),
        event.changes.iter().map(change).collect::<Vec<_>>().join("; "),
        event.notes.0.iter().map(note).collect::<Vec<_>>().join("; "),
    ]
}

fn object(event: &Event, known: &Known) -> Value {
    let exchange = &event.exchange;
    let change = |change: &events::Change| json!({ "attribute": change.attribute, "before": change.before, "after": change.after });
    let body = |kept: &Option<Kept>| kept.as_ref().map(|kept| mask::masked_value(&kept.text));
    json!({
        "time": time(event), "event": event.id, "whatHappened": words::words(event).text(),
        "action": event.action.name(), "outcome": event.outcome.name(), "status": exchange.status,
        "scimType": exchange.scim_type, "detail": exchange.detail, "durationMicroseconds": exchange.duration_us,
        "repeats": event.repeats, "resourceType": event.kind, "resourceId": event.resource_id,
        "subject": event.subject, "provider": known.provider(event), "token": known.letters(event),
        "client": exchange.client, "address": exchange.address, "method": exchange.method, "path": exchange.path,
        "correlationId": exchange.correlation_id, "changes": event.changes.iter().map(change).collect::<Vec<_>>(),
        "notes": event.notes, "request": body(&exchange.request), "response": body(&exchange.response),
    })
}

/// RFC 4180: cells in quotes, quotes doubled, lines that end in CR LF.
fn line(cells: &[String]) -> String {
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", inert(cell).replace('"', "\"\""))).collect();
    format!("{}\r\n", quoted.join(","))
}

/// A cell that begins like a formula is one to a spreadsheet, whatever the quotes (OWASP, CSV injection): an apostrophe
/// makes it text. What cannot be seen is named.
fn inert(cell: &str) -> String {
    let text = marked_text(cell);
    let first = text.trim_start().chars().next();
    let formula = first.is_some_and(|first| "=+-@＝＋－＠|%".contains(first));
    if formula { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_text_and_cells_stay_in_their_lines() {
        let cells = ["=1+1", "+A1", "-2", "@SUM(A1)", " =1", "\t=1", "＝1", "a\"b,c\r\nd", "\u{202e}x", "Ada"]
            .map(str::to_owned);
        let expected = "\"'=1+1\",\"'+A1\",\"'-2\",\"'@SUM(A1)\",\"' =1\",\"[U+0009]=1\",\"'＝1\",\"a\"\"b,c[U+000D][U+000A]d\",\"[U+202E]x\",\"Ada\"\r\n";
        assert_eq!(line(&cells), expected);
    }
}

#[cfg(test)]
mod fuzz {
    use proptest::prelude::*;

    use super::*;

    /// As RFC 4180 reads a line all of whose cells are in quotes.
    fn read(line: &str) -> Vec<String> {
        let mut cells = vec![String::new()];
        let (mut quoted, mut letters) = (false, line.chars().peekable());
        while let Some(letter) = letters.next() {
            let cell = cells.last_mut().expect("a cell");
            match (quoted, letter) {
                (true, '"') if letters.next_if_eq(&'"').is_some() => cell.push('"'),
                (_, '"') => quoted = !quoted,
                (true, letter) => cell.push(letter),
                (false, ',') => cells.push(String::new()),
                (false, other) => panic!("{other:?} stands outside the quotes of {line}"),
            }
        }
        cells
    }

    proptest! {
        #[test]
        fn any_cells_stay_cells_and_are_no_formulas(
            cells in proptest::collection::vec("[=+@\\-\t\",;|%\\r\\n a]{0,6}|\\PC{0,12}|[\\x00-\\x1f]{0,4}=", 1..5)
        ) {
            let line = line(&cells);
            let line = line.strip_suffix("\r\n").expect("the end of a line");
            prop_assert!(!line.contains(|letter: char| letter.is_control()));
            let read = read(line);
            prop_assert_eq!(read.len(), cells.len());
            for cell in read {
                let first = cell.trim_start().chars().next();
                prop_assert!(!first.is_some_and(|first| "=+-@|%".contains(first)), "{:?}", cell);
            }
        }
    }
}
