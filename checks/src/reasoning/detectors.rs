//! Whether GuardDuty runs in a region.

use kickoff_facts::detection::{Detector, DetectorSettings};
use kickoff_facts::{Gap, Seen, View};

/// GuardDuty in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuardDuty<'a> {
    /// A detector is enabled.
    Runs(&'a Detector, &'a DetectorSettings),
    /// None is; what was seen instead.
    Off(String),
}

/// Whether GuardDuty runs in the region of the window.
///
/// # Errors
/// The detectors, or the settings of the one there is, are not known.
pub fn guardduty<'a>(view: &View<'a>, seen: &Seen) -> Result<GuardDuty<'a>, Gap> {
    let mut gap = None;
    let mut off = Vec::new();
    for detector in view.detectors()? {
        match seen.see(&detector.settings) {
            Ok(settings) if settings.enabled => return Ok(GuardDuty::Runs(detector, settings)),
            Ok(_) => off.push(detector.id.as_str()),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    match gap {
        Some(gap) => Err(gap),
        None if off.is_empty() => Ok(GuardDuty::Off("no detector".to_owned())),
        None => Ok(GuardDuty::Off(format!("detector {} is not enabled", off.join(", ")))),
    }
}
