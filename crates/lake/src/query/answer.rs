//! Plans and runs a query, once more when a damaged file was the reason that it failed.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::{SendableRecordBatchStream, execute_stream};
use datafusion::sql::parser::Statement;
use futures::StreamExt;
use model::TenantId;

use super::engine::{Batches, Seat};
use super::product::refuse_products;
use super::tenant::TenantSchema;
use super::{Column, Rows, column_type, guard, json, mistakes, session::session};
use crate::error::QueryError;
use crate::state::Shared;

pub(super) async fn answer(
    shared: &Arc<Shared>,
    seat: &Seat,
    tenant: TenantId,
    sql: &str,
) -> Result<Rows, QueryError> {
    let statement = guard::admit(sql)?;
    let mut again = true;
    loop {
        let (state, tables) = session(shared, seat, tenant, false)
            .map_err(|error| mistakes::explain(&error, &[], seat.limits))?;
        let error = match collect(&state, statement.clone(), seat).await {
            Ok(mut rows) => {
                rows.warnings = tables.notes.take_warnings();
                return Ok(rows);
            }
            Err(error) => error,
        };
        if !(again && found_damage(shared, &tables, &error).await) {
            return Err(mistakes::explain(&error, &tables.names(), seat.limits));
        }
        again = false;
    }
}

pub(super) async fn fetch(
    shared: &Arc<Shared>,
    seat: &Seat,
    tenant: TenantId,
    sql: &str,
) -> Result<Batches, QueryError> {
    let mut again = true;
    loop {
        let (state, tables) = session(shared, seat, tenant, true)
            .map_err(|error| mistakes::explain(&error, &[], seat.limits))?;
        let error = match all_batches(&state, sql).await {
            Ok(batches) => return Ok(Batches { batches, warnings: tables.notes.take_warnings() }),
            Err(error) => error,
        };
        if !(again && found_damage(shared, &tables, &error).await) {
            return Err(mistakes::explain(&error, &tables.names(), seat.limits));
        }
        again = false;
    }
}

/// Checks the files that the failed query read; true when one of them is now known to be damaged.
async fn found_damage(shared: &Shared, tables: &TenantSchema, error: &DataFusionError) -> bool {
    if !mistakes::may_be_damage(error) {
        return false;
    }
    let mut found = false;
    for file in tables.notes.take_files() {
        file.distrust();
        shared.verify(&file).await;
        found |= file.damage().is_some();
    }
    found
}

async fn all_batches(state: &SessionState, sql: &str) -> Result<Vec<RecordBatch>, DataFusionError> {
    let plan = state.create_logical_plan(sql).await?;
    let mut stream = start(state, &plan).await?;
    let mut batches = Vec::new();
    while let Some(batch) = stream.next().await {
        batches.push(batch?);
    }
    Ok(batches)
}

async fn start(
    state: &SessionState,
    plan: &LogicalPlan,
) -> Result<SendableRecordBatchStream, DataFusionError> {
    let physical = state.create_physical_plan(plan).await?;
    refuse_products(&physical)?;
    execute_stream(physical, state.task_ctx())
}

async fn collect(state: &SessionState, statement: Statement, seat: &Seat) -> Result<Rows, DataFusionError> {
    let plan = state.statement_to_plan(statement).await?;
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)?;
    let limit = seat.limits.rows;
    let plan = match plan {
        // These stand only at the top of a plan.
        LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_) => plan,
        plan => LogicalPlanBuilder::from(plan).limit(0, Some(limit.saturating_add(1)))?.build()?,
    };
    let mut stream = start(state, &plan).await?;
    let mut rows = Rows { columns: columns(&stream.schema()), ..Rows::default() };
    let mut bytes = 0;
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            if rows.rows.len() >= limit || bytes > seat.limits.memory / 4 {
                rows.truncated = true;
                return Ok(rows);
            }
            let cells = json::row(&batch, row)?;
            bytes += cells.iter().map(json::weight).sum::<usize>();
            rows.rows.push(cells);
        }
    }
    Ok(rows)
}

fn columns(schema: &SchemaRef) -> Vec<Column> {
    let column = |field: &Arc<datafusion::arrow::datatypes::Field>| Column {
        name: field.name().clone(),
        r#type: column_type(field).to_owned(),
    };
    schema.fields().iter().map(column).collect()
}
