//! (devices)
