//! A group's members: changes are described, not applied, so that a group of 100,000 need not be read.

use serde_json::Value;

use super::{Op, Target};
use crate::filter::{Filter, Literal, Operator};
use crate::{NoteKind, Notes, ScimError, resource};

/// One change of a group's members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberChange {
    /// These become members; those who are already, stay.
    Add(Vec<String>),
    /// These are no longer members; others are not touched.
    Remove(Vec<String>),
    /// Nobody but these is a member.
    ReplaceAll(Vec<String>),
}

pub(super) fn change(
    op: Op,
    target: &Target<'_, '_>,
    value: Value,
    notes: &mut Notes,
) -> Result<Option<MemberChange>, ScimError> {
    let named = target.named;
    if target.path.sub.is_some() {
        return Err(ScimError::mutability(format!("{named}: members are added and removed, never changed.")));
    }
    if let Some(filter) = &target.path.filter {
        let mut ids = Vec::new();
        collect(filter, named, &mut ids)?;
        return match op {
            Op::Remove => Ok(Some(MemberChange::Remove(ids))),
            Op::Add => {
                notes.add(NoteKind::CreatedOnAbsent, named, "The members that the path names were added.");
                Ok(Some(MemberChange::Add(ids)))
            }
            Op::Replace => {
                Err(ScimError::mutability(format!("{named}: members are added and removed, never changed.")))
            }
        };
    }
    let everyone = matches!(value, Value::Null);
    let ids = resource::members(value, named, notes)?;
    Ok(match op {
        Op::Add if ids.is_empty() => None,
        Op::Add => Some(MemberChange::Add(ids)),
        Op::Replace => Some(MemberChange::ReplaceAll(ids)),
        // RFC 7644 §3.5.2.2: without a value all members go. Entra without its compliance flag names those who go.
        Op::Remove if everyone => Some(MemberChange::ReplaceAll(Vec::new())),
        Op::Remove if ids.is_empty() => None,
        Op::Remove => {
            notes.add(NoteKind::Coerced, named, "Only the members that were sent with it were removed.");
            Some(MemberChange::Remove(ids))
        }
    })
}

/// The ids that `value eq "a" or value eq "b"` names.
fn collect(filter: &Filter, named: &str, ids: &mut Vec<String>) -> Result<(), ScimError> {
    match filter {
        Filter::Or(left, right) => {
            collect(left, named, ids)?;
            collect(right, named, ids)
        }
        Filter::Compare(path, Operator::Eq, Literal::Text(id))
            if path.urn.is_none() && path.sub.is_none() && path.attribute.eq_ignore_ascii_case("value") =>
        {
            ids.push(id.clone());
            Ok(())
        }
        _ => Err(ScimError::invalid_filter(format!("{named}: name members with [value eq \"id\"]."))),
    }
}
