//! A session for one query of one tenant.

use std::sync::Arc;
use std::time::Instant;

use datafusion::arrow::datatypes::TimestampMicrosecondType;
use datafusion::arrow::temporal_conversions::as_datetime;
use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList,
};
use datafusion::common::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::session_state::SessionState;
use model::TenantId;

use super::bounded;
use super::corrected;
use super::engine::{CATALOG, SCHEMA, Seat};
use super::tenant::TenantSchema;
use crate::scan::Notes;
use crate::state::Shared;

pub(super) fn session(
    shared: &Arc<Shared>,
    seat: &Seat,
    tenant: TenantId,
    raw: bool,
) -> Result<(SessionState, Arc<TenantSchema>)> {
    let tables = Arc::new(TenantSchema {
        shared: Arc::clone(shared),
        tenant,
        files: seat.files.clone(),
        notes: Arc::new(Notes::default()),
        raw,
    });
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema(SCHEMA, Arc::clone(&tables) as _)?;
    let list = MemoryCatalogProviderList::new();
    list.register_catalog(CATALOG.to_owned(), Arc::new(catalog));
    let mut state = SessionStateBuilder::new_from_existing(seat.template.clone())
        .with_catalog_list(Arc::new(list))
        .with_runtime_env(Arc::clone(&seat.env))
        .build();
    if !raw {
        state = corrected::without_physical_pushdown(state);
    }
    bounded::bound(&mut state, &seat.env.memory_pool, Instant::now() + seat.limits.time, raw)?;
    // Whole microseconds, as `ts` has: a comparison with now() can then be made on the column as it is.
    let now = as_datetime::<TimestampMicrosecondType>(shared.clock.now().as_micros());
    state.execution_props_mut().query_execution_start_time = now.map(|now| now.and_utc());
    Ok((state, tables))
}
