//! What must hold for any bytes.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::idp::{Idp, Signs, verify_as};
use crate::sso::certificate::Certificate;

/// Whatever is done to a signed message, it is refused or still says the same of the same person.
fn response(xml: &str) {
    if let Ok(verified) = verify_as(xml, |_| {}) {
        assert_eq!((verified.person.as_str(), verified.id.as_str()), ("ada@acme.test", "_a"), "{xml}");
    }
}

/// A message with some bytes changed, taken out, or put in, most of them where they mean something.
fn mutated() -> impl Strategy<Value = String> {
    let pieces = vec![
        "<",
        ">",
        "/>",
        "\"",
        "'",
        "&",
        "&amp;",
        "<!---->",
        "<![CDATA[",
        "]]>",
        "<?x?>",
        "\0",
        "é",
        " ",
        "\r\n",
        "xmlns:saml=\"urn:x\"",
        " ID=\"_a\"",
        "<saml:NameID>bob@acme.test</saml:NameID>",
        "</saml:Subject>",
        "<ds:Object>",
        "<saml:Assertion>",
        "</saml:Assertion>",
        "bob@acme.test",
        "#_r",
    ];
    let change = (any::<Index>(), 0..40_usize, select(pieces));
    let changes = proptest::collection::vec(change, 1..5);
    (select(vec![Signs::Assertion, Signs::Response, Signs::Both]), changes).prop_map(|(signs, changes)| {
        let mut bytes = Idp { signs, ..Idp::default() }.sends().into_bytes();
        for (at, taken, put) in changes {
            let at = at.index(bytes.len() + 1);
            let end = (at + taken).min(bytes.len());
            bytes.splice(at..end, put.bytes());
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_changed_message_never_names_someone_else(xml in mutated()) {
        response(&xml);
    }

    #[test]
    fn any_text_is_refused(text in "\\PC{0,200}") {
        let refused = verify_as(&text, |_| {}).is_err();
        prop_assert!(refused);
    }

    #[test]
    fn any_bytes_are_a_certificate_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Certificate::from_der(bytes);
    }

    #[test]
    fn a_changed_certificate_is_read_as_what_it_is_or_refused(at in any::<Index>(), byte in any::<u8>()) {
        let mut der = super::idp::certificate(super::Key::Pinned).der().to_vec();
        let at = at.index(der.len());
        der[at] = byte;
        if let Ok(certificate) = Certificate::from_der(der.clone()) {
            prop_assert_eq!(certificate.der(), der);
        }
    }
}
