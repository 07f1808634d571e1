//! The SCIM server that `rehearse` and `check` talk to, and the token for it.

use std::io::{BufRead, Write};

use clap::Args;
use rehearse::transport::{HttpTransport, Target};

use super::Failure;

#[derive(Args)]
pub(super) struct TargetArgs {
    /// The SCIM base URL (Azure's Tenant URL); nothing else is talked to
    #[arg(long, value_name = "URL", value_parser = Target::parse)]
    url: Target,
    /// Read the token from standard input (tokens are never arguments)
    #[arg(long, required = true)]
    token_stdin: bool,
    /// Do not ask before talking to another machine
    #[arg(long)]
    yes: bool,
}

impl TargetArgs {
    pub(super) fn url(&self) -> &Target {
        &self.url
    }

    /// Reads the token; against another machine says what is going to happen and asks.
    pub(super) fn connect(&self, intention: &str) -> Result<HttpTransport, Failure> {
        let mut input = std::io::stdin().lock();
        let token = line(&mut input)?;
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Failure::new("standard input holds no token; give it like: --token-stdin < token-file"));
        }
        if !self.url.is_loopback() && !self.yes {
            eprint!("This will {intention} at {}. Go on? [y/N] ", self.url.base());
            let _ = std::io::stderr().flush();
            let answer = line(&mut input)?;
            if !matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes") {
                eprintln!();
                return Err(Failure::new("nothing was sent; --yes goes on without asking"));
            }
        }
        Ok(HttpTransport::new(self.url.clone(), token))
    }
}

fn line(input: &mut impl BufRead) -> Result<String, Failure> {
    let mut text = String::new();
    input.read_line(&mut text).map_err(|error| Failure(format!("standard input cannot be read: {error}")))?;
    Ok(text.trim().to_owned())
}
