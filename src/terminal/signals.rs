//! Ctrl-C and SIGTERM: they end collection; what was read is kept, decided and marked incomplete. After it they end the process.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_util::sync::CancellationToken;

/// Whether answers are being collected: a signal then ends the collection, and the run is kept.
static COLLECTING: AtomicBool = AtomicBool::new(false);

/// From here on a signal ends the collection.
#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "a thread that only listens can end the process in no other way, and must not wait for a stream's lock"
)]
pub(super) fn end_collection(cancel: CancellationToken, run: &Path) {
    COLLECTING.store(true, Ordering::Relaxed);
    let run = run.to_owned();
    // A thread of its own: the handlers stay when the runtime that collects is gone, and somebody has to listen.
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            while signalled().await {
                if cancel.is_cancelled() || !COLLECTING.load(Ordering::Relaxed) {
                    // Asked again, or collected: what was answered is on the disk.
                    let words =
                        format!("Stopped: `kickoff report {}` goes on with what was collected.\n", run.display());
                    let _ = std::io::stderr().write_all(words.as_bytes());
                    std::process::exit(130);
                }
                cancel.cancel();
            }
        });
    });
}

/// From here on a signal ends the process.
pub(super) fn end_process() {
    COLLECTING.store(false, Ordering::Relaxed);
}

/// Waits for a signal that asks to stop; false where there can be none.
async fn signalled() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return false };
        tokio::select! {
            interrupt = tokio::signal::ctrl_c() => interrupt.is_ok(),
            terminated = terminate.recv() => terminated.is_some(),
        }
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
