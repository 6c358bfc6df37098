//! The kinds that a profile's fields already have, asked of whoever keeps them (the lake's catalog).

use model::{Phrase, TenantId, Value, phrase};

/// What a field holds. The first value that a profile's field ever had decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Number,
    Bool,
    Text,
    Json,
}

impl Kind {
    #[must_use]
    pub const fn of(value: &Value) -> Self {
        match value {
            Value::Number(_) => Self::Number,
            Value::Bool(_) => Self::Bool,
            Value::Text(_) => Self::Text,
            Value::Json(_) => Self::Json,
        }
    }

    /// As it reads in a sentence.
    #[must_use]
    pub fn phrase(self) -> Phrase {
        match self {
            Self::Number => phrase!("kind_number", "number"),
            Self::Bool => phrase!("kind_bool", "bool"),
            Self::Text => phrase!("kind_text", "text"),
            Self::Json => phrase!("kind_json", "json"),
        }
    }

    /// As the catalog, the API and the console spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Bool => "bool",
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

/// Answers which kind a field has, if it is known. Called once per field and profile, then remembered.
pub trait FieldKinds: Send + Sync + 'static {
    fn kind(&self, tenant: TenantId, profile: &str, field: &str) -> Option<Kind>;
}

/// No field is known: every profile starts afresh.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoKinds;

impl FieldKinds for NoKinds {
    fn kind(&self, _: TenantId, _: &str, _: &str) -> Option<Kind> {
        None
    }
}
