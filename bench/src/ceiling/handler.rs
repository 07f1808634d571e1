//! A bare axum handler: reads the body as JSON and sends it back. It is a process of its own, so that its processor time
//! is not the load generator's.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::load::{self, Target};
use crate::people::user_name;
use crate::process;
use crate::race::{CONNECTIONS, Race};
use crate::report::Row;
use crate::{client, people};

/// The command of this program that serves.
pub(crate) const COMMAND: &str = "handler";

/// Serves until it is killed.
#[expect(clippy::print_stdout, reason = "the parent reads the address")]
pub(crate) async fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let router = Router::new().route("/scim/Users", get(async || "{}").post(echo));
    Ok(axum::serve(listener, router).await?)
}

async fn echo(body: Bytes) -> (StatusCode, String) {
    let value: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    (StatusCode::CREATED, value.to_string())
}

/// The child process, killed with the value.
struct Handler(Child);

impl Drop for Handler {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The requests of an initial sync, answered without doing anything.
pub(crate) async fn race(race: &Race, people: usize) -> Result<Row> {
    let mut handler = Handler(
        Command::new(std::env::current_exe()?).arg(COMMAND).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?,
    );
    let mut line = String::new();
    BufReader::new(handler.0.stdout.take().context("no standard output")?).read_line(&mut line)?;
    let target = Target { address: line.trim().parse()?, headers: String::new() };
    let (pid, own) = (handler.0.id(), std::process::id());
    let before = (process::cpu(pid)?, process::cpu(own)?);
    let timing = load::run(&[target], CONNECTIONS, people, async |client, number| {
        client.call("GET", &client::match_query(&user_name(number)), None).await?;
        client.call("POST", "/scim/Users", Some(&people::person(number).to_string())).await.map(drop)
    })
    .await?;
    Ok(race.note(Row {
        workload: "ceiling: bare handler".to_owned(),
        engine: "none",
        timing,
        server: process::cpu(pid)?.saturating_sub(before.0),
        database: std::time::Duration::ZERO,
        client: process::cpu(own)?.saturating_sub(before.1),
        resident: process::resident(pid)?,
        disk: 0,
    }))
}
