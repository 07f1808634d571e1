//! A client that costs next to nothing: one connection that is kept, requests written by hand, answers read by length.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection, and how long each of its answers took.
pub(crate) struct Client {
    stream: TcpStream,
    /// Header lines that every request carries, each with its end.
    headers: String,
    sent: Vec<u8>,
    received: Vec<u8>,
    /// Of each answer, in microseconds.
    pub(crate) latencies: Vec<u32>,
}

/// An answer.
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// Status line and headers.
    pub(crate) head: String,
    /// The body, put together again if it came in chunks.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.body).context("the answer is no JSON")
    }

    /// Fails unless the answer has a status that says yes.
    pub(crate) fn succeeded(self) -> Result<Self> {
        if !(200..300).contains(&self.status) {
            bail!("answered {}: {}", self.status, String::from_utf8_lossy(&self.body));
        }
        Ok(self)
    }
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr, headers: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("the server does not take a connection")?;
        stream.set_nodelay(true)?;
        let headers = format!("host: {address}\r\n{headers}");
        Ok(Self { stream, headers, sent: Vec::new(), received: Vec::new(), latencies: Vec::new() })
    }

    /// Sends a request whose answer must say yes.
    pub(crate) async fn call(&mut self, method: &str, path: &str, body: Option<&str>) -> Result<Answer> {
        let answer = self.ask(method, path, body).await?.succeeded();
        answer.with_context(|| format!("{method} {path}"))
    }

    /// Sends a request, whatever the answer.
    pub(crate) async fn ask(&mut self, method: &str, path: &str, body: Option<&str>) -> Result<Answer> {
        self.sent.clear();
        let mut line = |part: &str| self.sent.extend_from_slice(part.as_bytes());
        line(method);
        line(" ");
        line(path);
        line(" HTTP/1.1\r\n");
        line(&self.headers);
        if let Some(body) = body {
            let kind =
                if body.starts_with('{') { "application/scim+json" } else { "application/x-www-form-urlencoded" };
            line(&format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len()));
        }
        line("\r\n");
        line(body.unwrap_or_default());
        let started = Instant::now();
        self.stream.write_all(&self.sent).await?;
        let answer = self.answer().await?;
        self.latencies.push(u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX));
        Ok(answer)
    }

    async fn answer(&mut self) -> Result<Answer> {
        let end = self.up_to(b"\r\n\r\n").await?;
        let head = String::from_utf8_lossy(&self.received[..end]).into_owned();
        self.received.drain(..end);
        let status = head.get(9..12).and_then(|status| status.parse().ok()).context("an answer without a status")?;
        let body = if header(&head, "transfer-encoding").is_some() {
            self.chunks().await?
        } else {
            let length = header(&head, "content-length").map_or(Ok(0), str::parse)?;
            self.take(length).await?
        };
        Ok(Answer { status, head, body })
    }

    async fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = self.up_to(b"\r\n").await?;
            let line = self.take(end).await?;
            let length = usize::from_str_radix(std::str::from_utf8(&line)?.trim(), 16)?;
            let chunk = self.take(length + 2).await?;
            if length == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&chunk[..length]);
        }
    }

    /// How much of what was received ends with these bytes.
    async fn up_to(&mut self, end: &[u8]) -> Result<usize> {
        loop {
            if let Some(at) = self.received.windows(end.len()).position(|window| window == end) {
                return Ok(at + end.len());
            }
            self.receive().await?;
        }
    }

    async fn take(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.received.len() < length {
            self.receive().await?;
        }
        Ok(self.received.drain(..length).collect())
    }

    async fn receive(&mut self) -> Result<()> {
        self.received.reserve(16 * 1024);
        if self.stream.read_buf(&mut self.received).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A query that finds a person by user name, as Azure writes it.
pub(crate) fn match_query(user_name: &str) -> String {
    format!("/scim/Users?filter=userName+eq+%22{}%22", user_name.replace('@', "%40"))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn answered_with(text: &'static str) -> Answer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            // Closing a connection with something unread on it would reset it.
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_buf(&mut request).await.unwrap();
            }
            // Byte by byte: an answer need not arrive whole.
            for byte in text.bytes() {
                stream.write_all(&[byte]).await.unwrap();
            }
        };
        let client = async { Client::connect(address, "").await.unwrap().ask("GET", "/", None).await.unwrap() };
        tokio::join!(server, client).1
    }

    #[tokio::test]
    async fn answers_are_read_by_length_and_by_chunks() {
        let whole = answered_with("HTTP/1.1 201 Created\r\nContent-Length: 4\r\nETag: x\r\n\r\nbody").await;
        assert_eq!((whole.status, whole.body.as_slice(), whole.header("etag")), (201, &b"body"[..], Some("x")));
        let chunked =
            answered_with("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        assert_eq!(chunked.await.body, b"abcde");
        assert!(answered_with("HTTP/1.1 429 Too Many\r\ncontent-length: 0\r\n\r\n").await.succeeded().is_err());
    }
}
