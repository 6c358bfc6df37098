//! Field names that a batch's messages share.

use std::sync::Arc;

/// Names that messages of one batch share, so that each is kept once.
#[derive(Debug, Default)]
pub struct FieldNames {
    known: Vec<Arc<str>>,
    /// Where the next name probably is: most messages have the same fields in the same order.
    next: usize,
}

/// A name beyond these is kept for each of its uses: looking for it would cost more.
const MOST_KNOWN: usize = 64;

impl FieldNames {
    pub fn get(&mut self, name: &str) -> Arc<str> {
        let near = self.known.get(self.next).filter(|known| known.as_ref() == name);
        let place = match near {
            Some(_) => Some(self.next),
            None => self.known.iter().position(|known| known.as_ref() == name),
        };
        if let Some((place, known)) = place.and_then(|place| Some((place, self.known.get(place)?))) {
            self.next = if place + 1 < self.known.len() { place + 1 } else { 0 };
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        if self.known.len() < MOST_KNOWN {
            self.known.push(Arc::clone(&name));
            self.next = 0;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_once_in_any_order() {
        let mut names = FieldNames::default();
        let first: Vec<_> = ["a", "b", "c"].map(|name| names.get(name)).into();
        for name in ["a", "b", "c", "c", "a", "b"] {
            let again = names.get(name);
            assert!(first.iter().any(|known| Arc::ptr_eq(known, &again)), "{name}");
            assert_eq!(again.as_ref(), name);
        }
        for number in 0..2 * MOST_KNOWN {
            assert_eq!(names.get(&format!("f{number}")).as_ref(), format!("f{number}"));
        }
        assert_eq!(names.known.len(), MOST_KNOWN);
    }
}
