//! The console's files, built into the binary (read from disk in debug builds, so that a rebuild shows at once).
//!
//! In: a path. Out: the file in the encoding that the browser likes best, or the page of the application when a
//! person navigates. It never answers for `/api`, and knows nothing of what the files contain.

mod answer;
mod assets;
mod headers;

pub use answer::serve;
pub use headers::secure;
