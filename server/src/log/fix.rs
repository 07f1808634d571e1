//! What to do about an error, in plain words, for each status and keyword that the endpoint answers with.

use store::events::{Event, Outcome};

/// Steps for the admin, the likeliest first.
pub(crate) fn steps(event: &Event) -> Vec<String> {
    let steps: &[&str] = match event.outcome {
        Outcome::Success | Outcome::Skipped => &[],
        Outcome::Refused => refused(event),
        Outcome::Failure => failed(event.exchange.status.unwrap_or_default(), event.exchange.scim_type.as_deref()),
    };
    steps.iter().map(|step| (*step).to_owned()).collect()
}

fn refused(event: &Event) -> &'static [&'static str] {
    match (event.exchange.status, &event.exchange.last_four) {
        (Some(403), _) => &[
            "The token is right, but the request came from an address outside its allowed addresses.",
            "If the address is your identity provider's, issue a token that allows it, or one without allowed addresses.",
        ],
        (Some(429), _) => &[
            "There were more requests than the server accepts at once. The client waits and tries again by itself.",
            "If it happens every cycle, ask whoever runs the server to raise --rate-limit.",
        ],
        (Some(401), Some(_)) => &[
            "A token with the form of ours was sent that does not work: it was revoked, has expired, was replaced, or was never activated. The list of tokens on the provider's page says which.",
            "Issue a new token and put it into the Secret Token field of your identity provider, then test the connection.",
        ],
        (Some(401), None) => &[
            "The request carried no token of ours: the Secret Token field is empty, holds something else, or the token was not copied whole.",
            "Copy the SCIM Bearer Token again, whole and without spaces; if it is not at hand any more, issue a new one.",
            "If you do not know the address it came from, nothing needs to be done: it was not let in.",
        ],
        _ => &[],
    }
}

fn failed(status: i64, scim_type: Option<&str>) -> &'static [&'static str] {
    match (status, scim_type) {
        (_, Some("uniqueness")) => &[
            "Somebody else has this value already. Look for them under Employees or Groups.",
            "If it is the same person, let your identity provider match on userName (Azure: attribute mapping, matching precedence 1), so that it updates them and does not create them again.",
            "If it is another person, change the value at your identity provider.",
        ],
        (_, Some("invalidFilter")) => &[
            "Your identity provider looks for people by an attribute or a comparison that is not understood. Match on userName, externalId or emails.",
        ],
        (_, Some("tooMany")) => &["The request asks for too much at once. Let the client ask for smaller pages."],
        (_, Some("mutability")) => &[
            "The attribute is ours to set, as id, meta or groups are. Remove it from the attribute mapping of your identity provider.",
        ],
        (_, Some("invalidSyntax")) => &[
            "The request is not what SCIM expects; the message above says where. If it comes from your own program, check what it sends.",
            "If it comes from an identity provider, send its support the correlation id and this message.",
        ],
        (_, Some("invalidPath")) => &[
            "The attribute mapping names an attribute that does not exist. Correct it, or add the attribute under SCIM schema custom attributes on the provider's page.",
        ],
        (_, Some("noTarget")) => &[
            "The change is about a value that is not there. Restart provisioning for this person at your identity provider, so that it sends everything again.",
        ],
        (_, Some("invalidValue")) => &[
            "A value is missing, has the wrong type, or names somebody who is not here; the message above says which. Correct it at your identity provider or in its attribute mapping.",
            "If a group names a member who is unknown, assign that person first.",
        ],
        (_, Some("invalidCursor")) => {
            &["The client went on with a list after it had changed too much. It should begin again."]
        }
        (400, _) => &["The message above says what was wrong. Correct it at your identity provider."],
        (403, _) => &[
            "The request asked for something that this endpoint does not do. Azure's Test Connection does not need it.",
        ],
        (404, _) => &[
            "Your identity provider asked for somebody who is not here: never created, or deleted. It usually creates them in its next cycle.",
            "If it repeats, restart provisioning for them (Azure: Provision on demand).",
            "If nothing at all is found, check that the Tenant URL ends in /scim.",
        ],
        (405, _) => {
            &["The client used a method that the address does not take. Check the Tenant URL: it ends in /scim."]
        }
        (409, _) => &["The change conflicts with what is stored. Read it again, then repeat the change."],
        (412, _) => &["Somebody else changed it meanwhile. The client reads it again and repeats the change."],
        (413, _) => &["The request is larger than 1 MiB. Send fewer members or operations at once."],
        (415, _) => &["The client must send its body as application/scim+json."],
        (501, _) => &["A token stands for a company, not for a person, so there is no /Me. Clients do without it."],
        (503, _) => &[
            "The database did not answer. Nothing was changed, and the client tries again by itself.",
            "If it lasts, ask whoever runs the server: its log says why.",
        ],
        (500.., _) => &["Something is wrong with the server. Ask whoever runs it to look at its log at this time."],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_that_is_answered_has_a_way_out() {
        for keyword in [
            "invalidFilter",
            "tooMany",
            "uniqueness",
            "mutability",
            "invalidSyntax",
            "invalidPath",
            "noTarget",
            "invalidValue",
            "invalidCursor",
        ] {
            assert!(!failed(400, Some(keyword)).is_empty(), "{keyword}");
        }
        for status in [400, 403, 404, 405, 409, 412, 413, 415, 500, 501, 503] {
            assert!(!failed(status, None).is_empty(), "{status}");
        }
    }
}
