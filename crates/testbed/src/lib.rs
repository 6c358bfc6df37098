//! (testbed)
