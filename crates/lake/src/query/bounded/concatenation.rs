//! `a || b`: a function of ours, so that it is bounded like the others. A chain of them is one call.

use std::sync::Arc;

use datafusion::arrow::array::{Array, StringViewBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_string_view_array;
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

pub(super) const NAME: &str = "||";

/// All arguments as one text; null when one of them is.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Concatenation {
    signature: Signature,
}

impl Default for Concatenation {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Concatenation {
    fn name(&self) -> &str {
        NAME
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        let names: Vec<String> = args.iter().map(|arg| arg.schema_name().to_string()).collect();
        Ok(names.join(" || "))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        if !types.iter().any(|of| of.is_string() || *of == DataType::Null) {
            return plan_err!("|| joins texts: one of its sides has to be a text");
        }
        Ok(vec![DataType::Utf8View; types.len()])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        // A constant is one row, read again for each.
        let array = |value: &ColumnarValue| match value {
            ColumnarValue::Array(array) => Ok((Arc::clone(array), usize::MAX)),
            ColumnarValue::Scalar(constant) => constant.to_array().map(|array| (array, 0)),
        };
        let arrays = args.args.iter().map(array).collect::<Result<Vec<_>>>()?;
        let columns = arrays.iter().map(|(array, last)| Ok((as_string_view_array(array)?, *last)));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let mut made = StringViewBuilder::with_capacity(args.number_rows);
        let mut text = String::new();
        for row in 0..args.number_rows {
            text.clear();
            if columns.iter().any(|(column, last)| column.is_null(row.min(*last))) {
                made.append_null();
                continue;
            }
            for (column, last) in &columns {
                text.push_str(column.value(row.min(*last)));
            }
            made.append_value(&text);
        }
        Ok(ColumnarValue::Array(Arc::new(made.finish())))
    }
}
