//! Signatures that are none, or of something else.

use super::super::idp::{Idp, Key, Signs, changed};
use super::{Case, EVIL_NAME, NAME, OBJECT, signed_as, tampered};
use crate::sso::Refusal;

pub(super) fn signatures() -> Vec<Case> {
    const URI: &str = r##"URI="#{id}""##;
    const RSA: &str = "{method}";
    const EXCLUSIVE: &str = r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform>"#;
    let reference = r##"<ds:Reference URI="#_r"></ds:Reference></ds:SignedInfo>"##;
    let transform = |name: &str| format!(r#"{EXCLUSIVE}<ds:Transform Algorithm="{name}"></ds:Transform>"#);
    let other = super::super::idp::certificate(Key::Other).to_pem();
    let inner: String = other.lines().filter(|line| !line.starts_with('-')).collect();
    let key_info =
        format!("<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{inner}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>");
    let retrieval =
        r#"<ds:KeyInfo><ds:RetrievalMethod URI="http://127.0.0.1:1/key"></ds:RetrievalMethod></ds:KeyInfo>"#;
    let stranger = |more: &str| Idp { key: Key::Other, more: more.to_owned(), ..Idp::default() }.sends();
    vec![
        signed_as("two references", "</ds:SignedInfo>", reference, Refusal::SeveralReferences),
        signed_as("a reference to the response", URI, r##"URI="#_r""##, Refusal::WrongReference),
        signed_as("a reference to the whole", URI, r#"URI="""#, Refusal::WrongReference),
        signed_as("a reference to nothing", &format!(" {URI}"), "", Refusal::WrongReference),
        signed_as("an XPointer", URI, r##"URI="#xpointer(id('_a'))""##, Refusal::WrongReference),
        signed_as("a reference elsewhere", URI, r#"URI="http://127.0.0.1:1/a""#, Refusal::WrongReference),
        signed_as("a reference to a file", URI, r#"URI="file:///etc/passwd""#, Refusal::WrongReference),
        signed_as("RSA with SHA-1", RSA, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", Refusal::Sha1),
        signed_as("RSA with MD5", RSA, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", Refusal::SignatureAlgorithm),
        signed_as("HMAC", RSA, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", Refusal::SignatureAlgorithm),
        signed_as("an unknown algorithm", RSA, "none", Refusal::SignatureAlgorithm),
        signed_as("a digest of SHA-1", "{digest method}", "http://www.w3.org/2000/09/xmldsig#sha1", Refusal::Sha1),
        signed_as("ECDSA with SHA-1", RSA, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", Refusal::Sha1),
        signed_as(
            "a digest of MD5",
            "{digest method}",
            "http://www.w3.org/2001/04/xmldsig-more#md5",
            Refusal::DigestAlgorithm,
        ),
        signed_as(
            "RSA-PSS",
            RSA,
            "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
            Refusal::SignatureAlgorithm,
        ),
        signed_as(
            "the name of another algorithm",
            RSA,
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Refusal::BadSignature,
        ),
        signed_as(
            "the name of another hash",
            RSA,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Refusal::BadSignature,
        ),
        signed_as(
            "with comments",
            "CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"",
            "CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"",
            Refusal::Canonicalization,
        ),
        signed_as(
            "inclusive",
            "CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"",
            "CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"",
            Refusal::Canonicalization,
        ),
        signed_as(
            "an XPath",
            EXCLUSIVE,
            &transform("http://www.w3.org/TR/1999/REC-xpath-19991116"),
            Refusal::Transform,
        ),
        signed_as(
            "a stylesheet",
            EXCLUSIVE,
            &transform("http://www.w3.org/TR/1999/REC-xslt-19991116"),
            Refusal::Transform,
        ),
        signed_as("base64", EXCLUSIVE, &transform("http://www.w3.org/2000/09/xmldsig#base64"), Refusal::Transform),
        signed_as("without canonicalization", EXCLUSIVE, "", Refusal::Transform),
        tampered("another name", NAME, EVIL_NAME, Refusal::BadSignature),
        tampered("another audience", "<saml:Audience>", "<saml:Audience> ", Refusal::BadSignature),
        tampered("another time", "T13:00:00Z", "T14:00:00Z", Refusal::BadSignature),
        tampered(
            "an added attribute",
            "<saml:AttributeStatement>",
            "<saml:AttributeStatement><saml:Attribute Name=\"admin\"/>",
            Refusal::BadSignature,
        ),
        tampered("another digest", "<ds:DigestValue>", "<ds:DigestValue>AAAA", Refusal::BadSignature),
        tampered(
            "a signature that is too long",
            "<ds:SignatureValue>",
            "<ds:SignatureValue>AAAA",
            Refusal::BadSignature,
        ),
        tampered("a signature that is no base64", "<ds:SignatureValue>", "<ds:SignatureValue>!", Refusal::BadSignature),
        Case { name: "a stranger", xml: stranger(""), refusal: Refusal::BadSignature },
        Case { name: "a stranger with a certificate", xml: stranger(&key_info), refusal: Refusal::BadSignature },
        Case { name: "a stranger with an address", xml: stranger(retrieval), refusal: Refusal::BadSignature },
    ]
}

/// Response and Assertion are both signed, and one of the two signatures is not what it should be.
pub(super) fn signed_twice() -> Vec<Case> {
    let both = |key| Idp { signs: Signs::Both, key, ..Idp::default() };
    let good = both(Key::Pinned).sends();
    let inner = both(Key::Pinned).signed_assertion();
    let around = |assertion: &str, key| {
        let idp = Idp { assertion: assertion.to_owned(), signs: Signs::Response, key, ..Idp::default() };
        idp.sends()
    };
    let stranger = both(Key::Other).signed_assertion();
    let outer = super::signature_of(&good);
    let swapped = super::signature_of(&inner);
    let case = |name, xml: String, refusal| Case { name, xml, refusal };
    let evil = changed(&inner, NAME, EVIL_NAME);
    let longer = Idp { signs: Signs::Both, sha: super::super::idp::Sha::Sha512, ..Idp::default() };
    vec![
        case("a stranger inside", around(&stranger, Key::Pinned), Refusal::BadSignature),
        case("a stranger outside", around(&inner, Key::Other), Refusal::BadSignature),
        case("a changed assertion inside", around(&evil, Key::Pinned), Refusal::BadSignature),
        case(
            "a changed response outside",
            changed(&good, r#"ID="_r" "#, r#"ID="_r" Consent="x" "#),
            Refusal::BadSignature,
        ),
        case(
            "the outer signature twice",
            changed(&good, &outer, &format!("{outer}{outer}")),
            Refusal::SeveralSignatures,
        ),
        case("the inner signature in both places", changed(&good, &outer, &swapped), Refusal::WrongReference),
        case("the outer signature in both places", changed(&good, &swapped, &outer), Refusal::WrongReference),
        case(
            "the two exchanged",
            changed(&changed(&changed(&good, &outer, "{x}"), &swapped, &outer), "{x}", &swapped),
            Refusal::WrongReference,
        ),
        case(
            "a third signature",
            changed(&good, "</samlp:Response>", &format!("<x>{outer}</x></samlp:Response>")),
            Refusal::SeveralSignatures,
        ),
        case(
            "the inner one in the subject",
            changed(&changed(&good, &swapped, ""), NAME, &format!("{NAME}{swapped}")),
            Refusal::SeveralSignatures,
        ),
        case("different hashes", around(&longer.signed_assertion(), Key::Pinned), Refusal::MixedAlgorithms),
        case("the inner one taken out later", changed(&good, &swapped, ""), Refusal::BadSignature),
        case(
            "an assertion in the outer signature",
            changed(
                &good,
                &outer,
                &changed(
                    &outer,
                    "</ds:Signature>",
                    &format!("{OBJECT}{}</ds:Object></ds:Signature>", super::evil("_e")),
                ),
            ),
            Refusal::SeveralAssertions,
        ),
    ]
}
