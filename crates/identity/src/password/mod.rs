//! Passwords: which are good enough, and how they are hashed.

mod hashing;
mod policy;
mod worst;

pub(crate) use hashing::{Hasher, Verdict};
pub(crate) use policy::check;
