//! Requests with patience: what is worth another try gets one, and everything is timed.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Answer, Request, Timer, Transport};

/// How often, and how long, a client waits for a server that is busy.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Tries of one request, the first one included.
    pub tries: u32,
    /// The first pause; each later one is twice as long.
    pub first_pause: Duration,
    /// No pause is longer, whatever the server asks for.
    pub longest_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { tries: 5, first_pause: Duration::from_secs(1), longest_pause: Duration::from_mins(1) }
    }
}

impl Patience {
    /// One try only.
    pub const NONE: Self = Self { tries: 1, first_pause: Duration::ZERO, longest_pause: Duration::ZERO };
}

/// How long the answers took, and how many came after a pause.
#[derive(Debug, Default, Clone)]
pub struct Timings {
    /// One value an answer.
    pub durations: Vec<Duration>,
    /// Requests that were sent again.
    pub retries: usize,
}

/// A provisioning client's connection.
pub struct Client<'t> {
    transport: &'t dyn Transport,
    timer: &'t dyn Timer,
    patience: Patience,
    timings: Mutex<Timings>,
}

impl<'t> Client<'t> {
    /// A client over some transport.
    pub fn new(transport: &'t dyn Transport, timer: &'t dyn Timer, patience: Patience) -> Self {
        Self { transport, timer, patience, timings: Mutex::default() }
    }

    /// The time of its timer.
    pub fn now(&self) -> Duration {
        self.timer.now()
    }

    /// Sends a request, and again after a pause while the server says that it is busy (429), that it failed (5xx but
    /// 501), or does not answer.
    pub fn send(&self, request: &Request) -> Result<Answer, String> {
        let mut pause = self.patience.first_pause;
        let mut tries = 1;
        loop {
            let started = self.timer.now();
            let answer = self.transport.send(request);
            self.note(|timings| timings.durations.push(self.timer.now().saturating_sub(started)));
            let wait = match &answer {
                Ok(answer) if answer.status == 429 || answer.status == 503 => retry_after(answer).unwrap_or(pause),
                Ok(answer) if answer.status >= 500 && answer.status != 501 => pause,
                Ok(_) => return answer,
                Err(_) => pause,
            };
            if tries >= self.patience.tries {
                return answer;
            }
            tries += 1;
            self.note(|timings| timings.retries += 1);
            self.timer.sleep(wait.min(self.patience.longest_pause));
            pause *= 2;
        }
    }

    fn note(&self, write: impl FnOnce(&mut Timings)) {
        write(&mut self.timings.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What was measured since the last call.
    pub fn take_timings(&self) -> Timings {
        std::mem::take(&mut self.timings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// RFC 9110 §10.2.3 allows seconds and dates; clients are only known to take seconds.
fn retry_after(answer: &Answer) -> Option<Duration> {
    answer.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A timer that jumps.
    #[derive(Default)]
    pub(crate) struct Jumping(Mutex<Vec<Duration>>);

    impl Jumping {
        pub(crate) fn pauses(&self) -> Vec<Duration> {
            self.0.lock().expect("unbroken").clone()
        }
    }

    impl Timer for Jumping {
        fn now(&self) -> Duration {
            self.pauses().iter().sum()
        }

        fn sleep(&self, time: Duration) {
            self.0.lock().expect("unbroken").push(time);
        }
    }

    struct Scripted(Mutex<Vec<Result<Answer, String>>>);

    impl Transport for Scripted {
        fn send(&self, _: &Request) -> Result<Answer, String> {
            self.0.lock().expect("unbroken").remove(0)
        }
    }

    fn answer(status: u16, retry_after: Option<&str>) -> Result<Answer, String> {
        let headers = retry_after.map(|value| ("retry-after".to_owned(), value.to_owned())).into_iter().collect();
        Ok(Answer { status, headers, text: String::new() })
    }

    fn pauses(answers: Vec<Result<Answer, String>>) -> (u16, Vec<u64>) {
        let (transport, timer) = (Scripted(Mutex::new(answers)), Jumping::default());
        let client = Client::new(&transport, &timer, Patience::default());
        let status = client.send(&Request::get("/Users")).map_or(0, |answer| answer.status);
        assert_eq!(client.take_timings().retries, timer.pauses().len());
        (status, timer.pauses().iter().map(Duration::as_secs).collect())
    }

    #[test]
    fn waits_as_long_as_the_server_asks_and_else_ever_longer() {
        assert_eq!(pauses(vec![answer(429, Some("7")), answer(200, None)]), (200, vec![7]));
        assert_eq!(pauses(vec![answer(429, Some("86400")), answer(200, None)]), (200, vec![60]));
        assert_eq!(pauses(vec![answer(429, Some("Wed, 21 Oct 2026 07:28:00 GMT")), answer(200, None)]), (200, vec![1]));
        let down = || Err("refused".to_owned());
        assert_eq!(pauses(vec![answer(500, None), answer(502, None), down(), answer(201, None)]), (201, vec![1, 2, 4]));
        assert_eq!(pauses((0..5).map(|_| down()).collect()), (0, vec![1, 2, 4, 8]));
    }

    #[test]
    fn refusals_are_final() {
        for status in [400, 401, 404, 409, 501, 302] {
            assert_eq!(pauses(vec![answer(status, Some("7"))]), (status, vec![]));
        }
    }
}
