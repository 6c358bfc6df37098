//! (identity)
