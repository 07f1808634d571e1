//! People who are added by creations, each with the event that tells of it.
//!
//! An initial sync sends creations by the thousand, several at a time. What is written for each is known before it comes
//! to the write door; so those who wait there at the same time are written by the same few statements, since to cross to
//! the database and back, or to begin and commit, costs more than a row does.

mod postgres;
mod sqlite;

use scim::Schemas;

use super::insert::{self, New};
use super::{Derived, Employee};
use crate::events::{PreparedEvent, taking_chain};
use crate::{Conn, StoreError, TenantId};

pub(crate) use postgres::hire_together;
pub(crate) use sqlite::{adding_together, begin_together};

/// Somebody who is about to be added, with all that follows from the attributes: worked out before the write door, where
/// everybody else would wait for it.
pub struct Hire {
    tenant: TenantId,
    employee: Employee,
    derived: Derived,
    event: PreparedEvent,
}

impl Hire {
    /// Works it out.
    pub fn new(tenant: TenantId, employee: Employee, schemas: &Schemas, event: PreparedEvent) -> Self {
        let derived = Derived::of(&employee.document, schemas);
        Self { tenant, employee, derived, event }
    }

    /// Of which company.
    pub(crate) fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// By what those of a company are sorted: two servers that add the same people wait for each other, not in a circle.
    pub(crate) fn place(&self) -> &str {
        &self.derived.user_name_key
    }

    /// The row to write, and the event to write down.
    fn parts(&mut self) -> (New<'_>, &mut PreparedEvent) {
        (New { employee: &self.employee, derived: &self.derived }, &mut self.event)
    }
}

/// Adds one person.
pub(crate) async fn hire(conn: &mut Conn<'_>, hire: &mut Hire) -> Result<(), StoreError> {
    let (tenant, then) = (hire.tenant.clone(), taking_chain(conn));
    let (new, event) = hire.parts();
    let end = insert::write(conn, &tenant, &new, Some(then)).await?;
    event.record_after(conn, &tenant, end).await
}
