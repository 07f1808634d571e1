//! People who are there already: written through the store, thousands to a commit.

use std::ops::Range;

use anyhow::{Context, Result};
use scim::patch::MemberChange;
use scim::{Document, Schemas};
use serde_json::{Value, json};
use store::employees::{self, Employee};
use store::groups::{self, Group};
use store::integrations::{self, Provider};
use store::{IntegrationId, Store, StoreError, TenantId, tenants};

use crate::database::Database;
use crate::people::person;

/// People to a commit.
const TOGETHER: usize = 5_000;

/// Who is there.
pub(crate) struct Seeded {
    /// The ids of the people, by their number.
    pub(crate) ids: Vec<String>,
    pub(crate) tenant: TenantId,
    pub(crate) integration: IntegrationId,
}

/// Adds so many people to the only company.
pub(crate) async fn people(database: &Database, count: usize) -> Result<Seeded> {
    let store = database.open().await?;
    let (tenant, integration) = company(&store).await?;
    let mut ids = Vec::with_capacity(count);
    for from in (0..count).step_by(TOGETHER) {
        let numbers = from..count.min(from + TOGETHER);
        ids.extend(add(&store, (tenant.clone(), integration.clone()), numbers).await?);
    }
    Ok(Seeded { ids, tenant, integration })
}

async fn company(store: &Store) -> Result<(TenantId, IntegrationId)> {
    let mut reader = store.read().await?;
    let mut conn = reader.conn();
    let tenant = tenants::find_by_name(&mut conn, "Acme").await?.context("no company")?.id;
    let integration = integrations::find(&mut conn, &tenant, Provider::Azure).await?.context("no integration")?.id;
    Ok((tenant, integration))
}

async fn add(
    store: &Store,
    (tenant, integration): (TenantId, IntegrationId),
    numbers: Range<usize>,
) -> Result<Vec<String>> {
    let now = store.now();
    let mut all = Vec::new();
    for number in numbers {
        let document = document(person(number))?;
        let (id, integration_id) = (store.new_id(), integration.clone());
        all.push(Employee { id, integration_id, document, created_at: now, updated_at: now, version: 1 });
    }
    let ids = all.iter().map(|employee| employee.id.clone()).collect();
    let written: Result<(), StoreError> = store
        .write(move |conn| {
            Box::pin(async move {
                for employee in &all {
                    employees::insert(conn, &tenant, employee, Schemas::standard()).await?;
                }
                Ok(())
            })
        })
        .await;
    written?;
    Ok(ids)
}

/// What is stored of a body: all but what the store has in columns of its own.
pub(crate) fn document(mut body: Value) -> Result<Document> {
    body.as_object_mut().context("a body is an object")?.remove("schemas");
    Ok(serde_json::from_value(body)?)
}

/// Makes a group with these members.
pub(crate) async fn group(database: &Database, seeded: &Seeded, name: &str, members: &[String]) -> Result<String> {
    let store = database.open().await?;
    let (id, now) = (store.new_id(), store.now());
    let group = Group {
        id: id.clone(),
        integration_id: seeded.integration.clone(),
        document: document(json!({ "displayName": name }))?,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let (tenant, members) = (seeded.tenant.clone(), members.to_vec());
    let written: Result<(), StoreError> = store
        .write(move |conn| {
            Box::pin(async move {
                groups::insert(conn, &tenant, &group, Schemas::standard()).await?;
                for some in members.chunks(TOGETHER) {
                    let change = MemberChange::Add(some.to_vec());
                    groups::change_members(conn, &tenant, &group.id, &change, now).await?;
                }
                Ok(())
            })
        })
        .await;
    written?;
    Ok(id)
}
