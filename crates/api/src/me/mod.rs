//! The signed-in person's own account.

mod change;
mod end_session;
mod password;
mod sessions;
mod show;

pub use change::{__path_change, change};
pub use end_session::{__path_end_session, end_session};
pub use password::{__path_password, password};
pub use sessions::{__path_sessions, sessions};
pub use show::{__path_show, show};
