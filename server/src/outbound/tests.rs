//! Names that lead where they should not, and servers that answer what they should not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;

/// Says one answer after the other, and the last one for ever.
#[derive(Debug)]
struct Names {
    answers: Vec<Vec<SocketAddr>>,
    asked: AtomicUsize,
}

impl Resolver for Names {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        let mut found = self.empty();
        for address in &self.answers[asked.min(self.answers.len() - 1)] {
            found.push(*address);
        }
        Ok(found)
    }
}

fn names(answers: &[&[SocketAddr]]) -> Names {
    Names { answers: answers.iter().map(|answer| answer.to_vec()).collect(), asked: AtomicUsize::new(0) }
}

/// A server that answers every connection with these bytes.
fn server(answer: impl Into<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (address, answer) = (listener.local_addr().expect("an address"), answer.into());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&answer);
        }
    });
    address
}

fn answer(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

#[test]
fn only_addresses_in_the_internet_are_asked() {
    let inside = server(answer("secret"));
    for url in [
        format!("https://127.0.0.1:{}/", inside.port()),
        format!("https://localhost:{}/", inside.port()),
        format!("https://[::ffff:127.0.0.1]:{}/", inside.port()),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://10.0.0.1/".to_owned(),
    ] {
        assert_eq!(fetch(&url, Reach::Internet, 1000), Err(FetchError::NotPublic), "{url}");
    }
    for url in ["http://1.1.1.1/", "file:///etc/passwd", "ftp://1.1.1.1/", "https://a@1.1.1.1/", "//1.1.1.1/", "x", ""]
    {
        assert_eq!(fetch(url, Reach::Internet, 1000), Err(FetchError::Address), "{url}");
    }
}

#[test]
fn one_bad_address_among_good_ones_is_refused() {
    let good = "1.1.1.1:443".parse().expect("an address");
    let names = names(&[&[good, "10.0.0.1:443".parse().expect("an address")]]);
    let guard = Guard { reach: Reach::Internet, names };
    assert_eq!(fetch_with("https://idp.test/", 1000, guard), Err(FetchError::NotPublic));
}

/// DNS rebinding: the name is good when it is looked at, and bad when it is connected to. It is asked once only.
#[test]
fn a_name_is_looked_up_once() {
    let (first, second) = (server(answer("first")), server(answer("second")));
    let guard = Guard { reach: Reach::Anywhere, names: names(&[&[first], &[second]]) };
    assert_eq!(fetch_with("http://idp.test/", 1000, guard).as_deref(), Ok("first"));
    let guard =
        Guard { reach: Reach::Internet, names: names(&[&[first], &["1.1.1.1:443".parse().expect("an address")]]) };
    assert_eq!(fetch_with("https://idp.test/", 1000, guard), Err(FetchError::NotPublic));
}

#[test]
fn answers_are_bounded_and_redirects_not_followed() {
    let url = |address: SocketAddr| format!("http://{address}/");
    let get = |answer: String| fetch(&url(server(answer)), Reach::Anywhere, 100);
    assert_eq!(get(answer("<x/>")).as_deref(), Ok("<x/>"));
    assert_eq!(get(answer(&"x".repeat(101))), Err(FetchError::TooLarge));
    let endless = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(5000));
    assert_eq!(get(endless), Err(FetchError::TooLarge));
    let inside = server(answer("secret"));
    let away = format!("HTTP/1.1 302 Found\r\nLocation: http://{inside}/\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(get(away), Err(FetchError::Status(302)));
    assert_eq!(get("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned()), Err(FetchError::Status(404)));
    assert_eq!(
        fetch(
            &url(server([b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n".as_slice(), &[0xff]].concat())),
            Reach::Anywhere,
            100
        ),
        Err(FetchError::NotText)
    );
    assert!(matches!(get("nonsense\r\n\r\n".to_owned()), Err(FetchError::Unreachable(_))));
}
