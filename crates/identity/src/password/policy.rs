//! Which passwords are accepted. Length does the work; the rest refuses what guessers try first.

use std::collections::HashSet;

use model::{Phrase, phrase};

use super::worst::WORST;
use crate::{Error, Result};

const MIN: usize = 12;
/// Enough for any pass phrase, and small enough that hashing it costs nothing extra.
const MAX: usize = 256;
const MIN_DISTINCT: usize = 5;
/// Shorter parts of an address or name turn up in good passwords by chance.
const MIN_PART: usize = 4;

/// # Errors
/// The password is not accepted; the text says why, kindly.
pub(crate) fn check(password: &str, email: &str, name: &str) -> Result<()> {
    match problem(password, email, name) {
        None => Ok(()),
        Some(problem) => Err(Error::BadPassword { problem }),
    }
}

fn problem(password: &str, email: &str, name: &str) -> Option<Phrase> {
    let length = password.chars().count();
    if length < MIN {
        return Some(phrase!(
            "password_too_short",
            "the password has {length} characters; please use at least {least}",
            length = length,
            least = MIN,
        ));
    }
    if length > MAX {
        return Some(phrase!(
            "password_too_long",
            "the password has {length} characters; please use at most {most}",
            length = length,
            most = MAX,
        ));
    }
    let lower = password.to_lowercase();
    if lower.chars().collect::<HashSet<_>>().len() < MIN_DISTINCT {
        return Some(phrase!(
            "password_repeats",
            "the password repeats very few characters; please vary it more",
        ));
    }
    if is_a_run(&lower) {
        return Some(phrase!(
            "password_is_a_sequence",
            "the password is a simple sequence; please use something harder to guess",
        ));
    }
    let plain: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    if WORST.iter().any(|worst| plain == *worst || repeats(&plain, worst)) {
        return Some(phrase!(
            "password_guessed_first",
            "this password is one of the first that guessers try; please choose another",
        ));
    }
    let name = name.to_lowercase();
    let whole = [email, email.split('@').next().unwrap_or(email), name.as_str()];
    let parts =
        whole.into_iter().chain(email.split(['@', '.', '+', '-', '_'])).chain(name.split_whitespace());
    let known: usize = parts
        .filter(|part| part.chars().count() >= MIN_PART && lower.contains(part))
        .map(|part| part.chars().count())
        .max()
        .unwrap_or(0);
    if known > 0 && length - known < MIN - MIN_PART {
        return Some(phrase!(
            "password_is_the_name",
            "the password is little more than your name or e-mail address; please choose another",
        ));
    }
    None
}

/// `abcdefghijkl`, `210987654321`, `111111…`: every character follows from the one before.
fn is_a_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps: HashSet<i64> =
        codes.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?)).collect();
    match steps.len() {
        0 | 1 => true,
        // Digits that wrap around.
        2 => {
            text.chars().all(|c| c.is_ascii_digit())
                && (steps.contains(&1) && steps.contains(&-9) || steps.contains(&-1) && steps.contains(&9))
        }
        _ => false,
    }
}

fn repeats(text: &str, part: &str) -> bool {
    text.len() > part.len() && text.len().is_multiple_of(part.len()) && text.replace(part, "").is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> bool {
        check(password, "ada.lovelace@example.com", "Ada Lovelace").is_err()
    }

    #[test]
    fn good_ones_pass() {
        for password in [
            "correct horse battery staple",
            "k7#Qz!m2Vx9p",
            "дракон и самовар",
            "lovelace built a tiny engine",
        ] {
            assert!(!refused(password), "{password}");
        }
    }

    #[test]
    fn what_guessers_try_first_is_refused() {
        for password in [
            "short",
            "aaaaaaaaaaaaaaaa",
            "abababababababab",
            "abcdefghijklmnop",
            "123456789012345",
            "0987654321098",
            "Password1234",
            "password-password",
            "qwertyuiop[]1",
            "QWERTYUIOPASDFGHJKL",
            "ada.lovelace1",
            "Lovelace2026",
            "ada.lovelace@example.com",
            "Ada.Lovelace@Example.com1",
            "Ada Lovelace!",
        ] {
            assert!(refused(password), "{password}");
        }
        assert!(refused(&"ab3$z".repeat(60)));
    }
}
