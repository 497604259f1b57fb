//! Whether an XML body is whole.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Whether the text is one XML document whose root element is closed.
///
/// The SDK's XML decoders stop quietly where the text ends, so that an answer cut short would read as a
/// shorter list. A body that fails here is a failed call.
#[must_use]
pub fn xml_is_complete(body: &[u8]) -> bool {
    let mut reader = Reader::from_reader(body);
    let config = reader.config_mut();
    config.check_end_names = true;
    config.expand_empty_elements = false;
    let (mut depth, mut closed) = (0_usize, false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) if !closed => depth += 1,
            Ok(Event::Empty(_)) if !closed => closed = depth == 0,
            Ok(Event::End(_)) => {
                let Some(outer) = depth.checked_sub(1) else {
                    return false;
                };
                depth = outer;
                closed = depth == 0;
            }
            Ok(Event::Eof) => return closed && depth == 0,
            Ok(Event::Start(_) | Event::Empty(_)) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::xml_is_complete;

    #[test]
    fn a_document_cut_anywhere_is_not_complete() {
        let whole = b"<?xml version=\"1.0\"?><a x=\"1\"><b>text &amp; more</b><c/></a>";
        assert!(xml_is_complete(whole));
        for end in 0..whole.len() {
            assert!(!xml_is_complete(&whole[..end]), "cut at {end}");
        }
    }

    #[test]
    fn crossed_and_doubled_roots_are_not_complete() {
        for text in ["<a><b></a></b>", "<a/><b/>", "<a></a><b></b>", "</a>", "plain"] {
            assert!(!xml_is_complete(text.as_bytes()), "{text}");
        }
    }
}
