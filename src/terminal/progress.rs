//! Live progress on stderr: a line a region with the calls that are under way. Nothing where stderr is no terminal.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use kickoff_aws::{Observer, Progress};

#[derive(Debug)]
struct Region {
    bar: ProgressBar,
    under_way: BTreeMap<&'static str, u32>,
    done: u64,
}

/// The lines.
#[derive(Debug, Clone)]
pub(crate) struct Bars {
    multi: MultiProgress,
    regions: Arc<Mutex<BTreeMap<String, Region>>>,
}

impl Bars {
    /// Lines on stderr, if that is a terminal and they are wanted.
    pub(crate) fn new() -> Self {
        if super::streams::is_quiet() {
            return Self::hidden();
        }
        Self::on(ProgressDrawTarget::stderr())
    }

    /// No lines.
    pub(crate) fn hidden() -> Self {
        Self::on(ProgressDrawTarget::hidden())
    }

    fn on(target: ProgressDrawTarget) -> Self {
        Self { multi: MultiProgress::with_draw_target(target), regions: Arc::default() }
    }

    /// Hears of a session's progress.
    pub(crate) fn observer(&self) -> Observer {
        let bars = self.clone();
        Arc::new(move |progress| bars.hear(progress))
    }

    fn hear(&self, progress: Progress<'_>) {
        if self.multi.is_hidden() {
            return;
        }
        let (Progress::Started { operation, region } | Progress::Finished { operation, region }) = progress;
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let line = regions.entry(region.to_owned()).or_insert_with(|| {
            let bar = self.multi.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix:16} {pos:>4} calls  {wide_msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(region.to_owned());
            Region { bar, under_way: BTreeMap::new(), done: 0 }
        });
        match progress {
            Progress::Started { .. } => *line.under_way.entry(operation.service()).or_default() += 1,
            Progress::Finished { .. } => {
                line.done += 1;
                if let Some(count) = line.under_way.get_mut(operation.service()) {
                    *count = count.saturating_sub(1);
                }
                line.under_way.retain(|_, count| *count > 0);
            }
        }
        line.bar.set_position(line.done);
        line.bar.set_message(line.under_way.keys().copied().collect::<Vec<_>>().join(" "));
        line.bar.tick();
    }

    /// Clears the lines.
    pub(crate) fn finish(&self) {
        for region in self.regions.lock().unwrap_or_else(PoisonError::into_inner).values() {
            region.bar.finish_and_clear();
        }
        let _ = self.multi.clear();
    }
}
