//! Which kind a field has, as the lake knows it.

use std::sync::Arc;

use ingest::FieldKinds;
use lake::Lake;
use model::{FieldKind, TenantId};

pub struct LakeKinds(pub Arc<Lake>);

impl FieldKinds for LakeKinds {
    fn kind(&self, tenant: TenantId, profile: &str, field: &str) -> Option<FieldKind> {
        self.0.field_kind(tenant, profile, field)
    }
}
