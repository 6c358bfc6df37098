//! The lake from outside: records go into a journal, answers come out of queries.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod answers;
mod crashes;
mod damage;
mod history;
mod hostile;
mod isolation;
mod limits;
mod model_check;
mod place;
mod queries;
mod schemas;
mod series;
mod texts;
