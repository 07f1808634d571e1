//! Why a SAML response signs nobody in.

/// What is looked at, in this order. A refusal belongs to one check; those before it were passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The message can be read at all.
    Message,
    /// One Response with one Assertion, each signed at most once, and nothing that could hide another.
    Structure,
    /// The signature covers the assertion, with an allowed algorithm and a certificate that was pinned.
    Signature,
    /// The identity provider is the one that was set up.
    Issuer,
    /// The response was meant for this address.
    Destination,
    /// The assertion was meant for this service.
    Audience,
    /// Now is within the times that the assertion gives.
    Times,
    /// It answers a request of this browser, or none where that is allowed.
    Request,
    /// It was not used before.
    OneUse,
    /// It names one active employee.
    Person,
}

impl Check {
    /// All of them, in their order.
    pub const ALL: [Self; 10] = [
        Self::Message,
        Self::Structure,
        Self::Signature,
        Self::Issuer,
        Self::Destination,
        Self::Audience,
        Self::Times,
        Self::Request,
        Self::OneUse,
        Self::Person,
    ];

    /// The word in the audit log.
    pub fn key(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Structure => "structure",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Destination => "destination",
            Self::Audience => "audience",
            Self::Times => "times",
            Self::Request => "request",
            Self::OneUse => "one_use",
            Self::Person => "person",
        }
    }
}

macro_rules! refusals {
    ($($(#[doc = $doc:literal])+ $name:ident => $check:ident, $key:literal;)+) => {
        /// Exactly which rule a response broke. For the audit log; the person is only told what to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Refusal {
            #[cfg(test)]
            const ALL: [Self; [$($key),+].len()] = [$(Self::$name),+];

            /// The word in the audit log.
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)+
                }
            }

            /// The rule in words.
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),+).trim_ascii(),)+
                }
            }

            /// The check it belongs to.
            pub fn check(self) -> Check {
                match self {
                    $(Self::$name => Check::$check,)+
                }
            }
        }
    };
}

refusals! {
    /// The form has no SAMLResponse.
    Missing => Message, "message_missing";
    /// The message is not base64.
    NotBase64 => Message, "message_not_base64";
    /// The message is larger than 128 kB.
    TooLarge => Message, "message_too_large";
    /// An element has more attributes than any SAML message needs.
    TooManyAttributes => Message, "message_too_many_attributes";
    /// The message is not well-formed XML in UTF-8, or is nested too deeply.
    NotXml => Message, "message_not_xml";
    /// The message has a document type declaration, with which entities could be smuggled in.
    Doctype => Message, "doctype";

    /// The message's root is not a SAML 2.0 Response.
    NotAResponse => Structure, "not_a_response";
    /// The message has a comment or a processing instruction, with which a name can be cut in two.
    Comment => Structure, "comment";
    /// The assertion is encrypted. Turn token encryption off at the identity provider; TLS protects it already.
    Encrypted => Structure, "encrypted";
    /// The identity provider says that the sign-on failed.
    Status => Structure, "status_not_success";
    /// The message has more than one Response.
    SeveralResponses => Structure, "several_responses";
    /// The message has no Assertion.
    NoAssertion => Structure, "no_assertion";
    /// The message has more than one Assertion.
    SeveralAssertions => Structure, "several_assertions";
    /// The Assertion is not a child of the Response.
    MisplacedAssertion => Structure, "misplaced_assertion";
    /// Nothing is signed.
    Unsigned => Structure, "unsigned";
    /// The message has another Signature than one directly in the Response and one directly in the Assertion.
    SeveralSignatures => Structure, "several_signatures";
    /// The Signature is neither in the Response nor in the Assertion.
    MisplacedSignature => Structure, "misplaced_signature";
    /// A Signature has not exactly one SignedInfo with one Reference.
    SeveralReferences => Structure, "several_references";
    /// A Reference does not name the element that the Signature is in.
    WrongReference => Structure, "wrong_reference";
    /// The Signature carries content of its own.
    SignatureObject => Structure, "signature_object";
    /// Two elements have the same ID.
    DuplicateId => Structure, "duplicate_id";
    /// The Response or the Assertion has no usable ID.
    NoId => Structure, "no_id";
    /// The Response or the Assertion is not of SAML version 2.0.
    Version => Structure, "version";

    /// The signature or the digest uses SHA-1, which can be forged. Choose SHA-256 at the identity provider.
    Sha1 => Signature, "sha1";
    /// The signature uses neither RSA nor ECDSA with SHA-256, SHA-384 or SHA-512.
    SignatureAlgorithm => Signature, "signature_algorithm";
    /// The digest is not SHA-256, SHA-384 or SHA-512.
    DigestAlgorithm => Signature, "digest_algorithm";
    /// The Response and the Assertion are signed with different algorithms.
    MixedAlgorithms => Signature, "mixed_algorithms";
    /// The signature is not canonicalized exclusively and without comments.
    Canonicalization => Signature, "canonicalization";
    /// The reference uses other transforms than the enveloped signature and exclusive canonicalization.
    Transform => Signature, "transform";
    /// A signature does not fit what it signs and the certificates that were set up.
    BadSignature => Signature, "bad_signature";

    /// The Assertion names no issuer.
    NoIssuer => Issuer, "no_issuer";
    /// The issuer is not the SAML Issuer URL that was set up.
    WrongIssuer => Issuer, "wrong_issuer";

    /// The Response names no Destination.
    NoDestination => Destination, "no_destination";
    /// The Response was sent to another Destination than the SAML CallBack Endpoint URL.
    WrongDestination => Destination, "wrong_destination";
    /// The Assertion has not exactly one bearer confirmation with its data.
    NoConfirmation => Destination, "no_confirmation";
    /// The confirmation names no Recipient.
    NoRecipient => Destination, "no_recipient";
    /// The confirmation's Recipient is not the SAML CallBack Endpoint URL.
    WrongRecipient => Destination, "wrong_recipient";

    /// The Assertion has not exactly one Conditions element.
    NoConditions => Audience, "no_conditions";
    /// The Assertion has a condition that is not understood.
    UnknownCondition => Audience, "unknown_condition";
    /// The Assertion has not exactly one audience restriction.
    NoAudience => Audience, "no_audience";
    /// The SAML Audience URI is not among the audiences.
    WrongAudience => Audience, "wrong_audience";

    /// A time that must be there is missing or cannot be read.
    NoTime => Times, "no_time";
    /// The Assertion was issued in the future: the clocks differ by more than three minutes.
    IssuedInFuture => Times, "issued_in_future";
    /// The Assertion is not valid yet: the clocks differ by more than three minutes.
    NotYetValid => Times, "not_yet_valid";
    /// The Assertion is not valid any more.
    Expired => Times, "expired";
    /// The confirmation is not valid any more.
    ConfirmationExpired => Times, "confirmation_expired";
    /// The confirmation has a NotBefore, which a sign-on in a browser must not have.
    ConfirmationNotBefore => Times, "confirmation_not_before";
    /// The Assertion is valid for more than a day.
    ValidTooLong => Times, "valid_too_long";
    /// The Assertion says nothing about how the person signed in.
    NoAuthentication => Times, "no_authentication";
    /// The session at the identity provider is over.
    SessionOver => Times, "session_over";

    /// The Response and its confirmation answer different requests.
    MixedRequests => Request, "mixed_requests";
    /// The settings were changed while the person was signing in.
    Changed => Request, "settings_changed";
    /// The Response answers a request that this browser has not made, or made too long ago.
    UnknownRequest => Request, "unknown_request";
    /// The Response answers no request, and sign-on that the identity provider begins is turned off.
    Unsolicited => Request, "unsolicited";

    /// The Assertion was used before.
    Replayed => OneUse, "replayed";

    /// The Assertion has not exactly one subject with one plain NameID.
    NoSubject => Person, "no_subject";
    /// The attribute that names the employee is missing, empty or there more than once.
    NoAttribute => Person, "no_attribute";
    /// No employee of the company is who the assertion names.
    UnknownPerson => Person, "unknown_person";
    /// More than one employee of the company is who the assertion names.
    SeveralPeople => Person, "several_people";
    /// The employee is not active.
    Inactive => Person, "inactive";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Refusal;

    #[test]
    fn each_has_a_key_of_its_own_and_words_for_people() {
        let keys: BTreeSet<_> = Refusal::ALL.into_iter().map(Refusal::key).collect();
        assert_eq!(keys.len(), Refusal::ALL.len());
        assert!(Refusal::ALL.into_iter().all(|refusal| refusal.words().ends_with('.')));
    }
}
