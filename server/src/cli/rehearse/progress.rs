//! A bar on the terminal with rate and time left. Where there is no terminal, nothing.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rehearse::report::{Observer, Step};

/// Drawn no more often.
const PAUSE: Duration = Duration::from_millis(100);
const WIDTH: usize = 30;

/// Draws on standard error.
pub(super) struct Progress(Option<Mutex<Bar>>);

struct Bar {
    name: String,
    items: usize,
    done: usize,
    started: Instant,
    drawn: Instant,
}

impl Progress {
    pub(super) fn new(wanted: bool) -> Self {
        let bar = || {
            let now = Instant::now();
            Mutex::new(Bar { name: String::new(), items: 0, done: 0, started: now, drawn: now })
        };
        Self((wanted && std::io::stderr().is_terminal()).then(bar))
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if self.0.is_some() {
            eprint!("\r\x1b[K");
            let _ = std::io::stderr().flush();
        }
    }

    fn change(&self, change: impl FnOnce(&mut Bar) -> bool) {
        let Some(bar) = &self.0 else { return };
        let mut bar = bar.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if change(&mut bar) || now.duration_since(bar.drawn) >= PAUSE {
            bar.drawn = now;
            eprint!("\r\x1b[K{}", text(&bar.name, bar.done, bar.items, now.duration_since(bar.started)));
            let _ = std::io::stderr().flush();
        }
    }
}

impl Observer for Progress {
    fn stage(&self, name: &str, items: usize) {
        self.change(|bar| {
            let now = Instant::now();
            *bar = Bar { name: name.to_owned(), items, done: 0, started: now, drawn: now };
            true
        });
    }

    fn step(&self, _: &Step) {
        self.change(|bar| {
            bar.done += 1;
            false
        });
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
fn text(name: &str, done: usize, items: usize, elapsed: Duration) -> String {
    let filled = done * WIDTH / items.max(1);
    let bar: String = (0..WIDTH).map(|place| if place < filled { '█' } else { '░' }).collect();
    let rate = done as f64 / elapsed.as_secs_f64().max(0.001);
    let left = items.saturating_sub(done) as f64 / rate.max(0.001);
    let left = if done == 0 { String::new() } else { format!(", {left:.0} s left") };
    format!("{name:<14} {bar} {done}/{items}, {rate:.0}/s{left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_fast_and_how_long() {
        let line = text("Users", 500, 1000, Duration::from_secs(10));
        assert!(line.starts_with("Users          ███████████████░░░") && line.ends_with("500/1000, 50/s, 10 s left"));
        assert!(text("Users", 0, 0, Duration::ZERO).ends_with("0/0, 0/s"));
    }
}
