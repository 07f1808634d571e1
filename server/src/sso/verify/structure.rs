//! One Response with one Assertion, and in each at most one Signature with one Reference to the element that it is in: what
//! does not look like that is not looked at further.
//!
//! Signature wrapping needs a second element that can be mistaken for the signed one. There is none here: an element can
//! be signed once, by a Signature directly in it, and nothing else can be signed.

use std::collections::HashSet;

use xml_sec::Document;

use crate::sso::Refusal;
use crate::sso::xml::{ASSERTION, Element, PROTOCOL, SIGNATURE, attribute, children, is, only_child};

/// By these an element can be referred to. Whatever their namespace, no value may be there twice.
const ID_NAMES: [&str; 3] = ["ID", "Id", "id"];
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// Where the parts of a response are.
pub(super) struct Parts<'a> {
    pub(super) response: Element<'a>,
    pub(super) assertion: Element<'a>,
    /// One, or two: some identity providers sign the assertion and then the response around it.
    pub(super) signatures: Vec<Signature<'a>>,
}

/// A signature and what it is of.
pub(super) struct Signature<'a> {
    pub(super) signed: Element<'a>,
    pub(super) signed_info: Element<'a>,
    pub(super) reference: Element<'a>,
}

/// Finds the parts, or says what there is too much or too little of.
pub(super) fn parts<'a>(document: &'a Document<'a>) -> Result<Parts<'a>, Refusal> {
    let response = document.root_element();
    if !is(response, PROTOCOL, "Response") {
        return Err(Refusal::NotAResponse);
    }
    if document.descendants().any(|node| node.is_comment() || node.is_pi()) {
        return Err(Refusal::Comment);
    }
    if ["EncryptedAssertion", "EncryptedID", "EncryptedAttribute", "EncryptedData"]
        .into_iter()
        .any(|name| count(document, name) > 0)
    {
        return Err(Refusal::Encrypted);
    }
    status(response)?;
    unique_ids(document)?;
    let assertion = assertion(document, response)?;
    // saml-core §2.3.3 and §3.2.2: the version of both is "2.0".
    if [response, assertion].into_iter().any(|element| attribute(element, "Version") != Some("2.0")) {
        return Err(Refusal::Version);
    }
    if [response, assertion].into_iter().any(|element| !usable_id(attribute(element, "ID"))) {
        return Err(Refusal::NoId);
    }
    let signatures = signatures(document, response, assertion)?;
    Ok(Parts { response, assertion, signatures })
}

/// How many elements have this name, in any namespace: a look-alike is as bad as a second one.
fn count(document: &Document<'_>, name: &str) -> usize {
    document.descendants().filter(|node| node.is_element() && node.tag_name().name() == name).count()
}

/// saml-core §3.2.2.2: the top-level status code of a response that carries assertions is Success.
fn status(response: Element<'_>) -> Result<(), Refusal> {
    let code = only_child(response, PROTOCOL, "Status").and_then(|status| only_child(status, PROTOCOL, "StatusCode"));
    if code.and_then(|code| attribute(code, "Value")) == Some(SUCCESS) { Ok(()) } else { Err(Refusal::Status) }
}

fn unique_ids(document: &Document<'_>) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for element in document.descendants().filter(Element::is_element) {
        for id in element.attributes().filter(|attribute| ID_NAMES.contains(&attribute.name())) {
            if !seen.insert(id.value()) {
                return Err(Refusal::DuplicateId);
            }
        }
    }
    Ok(())
}

/// saml-core §1.3.4: an ID is an xs:ID. Plain letters, digits and `_-.` are what identity providers make.
fn usable_id(id: Option<&str>) -> bool {
    id.is_some_and(|id| {
        id.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && id.len() <= 256
            && id.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter))
    })
}

fn assertion<'a>(document: &'a Document<'a>, response: Element<'a>) -> Result<Element<'a>, Refusal> {
    if count(document, "Response") > 1 {
        return Err(Refusal::SeveralResponses);
    }
    match count(document, "Assertion") {
        0 => Err(Refusal::NoAssertion),
        1 => only_child(response, ASSERTION, "Assertion").ok_or(Refusal::MisplacedAssertion),
        _ => Err(Refusal::SeveralAssertions),
    }
}

fn signatures<'a>(
    document: &'a Document<'a>,
    response: Element<'a>,
    assertion: Element<'a>,
) -> Result<Vec<Signature<'a>>, Refusal> {
    let all = count(document, "Signature");
    if all == 0 {
        return Err(Refusal::Unsigned);
    }
    // saml-core §5.4.1: the signature is enveloped, a child of the element that it signs.
    let mut found = Vec::new();
    for signed in [response, assertion] {
        let mut inside = children(signed, SIGNATURE, "Signature");
        if let Some(signature) = inside.next() {
            found.push((signed, signature));
        }
        if inside.next().is_some() {
            return Err(Refusal::SeveralSignatures);
        }
    }
    match (found.len(), all) {
        (placed, all) if placed == all => {}
        (0, 1) => return Err(Refusal::MisplacedSignature),
        _ => return Err(Refusal::SeveralSignatures),
    }
    // xmldsig-core §4.5: an Object may hold anything, and the enveloped transform takes it out of the digest.
    if count(document, "Object") > 0 || count(document, "Manifest") > 0 {
        return Err(Refusal::SignatureObject);
    }
    if count(document, "SignedInfo") != all || count(document, "Reference") != all {
        return Err(Refusal::SeveralReferences);
    }
    found.into_iter().map(|(signed, signature)| of(signed, signature)).collect()
}

/// saml-core §5.4.2: one reference, to the ID of the element that is signed.
fn of<'a>(signed: Element<'a>, signature: Element<'a>) -> Result<Signature<'a>, Refusal> {
    let signed_info = only_child(signature, SIGNATURE, "SignedInfo").ok_or(Refusal::SeveralReferences)?;
    let reference = only_child(signed_info, SIGNATURE, "Reference").ok_or(Refusal::SeveralReferences)?;
    let id = attribute(signed, "ID").unwrap_or_default();
    if attribute(reference, "URI").and_then(|uri| uri.strip_prefix('#')) != Some(id) {
        return Err(Refusal::WrongReference);
    }
    Ok(Signature { signed, signed_info, reference })
}
