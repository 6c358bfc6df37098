//! Extractors whose rejections are problems: a wrong body, path or query says what is wrong and where.

mod body;
mod json;
mod path;
mod query;

pub use body::Body;
pub use json::{BodyLimit, Json, MaybeJson, parse};
pub use path::Path;
pub use query::Query;
