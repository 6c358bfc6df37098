//! (backplane)
