//! Who belongs to the tenant, and who is asked to.

mod change;
mod invitations;
mod invite;
mod list;
mod revoke;

pub use change::{__path_change, change};
pub use invitations::{__path_invitations, invitations};
pub use invite::{__path_invite, invite};
pub use list::{__path_list, list};
pub use revoke::{__path_revoke, revoke};
