//! The tables that a query sees: one tenant's. Others do not exist in its world.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{SchemaProvider, Session, TableProvider};
use datafusion::common::{Result, not_impl_err};
use datafusion::datasource::provider_as_source;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, ScalarUDF, TableType, ident};
use datafusion::physical_plan::ExecutionPlan;
use model::TenantId;

use super::device_name::DeviceName;
use crate::columns::{DEVICE, NAME, SEQ};
use crate::scan::{Notes, StoredTable};
use crate::state::Shared;

pub(super) struct TenantSchema {
    pub shared: Arc<Shared>,
    pub tenant: TenantId,
    pub files: ObjectStoreUrl,
    pub notes: Arc<Notes>,
    /// The tables as stored, sequence numbers included, for the lake's own queries.
    pub raw: bool,
}

impl TenantSchema {
    fn stored(&self, name: &str) -> Option<StoredTable> {
        let mut tables = self.shared.tables.lock();
        let table = tables.find(self.tenant, name)?;
        Some(StoredTable {
            schema: table.columns.arrow(),
            chunks: table.snapshot(),
            files: table.files.clone(),
            shared: Arc::clone(&self.shared),
            url: self.files.clone(),
            notes: Arc::clone(&self.notes),
        })
    }

    pub fn names(&self) -> Vec<String> {
        self.shared
            .tables
            .lock()
            .by_tenant
            .get(&self.tenant)
            .map(|tables| tables.keys().cloned().collect())
            .unwrap_or_default()
    }
}

impl std::fmt::Debug for TenantSchema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TenantSchema({})", self.tenant)
    }
}

#[async_trait]
impl SchemaProvider for TenantSchema {
    fn table_names(&self) -> Vec<String> {
        self.names()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let Some(stored) = self.stored(name) else { return Ok(None) };
        if self.raw {
            return Ok(Some(Arc::new(stored)));
        }
        let called = ScalarUDF::new_from_impl(DeviceName::new(self.tenant, Arc::clone(&self.shared)));
        Ok(Some(Arc::new(VisibleTable::over(name, stored, &called)?)))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.shared.tables.lock().find(self.tenant, name).is_some()
    }
}

/// A table as people see it: with the device's name, without sequence numbers.
#[derive(Debug)]
struct VisibleTable {
    plan: LogicalPlan,
    schema: SchemaRef,
}

impl VisibleTable {
    fn over(name: &str, stored: StoredTable, called: &ScalarUDF) -> Result<Self> {
        let mut columns = Vec::with_capacity(stored.schema.fields().len());
        for field in stored.schema.fields() {
            match field.name().as_str() {
                DEVICE => {
                    columns.push(ident(DEVICE));
                    columns.push(called.call(vec![ident(DEVICE)]).alias(NAME));
                }
                SEQ => {}
                other => columns.push(ident(other)),
            }
        }
        let reference = datafusion::common::TableReference::bare(name);
        let plan = LogicalPlanBuilder::scan(reference, provider_as_source(Arc::new(stored)), None)?
            .project(columns)?
            .build()?;
        let schema = Arc::clone(plan.schema().inner());
        Ok(Self { plan, schema })
    }
}

#[async_trait]
impl TableProvider for VisibleTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn get_logical_plan(&'_ self) -> Option<Cow<'_, LogicalPlan>> {
        Some(Cow::Borrowed(&self.plan))
    }

    async fn scan(
        &self,
        _: &dyn Session,
        _: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        not_impl_err!("the planner replaces this table by its plan")
    }
}
