//! The keys that sign access tokens, and their rotation.

mod generate;
mod ring;
mod rotate;

pub(crate) use ring::KeyRing;
