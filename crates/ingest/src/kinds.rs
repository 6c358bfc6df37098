//! The kinds that a profile's fields already have, asked of whoever keeps them (the lake's catalog).

use model::{FieldKind, TenantId};

/// Answers which kind a field has, if it is known. Called once per field and profile, then remembered.
pub trait FieldKinds: Send + Sync + 'static {
    fn kind(&self, tenant: TenantId, profile: &str, field: &str) -> Option<FieldKind>;
}

/// No field is known: every profile starts afresh.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoKinds;

impl FieldKinds for NoKinds {
    fn kind(&self, _: TenantId, _: &str, _: &str) -> Option<FieldKind> {
        None
    }
}
