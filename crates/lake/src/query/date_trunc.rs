//! `date_trunc` on our time stamps. The engine's own takes UTC for a time zone like any other and looks the offset of every
//! row up; without a zone it divides. In UTC that is the same answer, several times sooner.

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, FieldRef, TimestampMicrosecondType};
use datafusion::common::Result;
use datafusion::functions::datetime::date_trunc::DateTruncFunc;
use datafusion::logical_expr::sort_properties::{ExprProperties, SortProperties};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
};

use crate::columns::timestamp;

#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct DateTrunc {
    engines: DateTruncFunc,
}

impl ScalarUDFImpl for DateTrunc {
    fn name(&self) -> &str {
        self.engines.name()
    }

    fn aliases(&self) -> &[String] {
        self.engines.aliases()
    }

    fn signature(&self) -> &Signature {
        self.engines.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.engines.return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        self.engines.return_field_from_args(args)
    }

    fn invoke_with_args(&self, mut args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some(ColumnarValue::Array(times)) = args.args.get_mut(1) else {
            return self.engines.invoke_with_args(args);
        };
        if *times.data_type() != timestamp() {
            return self.engines.invoke_with_args(args);
        }
        *times = in_zone(times, None);
        Ok(match self.engines.invoke_with_args(args)? {
            ColumnarValue::Array(times) => ColumnarValue::Array(in_zone(&times, Some("UTC"))),
            one => one,
        })
    }

    fn output_ordering(&self, input: &[ExprProperties]) -> Result<SortProperties> {
        self.engines.output_ordering(input)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.engines.documentation()
    }
}

/// The same moments, said to be of another zone.
fn in_zone(times: &ArrayRef, zone: Option<&str>) -> ArrayRef {
    match times.as_primitive_opt::<TimestampMicrosecondType>() {
        Some(times) => std::sync::Arc::new(times.clone().with_timezone_opt(zone)),
        None => times.clone(),
    }
}
