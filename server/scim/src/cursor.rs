//! Opaque cursors for RFC 9865.
//!
//! Resources are walked in the order of their ids, which never change, so a walk meets everyone who stays, whatever
//! is added, changed or removed meanwhile. A cursor is the last id seen, bound to the query it was issued for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::ScimError;

/// Makes the cursor that continues after an id. `query` is what must stay the same from page to page.
pub fn encode(last_id: &str, query: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{:016x}{last_id}", fingerprint(query)))
}

/// The id after which to continue.
pub fn decode(cursor: &str, query: &str) -> Result<String, ScimError> {
    let invalid = || {
        ScimError::invalid_cursor(
            "cursor: it was not issued by this server for this query. Start again with an empty cursor.",
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
    let text = String::from_utf8(bytes).map_err(|_| invalid())?;
    let (print, id) = text.split_at_checked(16).ok_or_else(invalid)?;
    let same = u64::from_str_radix(print, 16) == Ok(fingerprint(query));
    if same && id.len() <= 64 && id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
        Ok(id.to_owned())
    } else {
        Err(invalid())
    }
}

/// FNV-1a: tells queries apart; it guards against mistakes, not against attackers, who gain nothing by forging one.
fn fingerprint(query: &str) -> u64 {
    query.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continues_only_its_own_query() {
        let cursor = encode("0190-ab", "userName pr");
        assert_eq!(decode(&cursor, "userName pr"), Ok("0190-ab".to_owned()));
        for (cursor, query) in
            [(cursor.as_str(), "title pr"), ("x", ""), ("", ""), ("!!!!", ""), (&encode("' or 1", ""), "")]
        {
            assert_eq!(decode(cursor, query).expect_err(cursor).scim_type, Some(crate::ScimType::InvalidCursor));
        }
    }
}
