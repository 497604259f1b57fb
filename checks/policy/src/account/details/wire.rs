//! The shapes of the JSON files, as they are written.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A string, borrowed from the text when nothing in it is escaped. `Cow` alone is not borrowed inside an `Option` or a `Vec`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl From<Text<'_>> for String {
    fn from(text: Text<'_>) -> Self {
        text.0.into_owned()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }
        deserializer.deserialize_str(Borrow)
    }
}

/// One JSON value of the file: a page or a list of pages.
pub(super) struct Pages<'a>(pub(super) Vec<Page<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Pages<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Pages<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or a list of objects")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Page::deserialize(de::value::MapAccessDeserializer::new(map)).map(|page| Pages(vec![page]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut pages = Vec::new();
                while let Some(page) = list.next_element()? {
                    pages.push(page);
                }
                Ok(Pages(pages))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

#[derive(Deserialize)]
pub(super) struct Page<'a> {
    #[serde(borrow, rename = "UserDetailList")]
    pub(super) users: Option<Vec<User<'a>>>,
    #[serde(rename = "GroupDetailList")]
    pub(super) groups: Option<Vec<Group<'a>>>,
    #[serde(rename = "RoleDetailList")]
    pub(super) roles: Option<Vec<Role<'a>>>,
    #[serde(rename = "Policies")]
    pub(super) policies: Option<Vec<Policy<'a>>>,
    #[serde(rename = "IsTruncated")]
    pub(super) truncated: Option<bool>,
    #[serde(rename = "Marker")]
    pub(super) marker: Option<IgnoredAny>,
    #[serde(rename = "NextToken")]
    pub(super) next: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct User<'a> {
    #[serde(borrow, rename = "UserName")]
    pub(super) name: Option<Text<'a>>,
    #[serde(rename = "Arn")]
    pub(super) arn: Option<Text<'a>>,
    #[serde(rename = "UserId")]
    pub(super) id: Option<Text<'a>>,
    #[serde(rename = "GroupList")]
    pub(super) groups: Option<Vec<Text<'a>>>,
    #[serde(rename = "AttachedManagedPolicies")]
    pub(super) attached: Option<Vec<Attached<'a>>>,
    #[serde(rename = "UserPolicyList")]
    pub(super) inline: Option<Vec<Inline<'a>>>,
    #[serde(rename = "PermissionsBoundary")]
    pub(super) boundary: Option<Boundary<'a>>,
    #[serde(rename = "Tags")]
    pub(super) tags: Option<Vec<Tag<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Group<'a> {
    #[serde(borrow, rename = "GroupName")]
    pub(super) name: Option<Text<'a>>,
    #[serde(rename = "Arn")]
    pub(super) arn: Option<Text<'a>>,
    #[serde(rename = "AttachedManagedPolicies")]
    pub(super) attached: Option<Vec<Attached<'a>>>,
    #[serde(rename = "GroupPolicyList")]
    pub(super) inline: Option<Vec<Inline<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Role<'a> {
    #[serde(borrow, rename = "RoleName")]
    pub(super) name: Option<Text<'a>>,
    #[serde(rename = "Path")]
    pub(super) path: Option<Text<'a>>,
    #[serde(rename = "Arn")]
    pub(super) arn: Option<Text<'a>>,
    #[serde(rename = "RoleId")]
    pub(super) id: Option<Text<'a>>,
    #[serde(rename = "AssumeRolePolicyDocument")]
    pub(super) trust: Option<&'a RawValue>,
    #[serde(rename = "AttachedManagedPolicies")]
    pub(super) attached: Option<Vec<Attached<'a>>>,
    #[serde(rename = "RolePolicyList")]
    pub(super) inline: Option<Vec<Inline<'a>>>,
    #[serde(rename = "PermissionsBoundary")]
    pub(super) boundary: Option<Boundary<'a>>,
    #[serde(rename = "Tags")]
    pub(super) tags: Option<Vec<Tag<'a>>>,
    #[serde(rename = "RoleLastUsed")]
    pub(super) last_used: Option<LastUsed<'a>>,
    #[serde(rename = "InstanceProfileList")]
    pub(super) profiles: Option<Vec<Profile<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Policy<'a> {
    #[serde(borrow, rename = "PolicyName")]
    pub(super) name: Option<Text<'a>>,
    #[serde(rename = "Arn")]
    pub(super) arn: Option<Text<'a>>,
    #[serde(rename = "DefaultVersionId")]
    pub(super) default: Option<Text<'a>>,
    #[serde(rename = "AttachmentCount")]
    pub(super) attachments: Option<u32>,
    #[serde(rename = "PolicyVersionList")]
    pub(super) versions: Option<Vec<Version<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Version<'a> {
    #[serde(borrow, rename = "VersionId")]
    pub(super) id: Option<Text<'a>>,
    #[serde(rename = "IsDefaultVersion")]
    pub(super) default: Option<bool>,
    #[serde(rename = "Document")]
    pub(super) document: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct Inline<'a> {
    #[serde(borrow, rename = "PolicyName")]
    pub(super) name: Option<Text<'a>>,
    #[serde(rename = "PolicyDocument")]
    pub(super) document: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct Attached<'a> {
    #[serde(borrow, rename = "PolicyArn")]
    pub(super) arn: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Boundary<'a> {
    #[serde(borrow, rename = "PermissionsBoundaryArn")]
    pub(super) arn: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Tag<'a> {
    #[serde(borrow, rename = "Key")]
    pub(super) key: Option<Text<'a>>,
    #[serde(rename = "Value")]
    pub(super) value: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct LastUsed<'a> {
    #[serde(borrow, rename = "LastUsedDate")]
    pub(super) date: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Profile<'a> {
    #[serde(borrow, rename = "Arn")]
    pub(super) arn: Option<Text<'a>>,
}

/// Any of the objects that control policies come as.
#[derive(Deserialize)]
pub(super) struct Control<'a> {
    #[serde(borrow)]
    pub(super) org: Option<Text<'a>>,
    pub(super) policies: Option<Vec<ControlPolicy<'a>>>,
    #[serde(rename = "Policy")]
    pub(super) described: Option<Described<'a>>,
    #[serde(rename = "Statement", alias = "statement")]
    pub(super) statement: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct ControlPolicy<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    pub(super) document: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct Described<'a> {
    #[serde(borrow, rename = "PolicySummary")]
    pub(super) summary: Option<Summary<'a>>,
    #[serde(rename = "Content")]
    pub(super) content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct Summary<'a> {
    #[serde(borrow, rename = "Name")]
    pub(super) name: Option<Text<'a>>,
}

/// ARNs and documents, in the order of the file and with what is there twice: a map would drop the first in silence.
pub(super) struct Pairs<'a>(pub(super) Vec<Pair<'a>>);

#[derive(Deserialize)]
pub(super) struct Pair<'a> {
    #[serde(borrow, alias = "resource")]
    pub(super) arn: Option<Text<'a>>,
    #[serde(alias = "policy")]
    pub(super) document: Option<&'a RawValue>,
    pub(super) owner: Option<Text<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MapOrList;
        impl<'de> Visitor<'de> for MapOrList {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of ARNs or a list of objects")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some((arn, document)) = map.next_entry::<Text<'de>, Option<&'de RawValue>>()? {
                    pairs.push(Pair { arn: Some(arn), document, owner: None });
                }
                Ok(Pairs(pairs))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = list.next_element::<Pair<'de>>()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_any(MapOrList)
    }
}
