//! What a successful answer of an operation holds: where its records stand, and by what it is told from something else.

/// What one successful answer of an operation holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holds {
    /// How the answer is written.
    pub form: Form,
    /// The lists whose entries are the records; empty where the answer is one object and no list.
    pub lists: &'static [List],
    /// Members beside the lists that every answer has: those without which it says nothing of what was asked.
    pub members: &'static [&'static str],
    /// The error codes by which AWS says that there is none, which is a fact.
    pub absent: &'static [&'static str],
    /// There cannot be none: an account has regions, an organization accounts and a root. A whole list without a record is no
    /// answer.
    pub some: bool,
}

/// How an answer is written, and so what the path of a member means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A JSON object; a path is the name of a member of it.
    Json,
    /// XML of the query protocol; a path begins within `<NameResult>`, within `<NameResponse>`.
    Query,
    /// XML of EC2; a path begins within `<NameResponse>`.
    Ec2,
    /// XML of S3; a path begins within this element.
    Xml(&'static str),
}

/// A list of an answer: the path of its member. In XML the path's last element is the entries' own, and a path may lead through
/// a list of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Every answer has it, with or without entries: one without it is no answer to the question.
    Always(&'static str, Source),
    /// Of the lists that are marked so every answer has one or another.
    Either(&'static str, Source),
    /// An answer may leave it out, where it has no entries or where the account knows nothing of the kind.
    MayLack(&'static str),
    /// A table that stands in this member as Base64 of CSV; its rows are the records. Every answer has it.
    Table(&'static str),
}

impl List {
    /// The path of the member.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        match self {
            Self::Always(path, _) | Self::Either(path, _) | Self::MayLack(path) | Self::Table(path) => path,
        }
    }

    /// From where it is known that answers have it; none where they may lack it.
    #[must_use]
    pub const fn source(&self) -> Option<Source> {
        match self {
            Self::Always(_, source) | Self::Either(_, source) => Some(*source),
            // The table is what was asked for.
            Self::Table(_) => Some(Source::NeverEmpty),
            Self::MayLack(_) => None,
        }
    }
}

/// From where it is known that a list is always sent.
///
/// AWS's models mark few lists as required, so that for most another source has to say it. AWS's command line prints the members
/// that an answer has and makes up none, so that what it prints of an account without records shows what is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// botocore's model of the output marks the member as required. A test compares.
    Model,
    /// AWS's documentation, or what AWS's command line is known to print, shows the member as an empty list.
    Shown,
    /// There is always one: an account has regions, an organization accounts and a root, a bucket's rules a rule.
    NeverEmpty,
    /// Nothing shows an answer of this very operation without records. Those of the service's other operations have the empty
    /// list (and the test server gives it too), so that an answer without it is taken for none: a gap, never a silent pass.
    Sibling,
}

impl Holds {
    /// One JSON object of which nothing is known.
    pub(crate) const UNKNOWN: Self = Self { form: Form::Json, lists: &[], members: &[], absent: &[], some: false };

    /// Whether the answer holds lists, whose records are counted; otherwise it is one object.
    #[must_use]
    pub const fn is_list(&self) -> bool {
        !self.lists.is_empty()
    }

    /// Whether an answer of no bytes at all is an answer: one object of which AWS may say nothing, and an empty body is how.
    #[must_use]
    pub fn may_be_empty(&self) -> bool {
        self.lists.is_empty() && self.members.is_empty() && matches!(self.form, Form::Json)
    }

    /// Whether an answer without any member is an answer: it says that there is none.
    #[must_use]
    pub fn may_be_bare(&self) -> bool {
        self.members.is_empty() && self.lists.iter().all(|list| matches!(list, List::MayLack(_)))
    }
}
