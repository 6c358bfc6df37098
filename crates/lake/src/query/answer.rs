//! Plans and runs a query, once more when a damaged file was the reason that it failed.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::{ExecutionPlan, SendableRecordBatchStream, execute_stream};
use datafusion::sql::parser::Statement;
use futures::StreamExt;
use model::TenantId;
use tokio::runtime::Handle;

use super::bounded::refuse_blown_up;
use super::corrected::refuse_lost_nulls;
use super::engine::{Batches, Seat};
use super::expansion::refuse_explosions;
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
    let statement = guard::admit(sql, &|table| width(shared, tenant, table))?;
    let mut again = true;
    loop {
        let (state, tables) = session(shared, seat, tenant, false)
            .map_err(|error| mistakes::explain(&error, &[], seat.limits))?;
        let error = match collect(Arc::new(state), statement.clone(), seat).await {
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
        let error = match all_batches(Arc::new(state), sql, seat).await {
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

async fn all_batches(
    state: Arc<SessionState>,
    sql: &str,
    seat: &Seat,
) -> Result<Vec<RecordBatch>, DataFusionError> {
    let (sql, planner) = (sql.to_owned(), Arc::clone(&state));
    let planning = async move {
        let plan = planner.create_logical_plan(&sql).await?;
        physical(&planner, &plan).await
    };
    let mut stream = execute_stream(apart(seat, planning).await?, state.task_ctx())?;
    let mut batches = Vec::new();
    while let Some(batch) = stream.next().await {
        batches.push(batch?);
    }
    Ok(batches)
}

/// Planning goes on in one go, where it cannot be stopped: on a thread of its own it delays nobody, and the tenant's
/// share is given back only when it has ended.
async fn apart<T: Send + 'static>(
    seat: &Seat,
    planning: impl Future<Output = Result<T, DataFusionError>> + Send + 'static,
) -> Result<T, DataFusionError> {
    let (share, threads) = (Arc::clone(&seat.share), Handle::current());
    let work = move || {
        let _share = share;
        threads.block_on(planning)
    };
    let planned = tokio::task::spawn_blocking(work).await;
    planned.map_err(|stopped| DataFusionError::ExecutionJoin(Box::new(stopped)))?
}

async fn physical(
    state: &SessionState,
    plan: &LogicalPlan,
) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    let plan = state.optimize(plan)?;
    refuse_blown_up(&plan)?;
    let physical = state.query_planner().create_physical_plan(&plan, state).await?;
    refuse_products(&physical)?;
    Ok(physical)
}

enum Planned {
    Described(Arc<Schema>),
    Running(SendableRecordBatchStream),
}

async fn plan(
    state: Arc<SessionState>,
    statement: Statement,
    seat: &Seat,
) -> Result<Planned, DataFusionError> {
    let (planner, limit) = (Arc::clone(&state), seat.limits.rows);
    let planning = async move {
        let plan = planner.statement_to_plan(statement).await?;
        SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false)
            .verify_plan(&plan)?;
        refuse_explosions(&plan)?;
        refuse_lost_nulls(&plan)?;
        let plan = match plan {
            LogicalPlan::DescribeTable(described) => return Ok(Err(described.schema)),
            // These stand only at the top of a plan.
            LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) => plan,
            plan => LogicalPlanBuilder::from(plan).limit(0, Some(limit.saturating_add(1)))?.build()?,
        };
        Ok(Ok(physical(&planner, &plan).await?))
    };
    Ok(match apart(seat, planning).await? {
        Ok(physical) => Planned::Running(execute_stream(physical, state.task_ctx())?),
        Err(schema) => Planned::Described(schema),
    })
}

async fn collect(
    state: Arc<SessionState>,
    statement: Statement,
    seat: &Seat,
) -> Result<Rows, DataFusionError> {
    let limit = seat.limits.rows;
    let mut stream = match plan(state, statement, seat).await? {
        Planned::Running(stream) => stream,
        Planned::Described(schema) => return Ok(describe(&schema)),
    };
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

/// A table's columns, with their types as the API names them everywhere else.
fn describe(schema: &Schema) -> Rows {
    let text = |name: &str| Column { name: name.to_owned(), r#type: "text".to_owned() };
    let row = |field: &Arc<Field>| vec![field.name().as_str().into(), column_type(field).into()];
    Rows {
        columns: vec![text("column_name"), text("data_type")],
        rows: schema.fields().iter().map(row).collect(),
        ..Rows::default()
    }
}

/// How many fields a table has; none when there is no such table.
fn width(shared: &Shared, tenant: TenantId, table: &str) -> usize {
    let mut tables = shared.tables.lock();
    tables.find(tenant, table).map_or(0, |table| table.columns.schema.fields.len())
}

fn columns(schema: &SchemaRef) -> Vec<Column> {
    let column =
        |field: &Arc<Field>| Column { name: field.name().clone(), r#type: column_type(field).to_owned() };
    schema.fields().iter().map(column).collect()
}
