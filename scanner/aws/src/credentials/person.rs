//! The person at the terminal, if there is one: told what is waited for, and asked for codes.

use std::fmt;
use std::future::Future;
use std::time::Duration;

/// Waiting that is shorter needs no words. Half of what one try of the instance metadata may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Who starts kickoff, as far as credentials need them.
pub trait Person: fmt::Debug + Send + Sync {
    /// Says what is waited for; called once a wait, and only where it takes a while.
    fn waiting(&self, what: &str);

    /// Asks for the code of an MFA device; none where nobody is there to be asked.
    fn code(&self, device: &str) -> Option<String>;
}

/// Nobody is there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Person for Nobody {
    fn waiting(&self, _: &str) {}

    fn code(&self, _: &str) -> Option<String> {
        None
    }
}

/// Waits for work, and says for what where it takes a while.
pub(crate) async fn patient<T>(person: &dyn Person, what: &str, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        biased;
        done = &mut work => return done,
        () = tokio::time::sleep(PATIENCE) => person.waiting(what),
    }
    work.await
}
