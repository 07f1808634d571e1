//! What an assertion says, for an admin to read. Nothing is decided by it.

use super::structure::Parts;
use crate::sso::xml::{ASSERTION, Element, attribute, children, only_child, only_text};

/// What an assertion says, once its signature was verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Names and values, in the order in which they are read.
    pub facts: Vec<(&'static str, String)>,
    /// Attributes and their values.
    pub attributes: Vec<(String, Vec<String>)>,
}

/// Reads what is there.
pub(super) fn read(parts: &Parts<'_>) -> Details {
    let Parts { response, assertion, ref signatures } = *parts;
    let signed = signatures
        .iter()
        .map(|signature| if signature.signed.id() == response.id() { "Response" } else { "Assertion" });
    let subject = only_child(assertion, ASSERTION, "Subject");
    let name_id = subject.and_then(|subject| only_child(subject, ASSERTION, "NameID"));
    let confirmation = subject
        .and_then(|subject| only_child(subject, ASSERTION, "SubjectConfirmation"))
        .and_then(|confirmation| only_child(confirmation, ASSERTION, "SubjectConfirmationData"));
    let conditions = only_child(assertion, ASSERTION, "Conditions");
    let authentication = children(assertion, ASSERTION, "AuthnStatement").next();
    let of =
        |element: Option<Element<'_>>, name| element.and_then(|element| attribute(element, name)).map(str::to_owned);
    let audiences =
        conditions.into_iter().flat_map(|conditions| children(conditions, ASSERTION, "AudienceRestriction"));
    let audiences =
        audiences.flat_map(|restriction| children(restriction, ASSERTION, "Audience")).filter_map(only_text);
    let facts = [
        ("NameID", name_id.and_then(only_text)),
        ("NameID format", of(name_id, "Format")),
        ("Issuer", only_child(assertion, ASSERTION, "Issuer").and_then(only_text)),
        ("Signed", Some(signed.collect::<Vec<_>>().join(" and "))),
        ("Destination", of(Some(response), "Destination")),
        ("Recipient", of(confirmation, "Recipient")),
        ("Audience", Some(audiences.collect::<Vec<_>>().join(", "))),
        ("Issued", of(Some(assertion), "IssueInstant")),
        ("Valid from", of(conditions, "NotBefore")),
        ("Valid until", of(conditions, "NotOnOrAfter")),
        ("Confirmed until", of(confirmation, "NotOnOrAfter")),
        ("Signed in at", of(authentication, "AuthnInstant")),
        ("Session until", of(authentication, "SessionNotOnOrAfter")),
        ("Answers request", of(Some(response), "InResponseTo")),
        ("Assertion ID", of(Some(assertion), "ID")),
    ];
    let facts = facts.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    Details { facts: facts.collect(), attributes: attributes(assertion) }
}

fn attributes(assertion: Element<'_>) -> Vec<(String, Vec<String>)> {
    let statements = children(assertion, ASSERTION, "AttributeStatement");
    let all = statements.flat_map(|statement| children(statement, ASSERTION, "Attribute"));
    all.map(|found| {
        let values = children(found, ASSERTION, "AttributeValue").filter_map(only_text).collect();
        (attribute(found, "Name").unwrap_or_default().to_owned(), values)
    })
    .collect()
}
