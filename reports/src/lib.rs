//! Renderers: results.json, the terminal tables, the HTML report.
