//! Roles, what each may do, and the sentence that explains a refusal.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Phrase, phrase};

/// A person's role in a tenant. Each one may do all that the next one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, people and settings included.
    Owner,
    /// Devices, rules and incidents.
    Operator,
    /// Looks, and changes nothing but their own account.
    Viewer,
}

impl Role {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
        }
    }

    #[must_use]
    pub const fn allows(self, permission: Permission) -> bool {
        use Permission::*;
        match permission {
            ReadAll => true,
            ManageDevices | SendCommands | ManageRules | HandleIncidents => {
                matches!(self, Self::Owner | Self::Operator)
            }
            ManageSettings | ManagePeople => matches!(self, Self::Owner),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Owner, Self::Operator, Self::Viewer]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a role: use owner, operator or viewer"))
    }
}

/// What a request needs to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    ReadAll,
    ManageDevices,
    SendCommands,
    ManageRules,
    HandleIncidents,
    ManageSettings,
    ManagePeople,
}

impl Permission {
    pub const ALL: [Self; 7] = [
        Self::ReadAll,
        Self::ManageDevices,
        Self::SendCommands,
        Self::ManageRules,
        Self::HandleIncidents,
        Self::ManageSettings,
        Self::ManagePeople,
    ];

    /// As the API and the console spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadAll => "read_all",
            Self::ManageDevices => "manage_devices",
            Self::SendCommands => "send_commands",
            Self::ManageRules => "manage_rules",
            Self::HandleIncidents => "handle_incidents",
            Self::ManageSettings => "manage_settings",
            Self::ManagePeople => "manage_people",
        }
    }

    /// As it reads after "to".
    #[must_use]
    pub fn deed(self) -> Phrase {
        match self {
            Self::ReadAll => phrase!("deed_read_all", "see this"),
            Self::ManageDevices => phrase!("deed_manage_devices", "add or change devices"),
            Self::SendCommands => phrase!("deed_send_commands", "send commands to devices"),
            Self::ManageRules => phrase!("deed_manage_rules", "change rules"),
            Self::HandleIncidents => phrase!("deed_handle_incidents", "handle incidents"),
            Self::ManageSettings => phrase!("deed_manage_settings", "change settings"),
            Self::ManagePeople => phrase!("deed_manage_people", "invite or change people"),
        }
    }

    #[must_use]
    pub fn needs(self) -> Phrase {
        match self {
            Self::ReadAll => phrase!("needs_any_role", "any role"),
            Self::ManageSettings | Self::ManagePeople => phrase!("needs_owner", "the role owner"),
            _ => phrase!("needs_operator", "the role operator or owner"),
        }
    }
}

/// Why a scope may not do something, and who could help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct Denied {
    pub role: String,
    pub permission: Permission,
}

impl Denied {
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        let role = match self.role.as_str() {
            "owner" => phrase!("role_owner", "owner"),
            "operator" => phrase!("role_operator", "operator"),
            "viewer" => phrase!("role_viewer", "viewer"),
            "device" => phrase!("role_device", "device"),
            other => Phrase::plain(other),
        };
        phrase!(
            "permission_denied",
            "your role {role} does not allow you to {deed}; that needs {needs}. An owner of this organisation can change your role.",
            role = role,
            deed = self.permission.deed(),
            needs = self.permission.needs(),
        )
    }
}
