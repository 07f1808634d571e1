//! An identity provider: it writes its messages in canonical form, so that what it signs is what it sends.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use sha2::{Digest, Sha256};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// Its certificate.
pub(crate) const CERTIFICATE: &str = include_str!("../../src/sso/verify/tests/idp.crt");
/// Another one's.
pub(crate) const OTHER_CERTIFICATE: &str = include_str!("../../src/sso/verify/tests/other.crt");
/// Its identifier.
pub(crate) const ISSUER: &str = "https://idp.test/";

/// What an assertion says.
pub(crate) struct Says<'a> {
    /// Its ID.
    pub(crate) id: &'a str,
    /// Where the service is.
    pub(crate) base: &'a str,
    /// Who it is.
    pub(crate) name: &'a str,
    /// The request that it answers.
    pub(crate) request: Option<&'a str>,
    /// When.
    pub(crate) now: OffsetDateTime,
}

impl Says<'_> {
    /// The form field `SAMLResponse`.
    pub(crate) fn response(&self) -> String {
        self.response_of(self.now, None)
    }

    /// The same of somebody who signed in then, in a session that ends some time.
    pub(crate) fn response_of(&self, signed_in: OffsetDateTime, until: Option<OffsetDateTime>) -> String {
        let Self { id, base, name, now, .. } = self;
        let request = self.request.map(|request| format!(r#" InResponseTo="{request}""#)).unwrap_or_default();
        let at = |after: Duration| (*now + after).format(&Rfc3339).expect("a time");
        let (issued, ends, begins) = (at(Duration::ZERO), at(Duration::minutes(5)), at(Duration::minutes(-5)));
        let signed_in = signed_in.format(&Rfc3339).expect("a time");
        let until = until.map(|until| until.format(&Rfc3339).expect("a time"));
        let until = until.map(|until| format!(r#" SessionNotOnOrAfter="{until}""#)).unwrap_or_default();
        let assertion = format!(
            "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" IssueInstant=\"{issued}\" \
             Version=\"2.0\"><saml:Issuer>{ISSUER}</saml:Issuer>{{signature}}<saml:Subject><saml:NameID>{name}</saml:NameID>\
             <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData\
             {request} NotOnOrAfter=\"{ends}\" Recipient=\"{base}/callback\"></saml:SubjectConfirmationData>\
             </saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore=\"{begins}\" NotOnOrAfter=\"{ends}\">\
             <saml:AudienceRestriction><saml:Audience>{base}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
             <saml:AuthnStatement AuthnInstant=\"{signed_in}\"{until}></saml:AuthnStatement></saml:Assertion>"
        );
        let signature = signature(&assertion.replace("{signature}", ""), id);
        STANDARD.encode(format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{base}/callback\" \
             ID=\"_r{id}\"{request} IssueInstant=\"{issued}\" Version=\"2.0\"><samlp:Status><samlp:StatusCode \
             Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode></samlp:Status>{}</samlp:Response>",
            assertion.replace("{signature}", &signature)
        ))
    }
}

fn signature(canonical: &str, id: &str) -> String {
    let digest = STANDARD.encode(Sha256::digest(canonical));
    let dsig = "http://www.w3.org/2000/09/xmldsig#";
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let signed_info = format!(
        "<ds:SignedInfo xmlns:ds=\"{dsig}\"><ds:CanonicalizationMethod Algorithm=\"{exclusive}\">\
         </ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\">\
         </ds:SignatureMethod><ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform Algorithm=\"{dsig}enveloped-signature\">\
         </ds:Transform><ds:Transform Algorithm=\"{exclusive}\"></ds:Transform></ds:Transforms><ds:DigestMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue>\
         </ds:Reference></ds:SignedInfo>"
    );
    let key = RsaKeyPair::from_pkcs8(include_bytes!("../../src/sso/verify/tests/idp.pk8")).expect("a key");
    let mut value = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed_info.as_bytes(), &mut value).expect("signed");
    let value = STANDARD.encode(value);
    format!(
        "<ds:Signature xmlns:ds=\"{dsig}\">{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
    )
}
