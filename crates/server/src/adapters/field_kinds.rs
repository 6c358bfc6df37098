//! Which kind a field has, as the lake knows it.

use std::sync::Arc;

use ingest::{FieldKinds, Kind};
use lake::{FieldKind, Lake};
use model::TenantId;

pub struct LakeKinds(pub Arc<Lake>);

impl FieldKinds for LakeKinds {
    fn kind(&self, tenant: TenantId, profile: &str, field: &str) -> Option<Kind> {
        self.0.field_kind(tenant, profile, field).map(|kind| match kind {
            FieldKind::Number => Kind::Number,
            FieldKind::Bool => Kind::Bool,
            FieldKind::Text => Kind::Text,
            FieldKind::Json => Kind::Json,
        })
    }
}
