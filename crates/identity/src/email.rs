//! Addresses in one spelling, so that a person is found whatever case they type.

use model::{Phrase, phrase};

use crate::{Error, Result};

const MAX: usize = 254;
const MAX_LOCAL: usize = 64;

/// Trimmed and in lower case. It need not be an address at all.
fn normalise(text: &str) -> String {
    text.trim().to_lowercase()
}

/// As somebody types it to sign in: it need not be an address, but it must be a text that can be looked for.
pub(crate) fn typed(text: &str) -> Result<String> {
    let email = normalise(text);
    if email.chars().any(char::is_control) {
        return Err(Error::bad(
            "email",
            phrase!(
                "email_with_control_characters",
                "an e-mail address has no line breaks or control characters",
            ),
        ));
    }
    Ok(email)
}

/// A normalised address that a message could be sent to.
pub(crate) fn checked(text: &str) -> Result<String> {
    let email = normalise(text);
    match problem(&email) {
        None => Ok(email),
        Some(problem) => Err(Error::bad("email", problem)),
    }
}

/// The part before the `@`: a name for somebody who gave none.
pub(crate) fn local_part(email: &str) -> &str {
    email.split('@').next().unwrap_or(email)
}

fn problem(email: &str) -> Option<Phrase> {
    if email.is_empty() {
        return Some(phrase!("email_needed", "an e-mail address is needed"));
    }
    let Some((local, domain)) = email.rsplit_once('@') else {
        return Some(phrase!("email_without_at", "an e-mail address has an @: name@example.com"));
    };
    if email.len() > MAX || local.len() > MAX_LOCAL {
        return Some(phrase!("email_too_long", "this e-mail address is longer than any can be"));
    }
    if email.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>' | '"'))
    {
        return Some(phrase!(
            "email_with_other_characters",
            "an e-mail address has no spaces, commas, quotes or brackets",
        ));
    }
    let dots_are_fine = |part: &str| !part.is_empty() && part.split('.').all(|label| !label.is_empty());
    if local.contains('@') || !dots_are_fine(local) || !dots_are_fine(domain) {
        return Some(phrase!(
            "email_malformed",
            "this does not look like an e-mail address: name@example.com",
        ));
    }
    let label_is_fine = |label: &str| {
        !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c == '-' || c.is_alphanumeric())
    };
    (!domain.split('.').all(label_is_fine))
        .then(|| phrase!("email_without_domain", "the part after the @ is not the name of a domain"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        assert_eq!(checked("  Ada.Lovelace@Example.COM ").unwrap(), "ada.lovelace@example.com");
        assert_eq!(checked("o'neil+iot@xn--bcher-kva.example").unwrap(), "o'neil+iot@xn--bcher-kva.example");
        assert!(checked("root@localhost").is_ok());
    }

    #[test]
    fn what_cannot_be_an_address_says_why() {
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a b@c.d",
            "a@b@c.d",
            "a..b@c.d",
            "a@-c.d",
            "a@c..d",
            "a@c_d.e",
            "a\n@c.d",
        ] {
            let error = checked(text).unwrap_err();
            assert_eq!(error.field(), Some("email"), "{text}");
        }
    }
}
