//! Why a paper cannot be drawn.

use krilla::error::KrillaError;

/// Why there is no PDF.
#[derive(Debug)]
pub enum PdfError {
    /// A font of the program's own cannot be read.
    Font,
    /// The writer of PDF refuses, or what it wrote would not keep to the standards.
    Writer(String),
}

impl std::fmt::Display for PdfError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Font => f.write_str("a font of the program cannot be read"),
            Self::Writer(why) => write!(f, "the PDF cannot be written: {why}"),
        }
    }
}

impl std::error::Error for PdfError {}

impl From<KrillaError> for PdfError {
    fn from(error: KrillaError) -> Self {
        Self::Writer(format!("{error:?}"))
    }
}
