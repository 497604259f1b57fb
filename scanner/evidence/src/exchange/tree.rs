//! A body as a tree, whatever language it came in: to be read as rows, and to be compared with another answer to the same call.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// Elements nested deeper than this are no answer of AWS's.
const DEEPEST: usize = 128;

/// A JSON or XML body as a tree; none for what is neither.
///
/// An XML element becomes an object of its children, or the text in it; children of one name, and the `member` and `item`
/// elements in which AWS writes lists, become an array. Attributes and namespaces are left out.
#[must_use]
pub fn tree(body: &[u8]) -> Option<Value> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace())?;
    match first {
        b'{' | b'[' => serde_json::from_slice(body).ok(),
        b'<' => xml(body),
        _ => None,
    }
}

/// An element that is being read: its name, its children, its text.
#[derive(Default)]
struct Open {
    name: String,
    children: Vec<(String, Value)>,
    text: String,
}

impl Open {
    fn close(self) -> (String, Value) {
        if self.children.is_empty() {
            return (self.name, Value::String(self.text));
        }
        if self.children.iter().all(|(name, _)| name == "member" || name == "item") {
            return (self.name, Value::Array(self.children.into_iter().map(|(_, value)| value).collect()));
        }
        let mut object: Map<String, Value> = Map::new();
        for (name, value) in self.children {
            match object.get_mut(&name) {
                None => drop(object.insert(name, value)),
                Some(Value::Array(list)) => list.push(value),
                Some(one) => *one = Value::Array(vec![one.take(), value]),
            }
        }
        (self.name, Value::Object(object))
    }
}

fn xml(body: &[u8]) -> Option<Value> {
    let mut reader = Reader::from_str(std::str::from_utf8(body).ok()?);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Open> = vec![Open::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_owned();
                open.push(Open { name, ..Open::default() });
                if open.len() > DEEPEST {
                    return None;
                }
            }
            Event::End(_) => {
                let closed = open.pop()?.close();
                open.last_mut()?.children.push(closed);
            }
            Event::Text(text) => {
                let top = open.last_mut()?;
                if !text.trim().is_empty() || !top.text.is_empty() {
                    top.text.push_str(&text);
                }
            }
            Event::CData(text) => open.last_mut()?.text.push_str(&text),
            Event::GeneralRef(entity) => {
                let known = match entity.resolve_char_ref().ok()? {
                    Some(character) => character.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&entity)?.to_owned(),
                };
                open.last_mut()?.text.push_str(&known);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match open.as_mut_slice() {
        [root] if root.children.len() == 1 => root.children.pop().map(|(_, value)| value),
        _ => None,
    }
}

/// What differs between two answers to the same question although nothing changed: ids of the request, and where the next
/// page begins.
const VOLATILE: [&str; 9] = [
    "ResponseMetadata",
    "RequestId",
    "requestId",
    "NextToken",
    "nextToken",
    "Marker",
    "marker",
    "NextMarker",
    "NextContinuationToken",
];

/// Whether a member of an answer changes from call to call although nothing else does: a request's id, a page's token.
#[must_use]
pub fn is_volatile(name: &str) -> bool {
    VOLATILE.contains(&name)
}

/// A body as it is compared with another answer to the same call: members in the order of their names, lists in an order of
/// their own (AWS promises none), without what changes from call to call. A body that is neither JSON nor XML stays as it is.
#[must_use]
pub fn normalised(body: &[u8]) -> Value {
    tree(body).map_or_else(|| Value::String(String::from_utf8_lossy(body).into_owned()), sorted)
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.into_iter().filter(|(name, _)| !is_volatile(name));
            let mut members: Vec<(String, Value)> = kept.map(|(name, value)| (name, sorted(value))).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(list) => {
            let mut list: Vec<Value> = list.into_iter().map(sorted).collect();
            list.sort_by_cached_key(Value::to_string);
            Value::Array(list)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn xml_of_the_query_protocol_is_read_as_objects_and_lists() {
        let body = br#"<?xml version="1.0"?>
<ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <ListUsersResult><IsTruncated>false</IsTruncated>
    <Users><member><UserName>a &amp; b&#x21;</UserName><Tags/></member><member><UserName>c</UserName></member></Users>
  </ListUsersResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>
</ListUsersResponse>"#;
        let read = tree(body).unwrap_or_default();
        let users = json!([{"UserName": "a & b!", "Tags": ""}, {"UserName": "c"}]);
        assert_eq!(read["ListUsersResult"], json!({"IsTruncated": "false", "Users": users}));
    }

    #[test]
    fn a_list_of_one_stays_a_list_and_repeated_names_become_one() {
        let one = tree(b"<a><vpcSet><item><id>v</id></item></vpcSet></a>").unwrap_or_default();
        assert_eq!(one, json!({"vpcSet": [{"id": "v"}]}));
        let repeated = tree(b"<a><Contents><Key>x</Key></Contents><Contents><Key>y</Key></Contents></a>");
        assert_eq!(repeated, Some(json!({"Contents": [{"Key": "x"}, {"Key": "y"}]})));
    }

    #[test]
    fn what_is_neither_or_is_broken_is_no_tree() {
        for body in ["", "plain", "{", "<a><b></a>", "<a/><b/>", "<a>&unknown;</a>"] {
            assert_eq!(tree(body.as_bytes()), None, "{body}");
        }
        let deep = "<a>".repeat(100_000);
        assert_eq!(tree(deep.as_bytes()), None);
    }

    #[test]
    fn order_tokens_and_request_ids_do_not_make_a_difference_and_content_does() {
        let same = [
            r#"{"Trails":[{"Name":"b","Kms":null},{"Name":"a"}],"NextToken":"x"}"#,
            r#"{"NextToken":"y","Trails":[{"Name":"a"},{"Kms":null,"Name":"b"}]}"#,
        ];
        assert_eq!(normalised(same[0].as_bytes()), normalised(same[1].as_bytes()));
        let other = r#"{"Trails":[{"Name":"a"},{"Kms":"k","Name":"b"}]}"#;
        assert_ne!(normalised(same[0].as_bytes()), normalised(other.as_bytes()));
        let xml = |id: &str, user: &str| {
            format!(
                "<R><Users><member><N>{user}</N></member></Users><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></R>"
            )
        };
        assert_eq!(normalised(xml("1", "u").as_bytes()), normalised(xml("2", "u").as_bytes()));
        assert_ne!(normalised(xml("1", "u").as_bytes()), normalised(xml("1", "v").as_bytes()));
    }
}
