//! What is signed, and meant for someone else, another time or another request.

use super::super::idp::{Idp, changed};
use super::{Case, EVIL_NAME, NAME, meant, wrapped};
use crate::sso::Refusal;

pub(super) fn addressed() -> Vec<Case> {
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

pub(super) fn timed() -> Vec<Case> {
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

pub(super) fn requested() -> Vec<Case> {
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
