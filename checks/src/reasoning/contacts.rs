//! What checks of the account's contacts share: how a contact is shown without giving the address away.

use kickoff_facts::organization::Contact;

use crate::frame::wording::line;

/// A contact in one line: name, title, and the e-mail address masked.
#[must_use]
pub fn shown(contact: &Contact) -> String {
    let title = line(&contact.title);
    let title = if title.is_empty() { title } else { format!(", {title}") };
    format!("{}{title} ({})", line(&contact.name), masked(&contact.email))
}

/// An e-mail address of which the first letter and the domain are left.
#[must_use]
pub fn masked(email: &str) -> String {
    match line(email).rsplit_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().take(1).collect::<String>()),
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_masked() {
        assert_eq!(masked("security@example.com"), "s***@example.com");
        assert_eq!(masked("\"a@b\"@example.com"), "\"***@example.com");
        assert_eq!(masked("nobody"), "***");
        assert_eq!(masked(""), "***");
    }
}
