//! A sentence of the server's as its code with parameters, beside the sentence in English.

use model::Phrase;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

/// What the English sentence beside it says, for whoever says it in another language.
///
/// A parameter whose name ends with `_s` is a length of time in seconds, one that ends with `_at` a moment; an object is
/// a phrase again, and an array is several of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Phrase)]
pub struct PhraseView {
    /// Stable and `snake_case`.
    pub code: String,
    #[schema(value_type = Object)]
    pub params: Map<String, Json>,
}

impl PhraseView {
    /// None when it is a sentence without a code: one of an older version, or of a library.
    #[must_use]
    pub fn of(phrase: &Phrase) -> Option<Self> {
        let code = phrase.code();
        (!code.is_empty()).then(|| Self { code: code.to_owned(), params: phrase.params() })
    }

    /// Of several, each in its place.
    #[must_use]
    pub fn each(phrases: &[Phrase]) -> Vec<Option<Self>> {
        phrases.iter().map(Self::of).collect()
    }
}
