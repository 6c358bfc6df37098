//! (lake)
