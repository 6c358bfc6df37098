//! How far back a device's history reaches.

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use model::{DeviceId, TenantId, Timestamp};

use crate::query::sql;
use crate::{Lake, QueryError};

/// First and last row, and how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    pub rows: u64,
}

pub(crate) async fn extent(
    lake: &Lake,
    tenant: TenantId,
    table: &str,
    device: Option<DeviceId>,
) -> Result<Extent, QueryError> {
    lake.engine.wait_for_journal(&lake.shared).await;
    if lake.schema_of(tenant, table).is_none() {
        return Ok(Extent::default());
    }
    let whose = device.map_or("true".to_owned(), |device| sql::of_devices(&[device]));
    let text = format!("SELECT min(ts), max(ts), count(*) FROM {} WHERE {whose}", sql::name(table));
    let found = lake.engine.fetch(&lake.shared, tenant, text, lake.query_limits()).await?;
    let mut extent = Extent::default();
    for batch in &found.batches {
        let [first, last, rows] = batch.columns() else { continue };
        let moments = |column: &datafusion::arrow::array::ArrayRef| {
            let column = column.as_primitive_opt::<TimestampMicrosecondType>()?;
            Some(Timestamp::from_micros(column.iter().next()??))
        };
        extent.first = moments(first);
        extent.last = moments(last);
        let rows = rows.as_primitive_opt::<Int64Type>().and_then(|rows| rows.iter().next().flatten());
        extent.rows = rows.and_then(|rows| u64::try_from(rows).ok()).unwrap_or(0);
    }
    Ok(extent)
}
