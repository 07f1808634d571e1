//! What the Web Browser SSO Profile asks of a response (saml-profiles §4.1.4), each rule with a refusal of its own. What
//! is absent is refused, not assumed.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::structure::Parts;
use super::{Assertion, Expected};
use crate::sso::Refusal;
use crate::sso::xml::{ASSERTION, Element, attribute, children, is, only_child, only_text};

/// How much the clocks may differ.
pub(in crate::sso) const SKEW: Duration = Duration::minutes(3);
/// No identity provider gives an assertion more; it bounds how long used ones are remembered.
const LONGEST: Duration = Duration::days(1);
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// Reads the assertion that was verified, checking everything that is not the signature.
pub(super) fn read(parts: &Parts<'_>, expected: &Expected<'_>) -> Result<Assertion, Refusal> {
    let Parts { response, assertion, .. } = *parts;
    issuer(response, assertion, expected)?;
    let confirmation = destination(response, assertion, expected)?;
    let conditions = only_child(assertion, ASSERTION, "Conditions").ok_or(Refusal::NoConditions)?;
    audience(conditions, expected)?;
    let usable_until = times(assertion, conditions, confirmation, expected.now)?;
    let (authenticated_at, session_until) = authentication(assertion, expected.now)?;
    let in_response_to = request(response, confirmation, expected)?;
    Ok(Assertion {
        id: attribute(assertion, "ID").ok_or(Refusal::NoId)?.to_owned(),
        person: person(assertion, expected)?,
        in_response_to,
        authenticated_at,
        session_until,
        // Until then the same assertion would pass again, so until then it is remembered.
        remembered_until: usable_until + SKEW,
    })
}

/// The Response's issuer may be absent (saml-core §3.2.2), the Assertion's not (saml-profiles §4.1.4.2).
fn issuer(response: Element<'_>, assertion: Element<'_>, expected: &Expected<'_>) -> Result<(), Refusal> {
    let issuer = only_child(assertion, ASSERTION, "Issuer").and_then(only_text).ok_or(Refusal::NoIssuer)?;
    let outer: Vec<_> = children(response, ASSERTION, "Issuer").map(only_text).collect();
    let same = outer.len() <= 1 && outer.iter().all(|outer| outer.as_deref() == Some(expected.issuer));
    if issuer == expected.issuer && same { Ok(()) } else { Err(Refusal::WrongIssuer) }
}

/// saml-bindings §3.5.5.2: Destination is where the message was received. saml-profiles §4.1.4.2: so is Recipient.
fn destination<'a>(
    response: Element<'a>,
    assertion: Element<'a>,
    expected: &Expected<'_>,
) -> Result<Element<'a>, Refusal> {
    match attribute(response, "Destination") {
        None => return Err(Refusal::NoDestination),
        Some(destination) if destination != expected.callback_url => return Err(Refusal::WrongDestination),
        Some(_) => {}
    }
    let subject = only_child(assertion, ASSERTION, "Subject").ok_or(Refusal::NoSubject)?;
    let confirmation = only_child(subject, ASSERTION, "SubjectConfirmation")
        .filter(|confirmation| attribute(*confirmation, "Method") == Some(BEARER))
        .and_then(|confirmation| only_child(confirmation, ASSERTION, "SubjectConfirmationData"))
        .ok_or(Refusal::NoConfirmation)?;
    match attribute(confirmation, "Recipient") {
        None => Err(Refusal::NoRecipient),
        Some(recipient) if recipient != expected.callback_url => Err(Refusal::WrongRecipient),
        Some(_) => Ok(confirmation),
    }
}

/// saml-core §2.5.1: whoever does not understand a condition must not accept the assertion.
fn audience(conditions: Element<'_>, expected: &Expected<'_>) -> Result<(), Refusal> {
    let known = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"];
    let mut inside = conditions.children().filter(Element::is_element);
    if !inside.all(|condition| known.into_iter().any(|name| is(condition, ASSERTION, name))) {
        return Err(Refusal::UnknownCondition);
    }
    let restriction = only_child(conditions, ASSERTION, "AudienceRestriction").ok_or(Refusal::NoAudience)?;
    let named =
        children(restriction, ASSERTION, "Audience").filter_map(only_text).any(|text| text == expected.audience);
    if named { Ok(()) } else { Err(Refusal::WrongAudience) }
}

/// Until when the assertion would be accepted, without the skew.
fn times(
    assertion: Element<'_>,
    conditions: Element<'_>,
    confirmation: Element<'_>,
    now: OffsetDateTime,
) -> Result<OffsetDateTime, Refusal> {
    if time(assertion, "IssueInstant")? > now + SKEW {
        return Err(Refusal::IssuedInFuture);
    }
    let (from, until) = (time(conditions, "NotBefore")?, time(conditions, "NotOnOrAfter")?);
    if from > now + SKEW {
        return Err(Refusal::NotYetValid);
    }
    if until <= now - SKEW {
        return Err(Refusal::Expired);
    }
    // saml-profiles §4.1.4.2: the bearer's confirmation must have a NotOnOrAfter and must not have a NotBefore.
    if attribute(confirmation, "NotBefore").is_some() {
        return Err(Refusal::ConfirmationNotBefore);
    }
    let confirmed_until = time(confirmation, "NotOnOrAfter")?;
    if confirmed_until <= now - SKEW {
        return Err(Refusal::ConfirmationExpired);
    }
    let usable_until = until.min(confirmed_until);
    if usable_until > now + LONGEST + SKEW {
        return Err(Refusal::ValidTooLong);
    }
    Ok(usable_until)
}

/// When the person signed in, and when that session ends: of several statements, the earliest of each.
fn authentication(
    assertion: Element<'_>,
    now: OffsetDateTime,
) -> Result<(Option<OffsetDateTime>, Option<OffsetDateTime>), Refusal> {
    let statements: Vec<_> = children(assertion, ASSERTION, "AuthnStatement").collect();
    if statements.is_empty() {
        return Err(Refusal::NoAuthentication);
    }
    let earliest = |name| {
        let there = statements.iter().filter(|statement| attribute(**statement, name).is_some());
        let times: Result<Vec<_>, _> = there.map(|statement| time(*statement, name)).collect();
        times.map(|times| times.into_iter().min())
    };
    // saml-core §2.7.2: it may be absent.
    let session_until = earliest("SessionNotOnOrAfter")?;
    if session_until.is_some_and(|until| until <= now - SKEW) {
        return Err(Refusal::SessionOver);
    }
    Ok((earliest("AuthnInstant")?, session_until))
}

/// saml-core §1.3.3: times are in UTC, and say so.
fn time(element: Element<'_>, name: &str) -> Result<OffsetDateTime, Refusal> {
    let text = attribute(element, name).filter(|text| text.ends_with('Z')).ok_or(Refusal::NoTime)?;
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| Refusal::NoTime)
}

/// saml-profiles §4.1.4.3 and §4.1.5: a solicited response names its request twice, an unsolicited one not at all.
fn request(
    response: Element<'_>,
    confirmation: Element<'_>,
    expected: &Expected<'_>,
) -> Result<Option<String>, Refusal> {
    let outer = attribute(response, "InResponseTo");
    if outer != attribute(confirmation, "InResponseTo") {
        return Err(Refusal::MixedRequests);
    }
    match outer {
        None if expected.allow_unsolicited => Ok(None),
        None => Err(Refusal::Unsolicited),
        Some(id) if expected.requests.iter().any(|known| known == id) => Ok(Some(id.to_owned())),
        Some(_) => Err(Refusal::UnknownRequest),
    }
}

/// The NameID, or the one value of the attribute that the admin chose.
fn person(assertion: Element<'_>, expected: &Expected<'_>) -> Result<String, Refusal> {
    let subject = only_child(assertion, ASSERTION, "Subject").ok_or(Refusal::NoSubject)?;
    let name_id = only_child(subject, ASSERTION, "NameID").and_then(only_text).ok_or(Refusal::NoSubject)?;
    let Some(name) = expected.attribute else { return Ok(name_id) };
    let mut named = children(assertion, ASSERTION, "AttributeStatement")
        .flat_map(|statement| children(statement, ASSERTION, "Attribute"))
        .filter(|found| attribute(*found, "Name") == Some(name));
    let found = named.next().ok_or(Refusal::NoAttribute)?;
    if named.next().is_some() {
        return Err(Refusal::NoAttribute);
    }
    only_child(found, ASSERTION, "AttributeValue").and_then(only_text).ok_or(Refusal::NoAttribute)
}
