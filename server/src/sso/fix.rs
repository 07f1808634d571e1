//! What an admin does about a refusal.

use super::{Check, Refusal};

impl Check {
    /// Its name for admins.
    pub fn name(self) -> &'static str {
        match self {
            Self::Message => "The message can be read",
            Self::Structure => "One response with one assertion, signed in its place",
            Self::Signature => "The signature fits a certificate of this page",
            Self::Issuer => "The issuer is the SAML Issuer URL",
            Self::Destination => "It was sent to the SAML CallBack Endpoint URL",
            Self::Audience => "It was made for the SAML Audience URI",
            Self::Times => "It is valid now",
            Self::Request => "It answers this browser's request",
            Self::OneUse => "It was not used before",
            Self::Person => "It names one active employee",
        }
    }

    fn fix(self) -> &'static str {
        match self {
            Self::Message => {
                "Start the test again. If it stays so, something between the identity provider and this server changes the message."
            }
            Self::Structure => "Let the identity provider send one assertion, signed, not encrypted.",
            Self::Signature => {
                "Take the signing certificate from the identity provider anew and paste it here; choose SHA-256 there."
            }
            Self::Issuer => {
                "Copy the issuer that the assertion names into SAML Issuer URL, if it is your identity provider's."
            }
            Self::Destination => {
                "Copy the SAML CallBack Endpoint URL into the identity provider's reply, ACS or single sign-on URL, exactly."
            }
            Self::Audience => {
                "Copy the SAML Audience URI into the identity provider's identifier, entity ID or audience, exactly."
            }
            Self::Times => "Set both clocks by the network (NTP), and see which lifetimes the identity provider gives.",
            Self::Request => "Start the test again here, and finish it in the same browser within ten minutes.",
            Self::OneUse => "Start the test again; do not reload the identity provider's page.",
            Self::Person => {
                "Choose below the settings which value names the employee, and see that the person is provisioned and active."
            }
        }
    }
}

impl Refusal {
    /// What an admin does about it.
    pub fn fix(self) -> &'static str {
        match self {
            Self::Encrypted => "Turn token or assertion encryption off at the identity provider.",
            Self::Status => {
                "The identity provider refused: see its own log, and whether the person is assigned to the application."
            }
            Self::Unsigned => "Let the identity provider sign the assertion, the response or both.",
            Self::Unsolicited => "Begin here, or let sign-on begin at the identity provider as well.",
            Self::UnknownPerson => {
                "Provision this person first, or choose another value of the assertion or of the employee to compare."
            }
            Self::SeveralPeople => "Choose a value that only one employee has, such as the user name.",
            Self::Inactive => "Assign the person to the application again, so that provisioning enables them.",
            Self::NoAttribute => {
                "Let the identity provider send this attribute with one value, or empty the field to use the NameID."
            }
            Self::ValidTooLong => "Shorten the assertion's lifetime at the identity provider to a day or less.",
            other => other.check().fix(),
        }
    }
}
