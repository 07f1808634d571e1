//! Where a request ends (RFC 9112 §11.2), and what heads may hold.

use super::Target;

/// Something that would create an employee if it were taken for a request.
fn smuggled(token: &str) -> String {
    let body = r#"{"userName":"smuggled"}"#;
    format!(
        "POST /scim/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn head(token: &str, lines: &str) -> String {
    format!(
        "POST /scim/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/scim+json\r\n{lines}\r\n\r\n"
    )
}

#[test]
fn what_has_two_lengths_is_refused_and_nothing_is_read_behind_it() {
    let target = Target::start();
    let inner = smuggled(&target.token);
    let chunked = format!("0\r\n\r\n{inner}");
    for (lines, body) in [
        ("Content-Length: 0\r\nContent-Length: 5", &inner),
        ("Content-Length: 5\r\nContent-Length: 0", &inner),
        ("Content-Length: 0, 5", &inner),
        ("Content-Length: +0", &inner),
        ("Content-Length: -1", &inner),
        ("Content-Length: 0x0", &inner),
        ("Content-Length: 0 0", &inner),
        ("Content-Length:", &inner),
        ("Content-Length: 18446744073709551616", &inner),
        ("Content-Length : 0", &inner),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", &chunked),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", &chunked),
        ("Transfer-Encoding : chunked", &chunked),
        ("Transfer-Encoding: xchunked", &chunked),
        ("Transfer-Encoding: chunked, identity", &chunked),
        ("Transfer-Encoding: gzip", &chunked),
        ("X: a\r\n Content-Length: 0", &inner),
        ("X: a\r\n\tContent-Length: 0", &inner),
        ("\u{0}: a", &inner),
        ("X: a\u{0}b", &inner),
        ("X: a\rContent-Length: 0", &inner),
        (" Content-Length: 0", &inner),
        ("X Y: a", &inner),
    ] {
        let bytes = format!("{}{body}", head(&target.token, lines));
        assert_eq!(target.statuses(&bytes), [400], "{lines:?}");
    }
    assert_eq!(target.employees(), 0);
}

#[test]
fn a_body_is_never_a_second_request() {
    let target = Target::start();
    let inner = smuggled(&target.token);
    let length = inner.len();
    let with_length = format!("{}{inner}", head(&target.token, &format!("Content-Length: {length}")));
    assert_eq!(target.statuses(&with_length), [400], "one request, whose body is no JSON");
    for piece in [
        format!("{length:x}\r\n{inner}\r\n0\r\n\r\n"),
        format!("{length:x};a=b\r\n{inner}\r\n0\r\n\r\n"),
        format!("{length:X}\r\n{inner}\r\n0\r\nAuthorization: Bearer x\r\n\r\n"),
    ] {
        let bytes = format!("{}{piece}", head(&target.token, "Transfer-Encoding: chunked"));
        assert_eq!(target.statuses(&bytes), [400], "{piece:?}");
    }
    for piece in
        ["FFFFFFFFFFFFFFFFF\r\n", "-1\r\n", "0x1\r\na\r\n0\r\n\r\n", "1\r\nab\r\n0\r\n\r\n", "\r\n", "1;\u{0}\n"]
    {
        let bytes = format!("{}{piece}{inner}", head(&target.token, "Transfer-Encoding: chunked"));
        let statuses = target.statuses(&bytes);
        assert!(statuses.len() <= 1 && !statuses.contains(&201), "{piece:?}: {statuses:?}");
    }
    assert_eq!(target.employees(), 0);
    let old = head(&target.token, "Transfer-Encoding: chunked").replace("HTTP/1.1", "HTTP/1.0");
    assert!(!target.statuses(format!("{old}0\r\n\r\n{inner}")).contains(&201));
    assert_eq!(target.employees(), 0);
}

/// What stands in a trailer comes after whoever looked at the head.
#[test]
fn a_trailer_is_no_header() {
    let target = Target::start();
    let body = r#"{"userName":"late"}"#;
    let bytes = format!(
        "POST /scim/Users HTTP/1.1\r\nHost: x\r\nContent-Type: application/scim+json\r\nTransfer-Encoding: chunked\r\n\
         Trailer: Authorization\r\n\r\n{:x}\r\n{body}\r\n0\r\nAuthorization: Bearer {}\r\n\r\n",
        body.len(),
        target.token
    );
    assert_eq!(target.statuses(&bytes), [401]);
    assert_eq!(target.employees(), 0);
}

#[test]
fn a_request_has_one_host() {
    let target = Target::start();
    let with = |hosts: &str| format!("GET /healthz HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
    assert_eq!(target.statuses(with("Host: x\r\n")), [200]);
    for hosts in ["", "Host:\r\n", "Host: a\r\nHost: b\r\n", "Host: a, b\r\n", "Host: a/b\r\n", "Host: ada@x\r\n"] {
        let answer = target.send(with(hosts));
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("connection: close"), "{hosts:?}: {answer}");
    }
    assert_eq!(target.statuses("GET /healthz HTTP/1.0\r\n\r\n").len(), 0, "answered as HTTP/1.0");
    assert!(target.send("GET /healthz HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 200"));
}

#[test]
fn heads_have_an_end() {
    let target = Target::start();
    let with = |lines: String| format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{lines}Connection: close\r\n\r\n");
    let many: String = (0..5_000).fold(String::new(), |all, number| all + &format!("X-{number}: 1\r\n"));
    let same: String = (0..5_000).map(|_| "X: 1\r\n").collect();
    let long = format!("X: {}\r\n", "a".repeat(1024 * 1024));
    for lines in [many, same, long] {
        let statuses = target.statuses(with(lines));
        assert!(statuses.is_empty() || statuses == [431], "{statuses:?}");
    }
    for target_form in [
        format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1024 * 1024)),
        "GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        "GET /health z HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        "GET healthz HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        "GET /healthz HTTP/1.2\r\nHost: x\r\n\r\n".to_owned(),
        "GET /healthz HTTP/11\r\nHost: x\r\n\r\n".to_owned(),
        "GET /healthz\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "\u{0}\u{1}\u{2}\r\n\r\n".to_owned(),
        "CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n".to_owned(),
    ] {
        let answer = target.send(&target_form);
        let shown = &target_form[..target_form.len().min(60)];
        assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 5"), "{shown:?}: {answer}");
    }
    assert_eq!(target.statuses(with(String::new())), [200], "and it goes on");
}
