//! The signature is genuine; what is beside it is not.

use super::super::idp::{Idp, Signs, changed};
use super::{Case, EVIL_NAME, NAME, OBJECT, STATUS, evil, signature_of};
use crate::sso::Refusal;

/// The eight signature wrapping attacks of Somorovsky et al. (2012), with a genuine signature in each.
pub(super) fn wrapping() -> Vec<Case> {
    let signed = Idp::default().signed_assertion();
    let bare = Idp::default().assertion.replace("{signature}", "");
    let signature = signature_of(&signed);
    let around = |inside: &str| Idp::default().response.replace("{signature}", "").replace("{assertion}", inside);
    let response = Idp { signs: Signs::Response, ..Idp::default() }.sends();
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
