//! Metadata as identity providers publish it, and as they do not.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

const PINNED: &str = include_str!("../verify/tests/idp.crt");
const OTHER: &str = include_str!("../verify/tests/other.crt");

fn bare(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

fn key(usage: &str, pem: &str) -> String {
    format!(
        "<KeyDescriptor{usage}><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certificate>\n{}\n\
         </X509Certificate></X509Data></KeyInfo></KeyDescriptor>",
        bare(pem)
    )
}

/// Like Azure's: the keys of another protocol before those that count.
fn whole(keys: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><EntityDescriptor ID=\"_1\" entityID=\"https://idp.test/\" \
         xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\"><RoleDescriptor xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:type=\"fed:x\" protocolSupportEnumeration=\"http://docs.oasis-open.org/wsfed/federation/200706\" \
         xmlns:fed=\"urn:x\">{}</RoleDescriptor><IDPSSODescriptor \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{keys}<SingleLogoutService \
         Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.test/logout\"/>\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"https://idp.test/post\"/>\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.test/sso\"/>\
         </IDPSSODescriptor></EntityDescriptor>",
        key(" use=\"signing\"", include_str!("../verify/tests/p256.crt"))
    )
}

fn good() -> String {
    whole(&format!("{}{}{}", key(" use=\"signing\"", PINNED), key("", OTHER), key("", PINNED)))
}

#[test]
fn issuer_address_and_certificates_are_taken_from_the_identity_providers_role() {
    let metadata = read(&good()).expect("metadata");
    assert_eq!(metadata.issuer, "https://idp.test/");
    assert_eq!(metadata.redirect_url.as_deref(), Some("https://idp.test/sso"));
    let pems: Vec<_> = metadata.certificates.iter().map(Certificate::to_pem).collect();
    assert_eq!(pems, [PINNED, OTHER], "each once, in order, none of another role");
    assert_eq!(read(&format!("\u{feff}\r\n{}\n", good())), Ok(metadata.clone()), "as Windows saves it");
    let one = good().replace("<?xml version=\"1.0\" encoding=\"utf-8\"?>", "");
    let list = |inside: &str| {
        format!("<EntitiesDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">{inside}</EntitiesDescriptor>")
    };
    assert_eq!(read(&list(&one)), Ok(metadata));
    assert_eq!(read(&list(&format!("{one}{}", one.replace("_1", "_2")))), Err(MetadataError::NotAnEntity));
    assert_eq!(read(&list(&list(&one))), Err(MetadataError::NotAnEntity), "one within another");
    let role = &one[one.find("<IDPSSO").expect("a role")..one.find("</EntityDescriptor>").expect("its end")];
    let evil = role.replace(&bare(PINNED), &bare(OTHER));
    assert_eq!(read(&one.replace(role, &format!("{evil}{role}"))), Err(MetadataError::SeveralRoles));
}

#[test]
fn what_is_of_no_use_is_refused_by_name() {
    let swapped = |from: &str, to: &str| {
        assert!(good().contains(from), "{from}");
        good().replace(from, to)
    };
    let entity =
        swapped("<EntityDescriptor", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><EntityDescriptor");
    for (name, text, error) in [
        ("nothing", " \n".to_owned(), MetadataError::Empty),
        ("no XML", "https://idp.test/metadata".to_owned(), MetadataError::NotXml),
        ("cut off", good()[..900].to_owned(), MetadataError::NotXml),
        ("a document type", entity, MetadataError::Doctype),
        ("too large", format!("{}{}", good(), " ".repeat(MAX_SIZE)) + "<!---->", MetadataError::TooLarge),
        ("a page", "<html><body/></html>".to_owned(), MetadataError::NotAnEntity),
        ("no id", swapped("entityID=\"https://idp.test/\"", "entityID=\" \""), MetadataError::NotAnEntity),
        ("ours", swapped("IDPSSODescriptor", "SPSSODescriptor"), MetadataError::NoIdentityProvider),
        ("of SAML 1", swapped("SAML:2.0:protocol\">", "SAML:1.1:protocol\">"), MetadataError::NoIdentityProvider),
        ("no key", whole(""), MetadataError::NoCertificate),
        ("for encryption", whole(&key(" use=\"encryption\"", PINNED)), MetadataError::NoCertificate),
        (
            "half a certificate",
            swapped(&bare(OTHER), &bare(OTHER)[..100]),
            MetadataError::Certificate(CertificateError::Unreadable),
        ),
        (
            "a short key",
            whole(&key("", include_str!("../verify/tests/short.crt"))),
            MetadataError::Certificate(CertificateError::ShortKey),
        ),
        (
            "a comment in a certificate",
            swapped(&bare(OTHER), &format!("<!-- -->{}", bare(OTHER))),
            MetadataError::Certificate(CertificateError::Unreadable),
        ),
    ] {
        assert_eq!(read(&text), Err(error), "{name}");
    }
}

mod fuzz {
    use super::*;

    /// Whatever is read has an issuer, certificates that can be pinned, and says the same when read again.
    fn metadata(text: &str) {
        if let Ok(metadata) = read(text) {
            assert!(!metadata.issuer.is_empty() && !metadata.certificates.is_empty(), "{text}");
            assert_eq!(read(text), Ok(metadata.clone()));
            for certificate in metadata.certificates {
                assert_eq!(Certificate::from_der(certificate.der().to_vec()), Ok(certificate));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn any_change_is_read_or_refused(
            changes in proptest::collection::vec((any::<Index>(), 0..60_usize, select(vec![
                "<", "/>", "\"", "&", "<!---->", "<![CDATA[", "]]>", "\0", "é", "use=\"signing\"", "<EntityDescriptor>",
                "<IDPSSODescriptor>", "</KeyDescriptor>", "<!DOCTYPE x>", "entityID=\"x\"", "A",
            ])), 1..5),
        ) {
            let mut bytes = good().into_bytes();
            for (at, taken, put) in changes {
                let at = at.index(bytes.len() + 1);
                let end = (at + taken).min(bytes.len());
                bytes.splice(at..end, put.bytes());
            }
            metadata(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn any_text_is_refused(text in "\\PC{0,200}") {
            metadata(&text);
            prop_assert!(read(&text).is_err());
        }
    }
}
