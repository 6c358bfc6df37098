use model::{DeviceId, Permission, Scope, phrase};
use serde_json::Value;
use store::{devices as rows, profiles};

use super::{Change, DeviceDetail, check_name};
use crate::profiles::check_slug;
use crate::{Credentials, DeviceError, Devices};

/// As JSON text.
const LARGEST_DESIRED: usize = 64 * 1024;

impl Devices {
    /// Changes a device, all of it or nothing.
    ///
    /// # Errors
    /// The role does not allow it, there is no such device, a value is not one, or the store cannot be used.
    pub async fn change(
        &self,
        scope: &Scope,
        id: DeviceId,
        change: Change,
    ) -> Result<DeviceDetail, DeviceError> {
        scope.require(Permission::ManageDevices)?;
        let entry = self.inner.directory.find(scope.tenant(), id).ok_or(DeviceError::NotFound)?;
        let name = change.name.as_deref().map(check_name).transpose()?;
        let profile = change.profile.as_deref().filter(|profile| **profile != *entry.profile);
        if let Some(profile) = profile {
            check_slug(profile)?;
        }
        let tx = self.inner.store.begin().await?;
        if let Some(name) = name {
            rows::rename(&tx, scope, id, name).await?;
        }
        if let Some(profile) = profile {
            profiles::ensure(&tx, scope, profile, self.inner.clock.now()).await?;
            rows::set_profile(&tx, scope, id, profile).await?;
        }
        if let Some(patch) = &change.desired {
            let mut row = rows::desired(&tx, scope, id).await?;
            merge(&mut row.desired, patch);
            check_desired(&row.desired)?;
            if !rows::set_desired(&tx, scope, id, &row.desired, row.version).await? {
                let what = "the desired state was changed by someone else just now".to_owned();
                return Err(DeviceError::Store(store::StoreError::Conflict { what }));
            }
        }
        tx.commit().await?;
        self.inner.directory.change(scope.tenant(), id, |entry| {
            if let Some(name) = name {
                (entry.name, entry.folded) = (name.into(), name.to_lowercase().into());
            }
            if let Some(profile) = profile {
                entry.profile = profile.into();
            }
        });
        if let Some(profile) = profile {
            // A connection knows its device's profile from when it was made.
            let reason = phrase!(
                "profile_changed",
                "this device's profile is {profile} now; connect again",
                profile = profile,
            );
            self.link().cut(scope.tenant(), id, reason);
        }
        self.get(scope, id).await
    }

    /// A new password for the same user name. The old one stops at once, and so do connections made with it.
    ///
    /// # Errors
    /// The role does not allow it, there is no such device, or the store cannot be used.
    pub async fn renew_credentials(&self, scope: &Scope, id: DeviceId) -> Result<Credentials, DeviceError> {
        scope.require(Permission::ManageDevices)?;
        let entry = self.inner.directory.find(scope.tenant(), id).ok_or(DeviceError::NotFound)?;
        let credentials = Credentials::renew(entry.username.to_string());
        let hash = credentials.hash();
        rows::set_password_hash(&self.inner.store, scope, id, &hash.to_text()).await?;
        self.inner.directory.change(scope.tenant(), id, |entry| entry.password = hash);
        self.link().cut(scope.tenant(), id, phrase!("new_credentials", "this device has new credentials"));
        tracing::info!(tenant.id = %scope.tenant(), device.id = %id, "made new credentials for a device");
        Ok(credentials)
    }
}

fn check_desired(desired: &Value) -> Result<(), DeviceError> {
    if !desired.is_object() {
        return Err(DeviceError::invalid(
            "desired",
            phrase!("desired_not_an_object", "the desired state is a JSON object, such as {\"interval\":60}",),
        ));
    }
    if desired.to_string().len() > LARGEST_DESIRED {
        return Err(DeviceError::invalid(
            "desired",
            phrase!("desired_too_large", "the desired state has at most 64 KiB"),
        ));
    }
    Ok(())
}

/// RFC 7396: objects merge, null removes, anything else replaces.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(target) = target {
        for (key, value) in patch {
            if value.is_null() {
                target.remove(key);
            } else {
                merge(target.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_merges() {
        let mut state = json!({"interval": 60, "led": {"on": true, "colour": "red"}});
        merge(&mut state, &json!({"interval": null, "led": {"on": false}, "name": "x"}));
        assert_eq!(state, json!({"led": {"on": false, "colour": "red"}, "name": "x"}));
    }

    #[test]
    fn a_state_is_an_object() {
        let mut state = json!({});
        merge(&mut state, &json!(5));
        assert!(check_desired(&state).is_err());
    }
}
