//! The people of a tenant: who they are, their roles, and how new ones come in.

mod accept;
mod change;
mod invite;
mod list;

pub use accept::Invitee;
pub use change::PersonChange;
pub use invite::{InvitationView, Invited};
pub use list::PersonView;
