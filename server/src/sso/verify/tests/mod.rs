//! Good responses are accepted; each hostile one is refused for the reason that its name says.

mod fuzz;
mod hostile;
mod idp;
mod second_opinion;

use time::Duration;

use idp::{Idp, Key, NOW, Sha, Signs, certificate, changed, verify_as, verify_with};

use crate::sso::Refusal;

#[test]
fn a_signed_assertion_is_accepted() {
    let verified = verify_as(&Idp::default().sends(), |_| {}).expect("accepted");
    assert_eq!((verified.id.as_str(), verified.person.as_str()), ("_a", "ada@acme.test"));
    assert_eq!(verified.in_response_to.as_deref(), Some("id-request"));
    assert_eq!(verified.remembered_until, NOW + Duration::minutes(8));
}

#[test]
fn a_signed_response_is_accepted() {
    let sent = Idp { signs: Signs::Response, ..Idp::default() }.sends();
    assert_eq!(verify_as(&sent, |_| {}).expect("accepted").person, "ada@acme.test");
}

/// Azure's option "Sign SAML response and assertion"; others do so unasked.
#[test]
fn a_response_that_is_signed_around_a_signed_assertion_is_accepted() {
    let sent = Idp { signs: Signs::Both, ..Idp::default() }.sends();
    assert_eq!(sent.matches("<ds:Signature ").count(), 2);
    assert_eq!(verify_as(&sent, |_| {}).expect("accepted").person, "ada@acme.test");
}

#[test]
fn each_allowed_algorithm_is_accepted_from_its_own_key_only() {
    let keys = [Key::Pinned, Key::P256, Key::P384];
    let rsa = [Sha::Sha256, Sha::Sha384, Sha::Sha512].map(|sha| (0, sha));
    for (signer, sha) in rsa.into_iter().chain([(1, Sha::Sha256), (1, Sha::Sha512), (2, Sha::Sha384)]) {
        for signs in [Signs::Assertion, Signs::Response, Signs::Both] {
            let sent = Idp { key: keys[signer], sha, signs, ..Idp::default() }.sends();
            for (pinned, key) in keys.into_iter().enumerate() {
                let verified = verify_with(&sent, &[certificate(key)], |_| {});
                assert_eq!(verified.is_ok(), pinned == signer, "{sha:?} by key {signer} for key {pinned}");
            }
        }
    }
}

#[test]
fn either_of_two_certificates_will_do() {
    let sent = Idp { key: Key::Other, ..Idp::default() }.sends();
    let both = [certificate(Key::Pinned), certificate(Key::Other)];
    assert_eq!(verify_as(&sent, |_| {}).err(), Some(Refusal::BadSignature));
    let verified = verify_with(&sent, &both, |_| {});
    assert_eq!(verified.expect("the second one fits").person, "ada@acme.test");
    assert_eq!(verify_with(&sent, &[], |_| {}).err(), Some(Refusal::BadSignature));
}

#[test]
fn an_attribute_can_name_the_person() {
    let verified = verify_as(&Idp::default().sends(), |expected| expected.attribute = Some("mail"));
    assert_eq!(verified.expect("accepted").person, "ada@mail.test");
}

#[test]
fn an_unsolicited_response_is_accepted_where_that_is_allowed() {
    let mut idp = Idp::default();
    idp.assertion = changed(&idp.assertion, r#" InResponseTo="id-request""#, "");
    idp.response = changed(&idp.response, r#" InResponseTo="id-request""#, "");
    assert_eq!(verify_as(&idp.sends(), |_| {}).expect("accepted").in_response_to, None);
    let refused = verify_as(&idp.sends(), |expected| expected.allow_unsolicited = false);
    assert_eq!(refused.err(), Some(Refusal::Unsolicited));
}

#[test]
fn clocks_may_differ_by_three_minutes_and_no_more() {
    let at = |now| verify_as(&Idp::default().sends(), |expected| expected.now = now).err();
    assert_eq!(at(NOW + Duration::minutes(8) - Duration::seconds(1)), None);
    assert_eq!(at(NOW + Duration::minutes(8)), Some(Refusal::ConfirmationExpired));
    assert_eq!(at(NOW - Duration::minutes(3)), None);
    assert_eq!(at(NOW - Duration::minutes(3) - Duration::seconds(1)), Some(Refusal::IssuedInFuture));
}
