//! The column `name`: what the device is called now. A function over the device's id, so a query that does not
//! select it pays nothing.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use datafusion::arrow::array::{ArrayRef, AsArray, StringViewBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use model::{DeviceId, TenantId};

use crate::state::Shared;

pub(super) struct DeviceName {
    tenant: TenantId,
    shared: Arc<Shared>,
    names: OnceLock<Arc<HashMap<DeviceId, String>>>,
    signature: Signature,
}

impl DeviceName {
    pub fn new(tenant: TenantId, shared: Arc<Shared>) -> Self {
        let signature = Signature::exact(vec![DataType::Utf8View], Volatility::Stable);
        Self { tenant, shared, names: OnceLock::new(), signature }
    }
}

impl std::fmt::Debug for DeviceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceName({})", self.tenant)
    }
}

impl PartialEq for DeviceName {
    fn eq(&self, other: &Self) -> bool {
        self.tenant == other.tenant
    }
}

impl Eq for DeviceName {}

impl Hash for DeviceName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.tenant.hash(state);
    }
}

impl ScalarUDFImpl for DeviceName {
    fn name(&self) -> &str {
        "device_name"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let names = self.names.get_or_init(|| self.shared.names.names(self.tenant));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let mut column = StringViewBuilder::with_capacity(args.number_rows).with_deduplicate_strings();
        if let Some(devices) = arrays.first() {
            let devices = cast(devices, &DataType::Utf8View)?;
            let mut last: (&str, Option<&String>) = ("", None);
            for device in devices.as_string_view() {
                let device = device.unwrap_or_default();
                if last.0 != device {
                    last = (device, device.parse().ok().and_then(|id: DeviceId| names.get(&id)));
                }
                column.append_option(last.1);
            }
        }
        let column: ArrayRef = Arc::new(column.finish());
        Ok(ColumnarValue::Array(column))
    }
}
