//! Signing in and out, the first start, and invitations: everything that ends with tokens.

mod accept_invitation;
mod invitation;
mod jwks;
mod login;
mod logout;
mod needs_setup;
mod origin;
mod refresh;
mod setup;
mod switch;
mod tokens;

pub use accept_invitation::{__path_accept, accept};
pub use invitation::{__path_invitation, invitation};
pub use jwks::jwks;
pub use login::{__path_login, login};
pub use logout::{__path_logout, logout};
pub use needs_setup::{__path_needed, needed};
pub use origin::Origin;
pub use refresh::{__path_refresh, refresh};
pub use setup::{__path_setup, setup};
pub use switch::{__path_switch, switch};
