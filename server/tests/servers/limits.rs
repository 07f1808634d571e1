//! Clients that are slow, silent or many, and what the server tells of itself meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;
use store::testing::{Engine, TestDatabase};

use super::furnish;
use crate::support::Process;

fn started(arguments: &[&str]) -> (Process, String, TestDatabase) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(TestDatabase::create(Engine::Sqlite));
    let server = Process::start(&database.url, arguments);
    let token = furnish(&database.url);
    (server, token, database)
}

/// Bytes until the server hangs up, and how long that took.
fn until_closed(stream: &mut TcpStream) -> (String, Duration) {
    let since = Instant::now();
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    (String::from_utf8_lossy(&said).into_owned(), since.elapsed())
}

#[test]
fn whoever_is_silent_or_slow_is_hung_up_on() {
    let (server, token, _database) = started(&["--idle-timeout", "1", "--body-timeout", "1"]);
    let connect = || TcpStream::connect(server.address()).expect("a connection");
    let mut silent = connect();
    let mut halfway = connect();
    halfway.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-").expect("sent");
    let mut body = connect();
    let head = format!(
        "POST /scim/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/scim+json\r\nContent-Length: 1000\r\n\r\n{{"
    );
    body.write_all(head.as_bytes()).expect("sent");
    for (what, stream) in [("silent", &mut silent), ("halfway", &mut halfway), ("body", &mut body)] {
        let (said, took) = until_closed(stream);
        assert!(took < Duration::from_secs(10), "{what}: {took:?}");
        assert!(!said.contains(" 500 ") && !said.contains(" 201 "), "{what}: {said}");
    }
    server.scim(&token).post("/Users", json!({"userName": "quick"})).expect(201);
}

/// It asks for more than the system keeps for it, and takes nothing.
#[test]
fn whoever_takes_no_answers_is_hung_up_on() {
    let (server, token, _database) = started(&["--idle-timeout", "1"]);
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    let question = format!("GET /scim/Schemas HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(question.repeat(1_000).as_bytes()).expect("sent");
    let since = Instant::now();
    while stream.write_all(b"\r\n").is_ok() {
        assert!(since.elapsed() < Duration::from_secs(20), "still connected");
        std::thread::sleep(Duration::from_millis(50));
    }
    // Who takes them slowly is served to the end.
    let mut slow = TcpStream::connect(server.address()).expect("a connection");
    slow.write_all(question.repeat(20).as_bytes()).expect("sent");
    slow.write_all(question.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).expect("sent");
    let (said, _) = until_closed(&mut slow);
    assert_eq!(said.matches("HTTP/1.1 200").count(), 21);
}

#[test]
fn ten_thousand_silent_connections_are_in_nobodys_way() {
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let raised = rustix::process::Rlimit { current: most.maximum, maximum: most.maximum };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Nofile, raised);
    // Both ends of a connection are on this machine, each process with its own limit.
    let wanted = most.maximum.map_or(10_000, |files| usize::try_from(files / 2).unwrap_or(10_000).min(10_000));
    let (server, token, _database) = started(&[]);
    // From several addresses of this machine: one has ports for about 28,000.
    let idle: Vec<TcpStream> = (0..wanted).map(|_| TcpStream::connect(server.address()).expect("accepted")).collect();
    let scim = server.scim(&token);
    let since = Instant::now();
    for number in 0..20 {
        scim.post("/Users", json!({"userName": format!("u{number}")})).expect(201);
    }
    assert!(since.elapsed() < Duration::from_secs(5), "{:?} with {} connections", since.elapsed(), idle.len());
}

#[test]
fn connections_beyond_the_limit_are_hung_up_on() {
    let (server, token, _database) = started(&["--max-connections", "5"]);
    let idle: Vec<TcpStream> = (0..5).map(|_| TcpStream::connect(server.address()).expect("a connection")).collect();
    // They are taken one after the other.
    let (said, took) = loop {
        let mut one = TcpStream::connect(server.address()).expect("accepted by the system");
        let _ = one.write_all(b"GET /healthz HTTP/1.0\r\n\r\n");
        let (said, took) = until_closed(&mut one);
        if said.is_empty() {
            break (said, took);
        }
    };
    assert!(took < Duration::from_secs(5), "{said} {took:?}");
    drop(idle);
    let mut tries = 200;
    while server.scim(&token).try_send("POST", "/.search", &json!({})).is_none() {
        tries -= 1;
        assert!(tries > 0, "there is room again");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A port that was free a moment ago.
fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}

#[test]
fn metrics_count_and_name_nobody() {
    let address = free_port();
    let (server, token, _database) = started(&["--metrics-listen", &address]);
    let scim = server.scim(&token);
    scim.post("/Users", json!({"userName": "ada.lovelace"})).expect(201);
    scim.get("/Users/none").expect(404);
    server.scim("siq_scim_wrong").get("/Users").expect(401);
    scim.send("BREW", "/Users", &[], None);
    scim.get("/no-such-route-ada.lovelace").expect(404);
    let ask = |url: String| crate::support::Client::new(url, None).get("/metrics");
    let metrics = ask(format!("http://{address}"));
    assert_eq!((metrics.status, metrics.header("content-type")), (200, "text/plain; version=0.0.4; charset=utf-8"));
    for line in [
        "spaceiq_http_requests_total{method=\"POST\",route=\"/scim/Users\",status=\"2xx\"} 1",
        "spaceiq_http_requests_total{method=\"GET\",route=\"/scim/Users/{id}\",status=\"4xx\"} 1",
        "spaceiq_http_requests_total{method=\"other\",",
        "spaceiq_http_request_duration_seconds_bucket{method=\"POST\",route=\"/scim/Users\",status=\"2xx\",le=\"+Inf\"} 1",
        "spaceiq_refused_tokens_total 1",
        "spaceiq_recorder_overflow_total 0",
        "spaceiq_database_up 1",
        "spaceiq_sessions 0",
        "spaceiq_write_queue 0",
    ] {
        assert!(metrics.text.contains(line), "{line} is not in\n{}", metrics.text);
    }
    for word in ["lovelace", "Acme", &token[..16]] {
        assert!(!metrics.text.contains(word), "{word}");
    }
    assert_eq!(ask(server.url.clone()).status, 404, "not where everybody can ask");
}

#[test]
fn every_answer_has_an_id() {
    let (server, token, _database) = started(&[]);
    let scim = server.scim(&token);
    let (one, two) = (scim.get("/Users"), scim.get("/none"));
    assert!(!one.header("x-request-id").is_empty() && one.header("x-request-id") != two.header("x-request-id"));
    let given = [("x-request-id", "mine-1"), ("client-request-id", "7c2e")];
    let answer = scim.send("GET", "/Users", &given, None);
    assert_eq!((answer.header("x-request-id"), answer.header("client-request-id")), ("mine-1", "7c2e"));
    let answer = scim.send("GET", "/Users", &[("x-request-id", "<b>"), ("client-request-id", "a b")], None);
    assert_eq!(answer.header("client-request-id"), "", "what is no id is not said again");
    assert!(answer.header("x-request-id").len() > 10 && !answer.header("x-request-id").contains('<'));
}
