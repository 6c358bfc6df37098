//! Questions in SQL over what devices sent.

mod run;

pub use run::{__path_run, run};
