//! The pace of calls: so many a second, each waiting once for its own turn.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The pace of one operation in one region. Turns are handed out in the order in which they are asked for: ten thousand
/// callers cost ten thousand waits, where a limiter that all of them ask again at every turn costs the square of it.
#[derive(Debug)]
pub(crate) struct Pace {
    every: Duration,
    /// So much of the time before may be used up at once: a second's worth of turns.
    ahead: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// So many turns a second, and as many at once after a second without any.
    pub(crate) fn per_second(turns: u32) -> Self {
        let every = Duration::from_secs(1) / turns.max(1);
        Self { every, ahead: Duration::from_secs(1).saturating_sub(every), next: Mutex::default() }
    }

    /// Waits for a turn.
    pub(crate) async fn turn(&self) {
        let at = self.take(Instant::now());
        tokio::time::sleep_until(at).await;
    }

    /// Takes the next turn; the time at which it is.
    fn take(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = now.checked_sub(self.ahead).unwrap_or(now);
        let turn = next.map_or(earliest, |next| next.max(earliest));
        *next = Some(turn + self.every);
        turn.max(now)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::Future as _;

    use super::*;

    #[test]
    fn a_second_s_worth_at_once_and_then_one_by_one() {
        let (pace, now) = (Pace::per_second(4), Instant::now());
        let waits: Vec<u128> = (0..8).map(|_| (pace.take(now) - now).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 250, 500, 750, 1000]);
        // A second without a turn later, the last of these is over.
        let later = now + Duration::from_secs(3);
        let waits: Vec<u128> = (0..5).map(|_| (pace.take(later) - later).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 250]);
    }

    #[test]
    fn ten_thousand_wait_once_each() {
        const CALLERS: u64 = 10_000;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (pace, polls) = (Pace::per_second(20_000), Cell::new(0));
        // Nobody is asked again before his turn: twice each, and once more at most where the clock of the runtime ticks.
        let counted = |_| {
            let mut turn = Box::pin(pace.turn());
            let polls = &polls;
            std::future::poll_fn(move |context| {
                polls.set(polls.get() + 1);
                turn.as_mut().poll(context)
            })
        };
        let started = std::time::Instant::now();
        // The runtime lets a task poll so often only, and then begins again: not counted here.
        let all = futures::future::join_all((0..3 * CALLERS).map(counted));
        runtime.block_on(tokio::task::unconstrained(all));
        assert!(started.elapsed() >= Duration::from_millis(400), "a second's worth at once, and half of one more");
        assert!(polls.get() <= 3 * 3 * CALLERS, "{} polls", polls.get());
    }
}
