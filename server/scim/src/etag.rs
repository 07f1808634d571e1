//! Entity tags, RFC 7644 §3.14 and RFC 9110 §13.1.

/// The weak tag of a version number, as it stands in `meta.version` and the `ETag` header.
pub fn tag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// Whether a list of tags, from `If-Match` or `If-None-Match`, names this version. `*` names every version.
///
/// RFC 9110 §8.8.3.2: tags are compared weakly here, so `"3"` and `W/"3"` are the same.
pub fn names(header: &str, version: i64) -> bool {
    let wanted = version.to_string();
    header
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"') == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_weakly() {
        assert!(names(&tag(3), 3) && names("\"3\"", 3) && names("W/\"1\", W/\"3\"", 3) && names("*", 3));
        assert!(!names("W/\"4\"", 3) && !names("", 3));
    }
}
