//! Responses as attackers and broken identity providers send them.
//!
//! `meant` changes the message before it is signed, with the right key: what a stolen key or another service's response
//! could say. `tampered` changes it afterwards, as whoever carries the message can.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::idp::{Idp, Key, changed, verify_as};
use crate::sso::Refusal;
use crate::sso::verify::{MAX_SIZE, verify};

const NAME: &str = "<saml:NameID>ada@acme.test</saml:NameID>";
const EVIL_NAME: &str = "<saml:NameID>bob@acme.test</saml:NameID>";
const END: &str = "</samlp:Response>";
const STATUS: &str = "<samlp:Status>";
const OBJECT: &str = r#"<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#">"#;

struct Case {
    name: &'static str,
    xml: String,
    refusal: Refusal,
}

/// Changes the assertion before it is signed.
fn meant(name: &'static str, from: &str, to: &str, refusal: Refusal) -> Case {
    let mut idp = Idp::default();
    idp.assertion = changed(&idp.assertion, from, to);
    Case { name, xml: idp.sends(), refusal }
}

/// Changes the response around the assertion, of which nothing is signed.
fn wrapped(name: &'static str, from: &str, to: &str, refusal: Refusal) -> Case {
    let mut idp = Idp::default();
    idp.response = changed(&idp.response, from, to);
    Case { name, xml: idp.sends(), refusal }
}

/// Changes what the signature says of itself, and signs that.
fn signed_as(name: &'static str, from: &str, to: &str, refusal: Refusal) -> Case {
    let mut idp = Idp::default();
    idp.signed_info = changed(&idp.signed_info, from, to);
    Case { name, xml: idp.sends(), refusal }
}

/// Changes the finished message.
fn tampered(name: &'static str, from: &str, to: &str, refusal: Refusal) -> Case {
    Case { name, xml: changed(&Idp::default().sends(), from, to), refusal }
}

/// An assertion about someone else, which nobody signed.
fn evil(id: &str) -> String {
    let assertion = Idp::default().assertion.replace("{signature}", "").replace(NAME, EVIL_NAME);
    changed(&assertion, r#"ID="_a""#, &format!(r#"ID="{id}""#))
}

fn signature_of(assertion: &str) -> String {
    let start = assertion.find("<ds:Signature ").expect("signed");
    let end = assertion.find("</ds:Signature>").expect("signed") + "</ds:Signature>".len();
    assertion[start..end].to_owned()
}

fn messages() -> Vec<Case> {
    let good = Idp::default().sends();
    let entity = |declaration: &str| format!("<!DOCTYPE r [{declaration}]>{}", changed(&good, "ada@acme.test", "&e;"));
    let attributes: String = (0..200).map(|number| format!(" a{number}=\"\"")).collect();
    let deep = format!("{}{}", "<x>".repeat(200), "</x>".repeat(200));
    vec![
        Case { name: "cut off", xml: good[..good.len() / 2].to_owned(), refusal: Refusal::NotXml },
        Case { name: "something behind the root", xml: format!("{good}<x/>"), refusal: Refusal::NotXml },
        tampered("a null character", "ada@", "&#0;ada@", Refusal::NotXml),
        tampered("an unknown entity", "ada@", "&nobody;ada@", Refusal::NotXml),
        tampered("an unbound prefix", NAME, "<x:NameID>ada@acme.test</x:NameID>", Refusal::NotXml),
        tampered("nested too deeply", STATUS, &format!("{deep}{STATUS}"), Refusal::NotXml),
        tampered("too many attributes", STATUS, &format!("<x{attributes}/>{STATUS}"), Refusal::TooManyAttributes),
        Case { name: "a document type", xml: format!("<!DOCTYPE r>{good}"), refusal: Refusal::Doctype },
        Case { name: "an entity", xml: entity("<!ENTITY e 'bob'>"), refusal: Refusal::Doctype },
        Case { name: "a file", xml: entity("<!ENTITY e SYSTEM 'file:///etc/passwd'>"), refusal: Refusal::Doctype },
        Case {
            name: "a billion laughs",
            xml: entity("<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY e '&b;&b;&b;&b;'>"),
            refusal: Refusal::Doctype,
        },
    ]
}

fn structures() -> Vec<Case> {
    let good = Idp::default().sends();
    let signed = Idp::default().signed_assertion();
    let two_status = format!("<samlp:Status></samlp:Status>{STATUS}");
    vec![
        Case { name: "an assertion alone", xml: signed.clone(), refusal: Refusal::NotAResponse },
        wrapped("a logout", "samlp:Response", "samlp:LogoutResponse", Refusal::NotAResponse),
        wrapped("a response of SAML 1", "SAML:2.0:protocol", "SAML:1.0:protocol", Refusal::NotAResponse),
        meant("a comment in the name", "ada@acme.test", "ada@acme.test<!---->.evil.test", Refusal::Comment),
        tampered("a comment in the name, put in later", "ada@", "ada@<!-- -->", Refusal::Comment),
        Case { name: "a comment at the end", xml: format!("{good}<!-- -->"), refusal: Refusal::Comment },
        tampered("an instruction in the name", "ada@", "ada@<?x y?>", Refusal::Comment),
        wrapped(
            "encrypted",
            "{assertion}",
            "<saml:EncryptedAssertion xmlns:saml='urn:oasis:names:tc:SAML:2.0:assertion'/>",
            Refusal::Encrypted,
        ),
        meant("an encrypted name", NAME, "<saml:EncryptedID></saml:EncryptedID>", Refusal::Encrypted),
        wrapped("a failed sign-on", "status:Success", "status:Requester", Refusal::Status),
        wrapped("no status", STATUS, "<samlp:State>", Refusal::NotXml),
        wrapped("two states", STATUS, &two_status, Refusal::Status),
        wrapped("no assertion", "{assertion}", "", Refusal::NoAssertion),
        wrapped(
            "an assertion in extensions",
            "{assertion}",
            "<samlp:Extensions>{assertion}</samlp:Extensions>",
            Refusal::MisplacedAssertion,
        ),
        wrapped(
            "an assertion of SAML 1 beside",
            "{assertion}",
            "{assertion}<Assertion xmlns='urn:oasis:names:tc:SAML:1.0:assertion'/>",
            Refusal::SeveralAssertions,
        ),
        tampered("not signed", &signature_of(&signed), "", Refusal::Unsigned),
        tampered("a signature in the subject", &signature_of(&signed), "<x/>", Refusal::Unsigned),
        tampered("a second signature", END, &format!("{}{END}", signature_of(&signed)), Refusal::SeveralSignatures),
        Case {
            name: "a signature further down",
            xml: changed(&good.replace(&signature_of(&signed), ""), NAME, &format!("{NAME}{}", signature_of(&signed))),
            refusal: Refusal::MisplacedSignature,
        },
        tampered(
            "a name in the signature",
            "</ds:Signature>",
            &format!("{OBJECT}{EVIL_NAME}</ds:Object></ds:Signature>"),
            Refusal::SignatureObject,
        ),
        tampered(
            "a manifest",
            "</ds:Signature>",
            "<ds:Manifest></ds:Manifest></ds:Signature>",
            Refusal::SignatureObject,
        ),
        tampered(
            "a second SignedInfo",
            "<ds:SignatureValue>",
            "<ds:SignedInfo></ds:SignedInfo><ds:SignatureValue>",
            Refusal::SeveralReferences,
        ),
        tampered("a duplicate ID", NAME, r#"<saml:NameID ID="_a">ada@acme.test</saml:NameID>"#, Refusal::DuplicateId),
        tampered("a duplicate Id", NAME, r#"<saml:NameID Id="_a">ada@acme.test</saml:NameID>"#, Refusal::DuplicateId),
        tampered(
            "a duplicate xml:id",
            NAME,
            r#"<saml:NameID xml:id="_a">ada@acme.test</saml:NameID>"#,
            Refusal::DuplicateId,
        ),
        meant("an assertion of version 1.1", r#"Version="2.0""#, r#"Version="1.1""#, Refusal::Version),
        wrapped("a response without version", r#" Version="2.0""#, "", Refusal::Version),
        wrapped("a response without ID", r#" ID="_r""#, "", Refusal::NoId),
        meant("an ID that is none", r#"ID="_a""#, r#"ID="a b""#, Refusal::NoId),
    ]
}

/// The eight signature wrapping attacks of Somorovsky et al. (2012), with a genuine signature in each.
fn wrapping() -> Vec<Case> {
    let signed = Idp::default().signed_assertion();
    let bare = Idp::default().assertion.replace("{signature}", "");
    let signature = signature_of(&signed);
    let around = |inside: &str| Idp::default().response.replace("{signature}", "").replace("{assertion}", inside);
    let response = Idp { signs_response: true, ..Idp::default() }.sends();
    let response_signature = signature_of(&response);
    let bare_response = response.replace(&response_signature, "");
    let evil_response = |signature: &str, rest: &str| {
        let evil = changed(&changed(&bare_response, r#"ID="_r""#, r#"ID="_e""#), NAME, EVIL_NAME)
            .replace(r#"ID="_a""#, r#"ID="_f""#);
        changed(&evil, STATUS, &format!("{signature}{rest}{STATUS}"))
    };
    let with_object = |signature: &str, inside: &str| {
        changed(signature, "</ds:Signature>", &format!("<ds:Object>{inside}</ds:Object></ds:Signature>"))
    };
    let evil_signed = |signature: &str| changed(&evil("_e"), "</saml:Issuer>", &format!("</saml:Issuer>{signature}"));
    vec![
        Case {
            name: "XSW 1",
            xml: evil_response(&with_object(&response_signature, &bare_response), ""),
            refusal: Refusal::SeveralResponses,
        },
        Case {
            name: "XSW 2",
            xml: evil_response(&response_signature, &bare_response),
            refusal: Refusal::SeveralResponses,
        },
        Case { name: "XSW 3", xml: around(&format!("{}{signed}", evil("_e"))), refusal: Refusal::SeveralAssertions },
        Case {
            name: "XSW 3, behind",
            xml: around(&format!("{signed}{}", evil("_e"))),
            refusal: Refusal::SeveralAssertions,
        },
        Case {
            name: "XSW 3, the same ID",
            xml: around(&format!("{}{signed}", evil("_a"))),
            refusal: Refusal::DuplicateId,
        },
        Case {
            name: "XSW 4",
            xml: around(&changed(&evil("_e"), "<saml:Subject>", &format!("{signed}<saml:Subject>"))),
            refusal: Refusal::SeveralAssertions,
        },
        Case {
            name: "XSW 5",
            xml: around(&format!("{}{bare}", evil_signed(&signature))),
            refusal: Refusal::SeveralAssertions,
        },
        Case {
            name: "XSW 6",
            xml: around(&evil_signed(&with_object(&signature, &bare))),
            refusal: Refusal::SeveralAssertions,
        },
        Case {
            name: "XSW 7",
            xml: around(&format!("<samlp:Extensions>{}</samlp:Extensions>{signed}", evil("_e"))),
            refusal: Refusal::SeveralAssertions,
        },
        Case {
            name: "XSW 8",
            xml: around(&changed(
                &signed,
                "</ds:Signature>",
                &format!("{OBJECT}{}</ds:Object></ds:Signature>", evil("_e")),
            )),
            refusal: Refusal::SeveralAssertions,
        },
        Case { name: "another's signature", xml: around(&evil_signed(&signature)), refusal: Refusal::WrongReference },
        Case {
            name: "another's signature, the same ID",
            xml: around(&evil_signed(&signature).replace(r#"ID="_e""#, r#"ID="_a""#)),
            refusal: Refusal::BadSignature,
        },
    ]
}

fn signatures() -> Vec<Case> {
    const URI: &str = r##"URI="#{id}""##;
    const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    const EXCLUSIVE: &str = r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform>"#;
    let reference = r##"<ds:Reference URI="#_r"></ds:Reference></ds:SignedInfo>"##;
    let transform = |name: &str| format!(r#"{EXCLUSIVE}<ds:Transform Algorithm="{name}"></ds:Transform>"#);
    let other = super::idp::certificate(Key::Other).to_pem();
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
        signed_as("RSA with SHA-1", RSA, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", Refusal::SignatureAlgorithm),
        signed_as("RSA with MD5", RSA, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", Refusal::SignatureAlgorithm),
        signed_as("HMAC", RSA, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", Refusal::SignatureAlgorithm),
        signed_as("an unknown algorithm", RSA, "none", Refusal::SignatureAlgorithm),
        signed_as(
            "a digest of SHA-1",
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2000/09/xmldsig#sha1",
            Refusal::DigestAlgorithm,
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

fn addressed() -> Vec<Case> {
    const CONFIRMATION: &str = r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">"#;
    let outer_issuer = r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.test/"#;
    vec![
        meant("no issuer", "<saml:Issuer>https://idp.test/</saml:Issuer>", "", Refusal::NoIssuer),
        meant(
            "another issuer",
            "<saml:Issuer>https://idp.test/",
            "<saml:Issuer>https://idp.test/other",
            Refusal::WrongIssuer,
        ),
        meant(
            "an issuer in capitals",
            "<saml:Issuer>https://idp.test/",
            "<saml:Issuer>https://IDP.test/",
            Refusal::WrongIssuer,
        ),
        wrapped("another issuer outside", outer_issuer, &format!("{outer_issuer}other"), Refusal::WrongIssuer),
        wrapped(
            "no destination",
            r#" Destination="https://console.test/saml/one/callback""#,
            "",
            Refusal::NoDestination,
        ),
        wrapped("another company's destination", "saml/one/callback", "saml/two/callback", Refusal::WrongDestination),
        meant("no recipient", r#" Recipient="https://console.test/saml/one/callback""#, "", Refusal::NoRecipient),
        meant("another company's recipient", "saml/one/callback", "saml/two/callback", Refusal::WrongRecipient),
        meant("another confirmation", "cm:bearer", "cm:holder-of-key", Refusal::NoConfirmation),
        meant(
            "two confirmations",
            CONFIRMATION,
            &format!("{CONFIRMATION}</saml:SubjectConfirmation>{CONFIRMATION}"),
            Refusal::NoConfirmation,
        ),
        meant("no conditions", "saml:Conditions", "saml:Advice", Refusal::NoConditions),
        meant(
            "an unknown condition",
            "<saml:AudienceRestriction>",
            "<saml:Condition></saml:Condition><saml:AudienceRestriction>",
            Refusal::UnknownCondition,
        ),
        meant(
            "no audience",
            "<saml:AudienceRestriction><saml:Audience>https://console.test/saml/one</saml:Audience></saml:AudienceRestriction>",
            "",
            Refusal::NoAudience,
        ),
        meant(
            "two restrictions",
            "<saml:AudienceRestriction>",
            "<saml:AudienceRestriction></saml:AudienceRestriction><saml:AudienceRestriction>",
            Refusal::NoAudience,
        ),
        meant(
            "another company's audience",
            "<saml:Audience>https://console.test/saml/one",
            "<saml:Audience>https://console.test/saml/two",
            Refusal::WrongAudience,
        ),
        meant(
            "an audience that begins alike",
            "<saml:Audience>https://console.test/saml/one",
            "<saml:Audience>https://console.test/saml/one.evil.test",
            Refusal::WrongAudience,
        ),
    ]
}

fn timed() -> Vec<Case> {
    const DATA: &str = r#"NotOnOrAfter="2026-11-24T12:05:00Z""#;
    vec![
        meant(
            "issued in the future",
            r#"IssueInstant="2026-11-24T12:00"#,
            r#"IssueInstant="2026-11-24T12:30"#,
            Refusal::IssuedInFuture,
        ),
        meant("no time of issue", r#" IssueInstant="2026-11-24T12:00:00Z""#, "", Refusal::NoTime),
        meant("not valid yet", "T11:55:00Z", "T12:30:00Z", Refusal::NotYetValid),
        meant("no beginning", r#" NotBefore="2026-11-24T11:55:00Z""#, "", Refusal::NoTime),
        meant("over", "T13:00:00Z", "T11:57:00Z", Refusal::Expired),
        meant("no end", r#" NotOnOrAfter="2026-11-24T13:00:00Z""#, "", Refusal::NoTime),
        meant("an end in another zone", "T13:00:00Z", "T13:00:00+01:00", Refusal::NoTime),
        meant("an end that is no time", "T13:00:00Z", "Z", Refusal::NoTime),
        meant("a confirmation that is over", "T12:05:00Z", "T11:57:00Z", Refusal::ConfirmationExpired),
        meant("a confirmation without end", &format!(" {DATA}"), "", Refusal::NoTime),
        meant(
            "a confirmation with a beginning",
            DATA,
            &format!(r#"NotBefore="2026-11-24T11:00:00Z" {DATA}"#),
            Refusal::ConfirmationNotBefore,
        ),
        Case {
            name: "valid for a month",
            xml: {
                let mut idp = Idp::default();
                idp.assertion = changed(
                    &changed(&idp.assertion, "2026-11-24T12:05", "2026-12-24T12:05"),
                    "2026-11-24T13:00",
                    "2026-12-24T13:00",
                );
                idp.sends()
            },
            refusal: Refusal::ValidTooLong,
        },
        meant("no authentication", "saml:AuthnStatement", "saml:Advice", Refusal::NoAuthentication),
        meant("a session that is over", "T20:00:00Z", "T11:00:00Z", Refusal::SessionOver),
    ]
}

fn requested() -> Vec<Case> {
    const BOTH: &str = r#"InResponseTo="id-request""#;
    let mut another = Idp::default();
    another.assertion = changed(&another.assertion, BOTH, r#"InResponseTo="id-another""#);
    another.response = changed(&another.response, BOTH, r#"InResponseTo="id-another""#);
    vec![
        Case { name: "another browser's request", xml: another.sends(), refusal: Refusal::UnknownRequest },
        meant("a request inside only", BOTH, r#"InResponseTo="id-another""#, Refusal::MixedRequests),
        meant("no request inside", &format!("{BOTH} "), "", Refusal::MixedRequests),
        wrapped("no request outside", &format!("{BOTH} "), "", Refusal::MixedRequests),
        meant("no subject", "saml:Subject>", "saml:Advice>", Refusal::NoSubject),
        meant("no name", NAME, "", Refusal::NoSubject),
        meant("an empty name", NAME, "<saml:NameID></saml:NameID>", Refusal::NoSubject),
        meant("two names", NAME, &format!("{NAME}{EVIL_NAME}"), Refusal::NoSubject),
        meant("an element in the name", "ada@acme.test", "ada<saml:x></saml:x>@acme.test", Refusal::NoSubject),
    ]
}

#[test]
fn each_is_refused_for_the_reason_that_its_name_says() {
    let all = [messages(), structures(), wrapping(), signatures(), addressed(), timed(), requested()];
    let all: Vec<_> = all.into_iter().flatten().collect();
    let mut wrong = Vec::new();
    for case in &all {
        let refused = verify_as(&case.xml, |_| {}).err();
        if refused != Some(case.refusal) {
            wrong.push(format!("{}: {refused:?} instead of {:?}", case.name, case.refusal));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    assert!(all.len() >= 110, "{}", all.len());
}

#[test]
fn messages_that_are_no_xml_are_refused() {
    let reason = |message: &str| {
        let mut reason = None;
        let _ = verify_as("", |expected| reason = verify(message, expected).err());
        reason
    };
    assert_eq!(reason(""), Some(Refusal::Missing));
    assert_eq!(reason("<samlp:Response/>"), Some(Refusal::NotBase64));
    assert_eq!(reason(&STANDARD.encode("x".repeat(MAX_SIZE + 3))), Some(Refusal::TooLarge));
    let utf16: Vec<u8> = Idp::default().sends().encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(reason(&STANDARD.encode(&utf16)), Some(Refusal::NotXml));
    let broken: String = STANDARD.encode(Idp::default().sends()).chars().flat_map(|letter| [letter, '\n']).collect();
    assert_eq!(reason(&broken), None, "line breaks may stand in base64");
}

#[test]
fn an_attribute_must_be_there_once_with_one_value() {
    let mail =
        r#"<saml:Attribute Name="mail"><saml:AttributeValue>ada@mail.test</saml:AttributeValue></saml:Attribute>"#;
    for (what, from, to) in [
        ("another", r#"Name="mail""#, r#"Name="Mail""#.to_owned()),
        ("twice", mail, format!("{mail}{mail}")),
        (
            "two values",
            "</saml:AttributeValue>",
            "</saml:AttributeValue><saml:AttributeValue>x</saml:AttributeValue>".to_owned(),
        ),
        ("no value", "<saml:AttributeValue>ada@mail.test</saml:AttributeValue>", String::new()),
        ("an empty value", "ada@mail.test", String::new()),
    ] {
        let case = meant("", from, &to, Refusal::NoAttribute);
        let refused = verify_as(&case.xml, |expected| expected.attribute = Some("mail")).err();
        assert_eq!(refused, Some(Refusal::NoAttribute), "{what}");
    }
}
