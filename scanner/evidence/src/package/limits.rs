//! How much a package may be.

/// What a package may cost its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes that all files may have together when unpacked.
    pub total: u64,
    /// How many times larger than the ZIP they may be.
    pub ratio: u64,
    /// The most entries, folders included.
    pub entries: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { total: 64 << 30, ratio: 500, entries: 2_000_000 }
    }
}
