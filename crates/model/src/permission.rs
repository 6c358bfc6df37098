//! Roles, what each may do, and the sentence that explains a refusal.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

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
    pub const fn deed(self) -> &'static str {
        match self {
            Self::ReadAll => "see this",
            Self::ManageDevices => "add or change devices",
            Self::SendCommands => "send commands to devices",
            Self::ManageRules => "change rules",
            Self::HandleIncidents => "handle incidents",
            Self::ManageSettings => "change settings",
            Self::ManagePeople => "invite or change people",
        }
    }

    #[must_use]
    pub const fn needs(self) -> &'static str {
        match self {
            Self::ReadAll => "any role",
            Self::ManageSettings | Self::ManagePeople => "the role owner",
            _ => "the role operator or owner",
        }
    }
}

/// Why a scope may not do something, and who could help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("your role {role} does not allow you to {}; that needs {}. An owner of this tenant can change your role.", permission.deed(), permission.needs())]
pub struct Denied {
    pub role: String,
    pub permission: Permission,
}
