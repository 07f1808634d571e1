//! "SCIM schema custom attributes": rows that an admin adds and removes.

use app::components::FieldError;
use app::pages::{AttributeDraft, AttributeRow, Attributes, TYPES, provider_address};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use scim::fold::fold;
use scim::schema::{CustomAttribute, CustomKind};
use scim::{ResourceKind, Schemas};
use serde::Deserialize;
use serde_json::json;
use store::audit::{self, Act};
use store::{Conn, StoreError, TenantId, custom_attributes};

use super::conflict;
use super::error::ConsoleError;
use super::page::{Fields, Visitor};
use super::provider::{provisioning, with_errors, with_notice};
use crate::state::AppState;

/// How many a company may have.
const MAX_ATTRIBUTES: usize = 100;
/// The longest label, in letters.
const MAX_LABEL: usize = 100;

/// The rows, as the dialog shows them.
pub(super) async fn shown(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Attributes, StoreError> {
    let row = |attribute: CustomAttribute| AttributeRow {
        kind: TYPES.iter().find(|(value, _)| parse_kind(value) == Some(attribute.kind)).map_or("", |(_, words)| words),
        name: attribute.name,
        label: attribute.label,
        required: attribute.required,
    };
    let rows = custom_attributes::list(conn, tenant).await?.into_iter().map(row).collect();
    Ok(Attributes { rows, draft: AttributeDraft { kind: "string".to_owned(), ..AttributeDraft::default() } })
}

fn parse_kind(value: &str) -> Option<CustomKind> {
    serde_json::from_value(value.into()).ok()
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the fields are named as in the form, beside those of the token")]
pub(super) struct Sent {
    #[serde(default)]
    attribute_name: String,
    #[serde(default)]
    attribute_label: String,
    #[serde(default)]
    attribute_type: String,
    #[serde(default)]
    attribute_required: String,
}

impl Sent {
    fn required(&self) -> bool {
        !self.attribute_required.is_empty()
    }

    fn checked(&self) -> Result<CustomAttribute, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut add = |field, text: &str| errors.push(FieldError { field, text: text.to_owned() });
        let (name, label) = (self.attribute_name.trim(), self.attribute_label.trim());
        let kind = parse_kind(&self.attribute_type);
        let attribute = CustomAttribute::new(name, kind.unwrap_or(CustomKind::String), label, self.required());
        if !attribute.has_valid_name() {
            add("attribute_name", "Begin with a letter and use letters, digits, - and _ only, at most 64.");
        } else if Schemas::standard().find(ResourceKind::User, None, name).is_some() {
            add("attribute_name", "SCIM has an attribute of this name already; it arrives without being listed.");
        }
        if label.is_empty() || label.chars().count() > MAX_LABEL {
            add("attribute_label", "Enter a label of 1 to 100 letters.");
        }
        if kind.is_none() {
            add("attribute_type", "Choose one of the types.");
        }
        if errors.is_empty() { Ok(attribute) } else { Err(errors) }
    }
}

pub(super) async fn add(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let added = match sent.checked() {
        Ok(attribute) => {
            change(&state, &visitor, "attribute.add", attribute.name.clone(), |mut all| {
                all.push(attribute);
                all
            })
            .await
        }
        Err(errors) => Ok(Err(errors)),
    };
    match added? {
        Ok(name) => {
            let message = format!("{name} is an attribute now. Map it in your identity provider to have it sent.");
            visitor.go_to(&provider_address(provider), &message).await
        }
        Err(errors) => {
            let required = sent.required();
            let draft = AttributeDraft {
                name: sent.attribute_name,
                kind: sent.attribute_type,
                label: sent.attribute_label,
                required,
            };
            with_errors(&state, &visitor, provider, (None, Some(draft)), errors).await
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    name: String,
}

pub(super) async fn remove(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(Named { name }): Fields<Named>,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let unwanted = name.clone();
    let removed = change(&state, &visitor, "attribute.remove", name.clone(), move |mut all| {
        all.retain(|attribute| attribute.name != unwanted);
        all
    })
    .await?;
    if removed.is_err() {
        let tenant = &visitor.account()?.tenant_id;
        let who = conflict::last(&state, tenant, &name, &["attribute.remove"]).await?.unwrap_or_default();
        let notice = format!("Nothing was done: there is no attribute {name} any more. {who}");
        return with_notice(&state, &visitor, provider, StatusCode::CONFLICT, notice.trim_end()).await;
    }
    let message =
        format!("{name} is no attribute any more. What employees have of it is not shown until it is added again.");
    visitor.go_to(&provider_address(provider), &message).await
}

/// Changes the list within one transaction, so that two admins at once lose nothing.
async fn change(
    state: &AppState,
    visitor: &Visitor,
    action: &'static str,
    name: String,
    with: impl FnOnce(Vec<CustomAttribute>) -> Vec<CustomAttribute> + Send + 'static,
) -> Result<Result<String, Vec<FieldError>>, ConsoleError> {
    let account = visitor.account()?;
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), state.store.now());
    let wanted = name.clone();
    let changed = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let act = Act { actor: &by, action, subject: &name, detail: json!({}) };
                // The record's lock on the company comes first: whoever changes the list waits for it here.
                audit::record(conn, &tenant, &act, now).await?;
                let before = custom_attributes::list(conn, &tenant).await?;
                let all = with(before.clone());
                if all == before {
                    return Err(StoreError::Stale);
                }
                if all.len() > MAX_ATTRIBUTES {
                    return Err(StoreError::Conflict("attributes"));
                }
                custom_attributes::replace(conn, &tenant, &all).await?;
                Ok(name)
            })
        })
        .await;
    let error = |text: &str| Ok(Err(vec![FieldError { field: "attribute_name", text: text.to_owned() }]));
    match changed {
        Ok(name) => Ok(Ok(name)),
        Err(StoreError::Stale) => error("The list of attributes has changed."),
        Err(StoreError::Conflict("name")) => {
            let known = existing(state, &account.tenant_id, &wanted).await?;
            let who = conflict::last(state, &account.tenant_id, &known, &["attribute.add"]).await?.unwrap_or_default();
            error(format!("There is an attribute of this name already. {who}").trim_end())
        }
        Err(StoreError::Conflict(_)) => error("A company may have at most 100 attributes."),
        Err(error) => Err(error.into()),
    }
}

/// The name of an attribute as it was added, which may differ from the one that was typed in case.
async fn existing(state: &AppState, tenant: &TenantId, typed: &str) -> Result<String, ConsoleError> {
    let mut reader = state.store.read().await?;
    let all = custom_attributes::list(&mut reader.conn(), tenant).await?;
    let known = all.into_iter().find(|attribute| fold(&attribute.name) == fold(typed));
    Ok(known.map_or_else(|| typed.to_owned(), |attribute| attribute.name))
}
