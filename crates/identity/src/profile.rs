//! What people write about themselves and their tenant, checked.

use model::{phrase, text};

use crate::{Error, Result};

const MAX_NAME: usize = 100;

/// Languages that the console speaks.
const LANGUAGES: [&str; 2] = ["en", "fr"];

/// The name of a person or a tenant.
pub(crate) fn checked_name(field: &'static str, name: &str) -> Result<String> {
    match text::line(name, MAX_NAME) {
        Ok("") => Err(Error::bad(field, phrase!("name_needed", "a name is needed"))),
        Ok(name) => Ok(name.to_owned()),
        Err(problem) => Err(Error::bad(field, problem.phrase())),
    }
}

pub(crate) fn checked_language(text: &str) -> Result<String> {
    LANGUAGES.into_iter().find(|language| *language == text).map(str::to_owned).ok_or_else(|| {
        Error::bad(
            "language",
            phrase!(
                "language_unknown",
                "this language is not spoken here: use one of {languages}",
                languages = LANGUAGES.join(", "),
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(checked_name("name", "  Zoë 李 ").unwrap(), "Zoë 李");
        for text in ["", "  ", "a\nb", &"x".repeat(101)] {
            assert!(checked_name("name", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_unknown_language_lists_the_known_ones() {
        assert_eq!(checked_language("fr").unwrap(), "fr");
        assert!(checked_language("tlh").unwrap_err().to_string().contains("en, fr"));
    }
}
