//! What a field of a measurement can hold.

use serde::{Deserialize, Serialize};

/// One measured value. Whole numbers and fractions are one kind, as they are in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Always finite: NaN and infinities are refused at the door.
    Number(f64),
    Bool(bool),
    Text(String),
    /// An array or anything else without a column type of its own, as JSON text.
    Json(String),
}

/// A value that lies in a journal's record, written as [`Value`] is.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub enum ValueRef<'a> {
    Number(f64),
    Bool(bool),
    Text(&'a str),
    Json(&'a str),
}

impl ValueRef<'_> {
    #[must_use]
    pub fn owned(self) -> Value {
        match self {
            Self::Number(number) => Value::Number(number),
            Self::Bool(flag) => Value::Bool(flag),
            Self::Text(text) => Value::Text(text.to_owned()),
            Self::Json(json) => Value::Json(json.to_owned()),
        }
    }

    /// The value as the API shows it.
    #[must_use]
    pub fn to_json(self) -> serde_json::Value {
        match self {
            Self::Number(number) => serde_json::Number::from_f64(number).into(),
            Self::Bool(flag) => flag.into(),
            Self::Text(text) => text.into(),
            Self::Json(json) => serde_json::from_str(json).unwrap_or_else(|_| json.into()),
        }
    }
}

impl Value {
    #[must_use]
    pub fn view(&self) -> ValueRef<'_> {
        match self {
            Self::Number(number) => ValueRef::Number(*number),
            Self::Bool(flag) => ValueRef::Bool(*flag),
            Self::Text(text) => ValueRef::Text(text),
            Self::Json(json) => ValueRef::Json(json),
        }
    }

    /// The value as the API shows it.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        self.view().to_json()
    }
}
