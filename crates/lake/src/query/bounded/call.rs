//! One of the engine's functions, called with as many rows at a time as make no more than [`MAX_STEP`], and search no
//! more than [`MAX_SEARCHED`]: between two calls the query's time is looked at.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::compute::{cast, concat};
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{DataFusionError, Result, ScalarValue, resources_datafusion_err};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ExpressionPlacement, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature,
};

use super::held::Budget;
use super::length::{Bound, Lengths, length_at};
use super::{MAX_BATCH, MAX_SEARCHED, MAX_STEP, MAX_TEXT, ONE_PATTERN};

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Bounded {
    engines: Arc<ScalarUDF>,
    bound: Bound,
    budget: Budget,
}

impl Bounded {
    pub fn new(engines: Arc<ScalarUDF>, bound: Bound, budget: &Budget) -> Self {
        Self { engines, bound, budget: budget.clone() }
    }

    /// What is said without rows is one row, whatever the batch.
    fn constant(&self, mut args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        args.number_rows = 1;
        let lengths = args.args.iter().map(Lengths::of).collect::<Result<Vec<_>>>()?;
        let lengths: Vec<usize> = lengths.iter().map(|lengths| lengths.at(0)).collect();
        self.refuse_step(self.bound.of(&lengths))?;
        let made = self.invoke_engines(args)?;
        self.refuse_text(length_at(&made, 0))?;
        Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&made, 0)?))
    }

    fn batch(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let steps = self.steps(&args)?;
        let held = self.budget.take(steps.iter().map(|step| step.bytes).max().unwrap_or(0))?;
        let mut made = Vec::with_capacity(steps.len());
        let mut bytes = 0_usize;
        for step in steps {
            self.budget.check_time()?;
            let part = self.invoke_engines(part(&args, &step.rows))?;
            for row in 0..part.len() {
                let length = length_at(&part, row);
                self.refuse_text(length)?;
                bytes = bytes.saturating_add(length);
            }
            if bytes > MAX_BATCH {
                return Err(resources_datafusion_err!(
                    "{} makes more than {} MiB of {rows} rows",
                    self.name(),
                    MAX_BATCH >> 20
                ));
            }
            made.push(part);
        }
        let made: ArrayRef = match made.as_slice() {
            [one] => Arc::clone(one),
            parts => concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<&dyn Array>>())?,
        };
        held.keep(made, bytes).map(ColumnarValue::Array)
    }

    fn invoke_engines(&self, mut args: ScalarFunctionArgs) -> Result<ArrayRef> {
        let constants: Vec<Option<&ScalarValue>> = args
            .args
            .iter()
            .map(|value| if let ColumnarValue::Scalar(constant) = value { Some(constant) } else { None })
            .collect();
        let field = ReturnFieldArgs { arg_fields: &args.arg_fields, scalar_arguments: &constants };
        let field = self.engines.return_field_from_args(field)?;
        let (rows, wanted) = (args.number_rows, std::mem::replace(&mut args.return_field, field));
        let made = self.engines.invoke_with_args(args).map_err(as_mistake)?.into_array(rows)?;
        if made.data_type() == wanted.data_type() { Ok(made) } else { Ok(cast(&made, wanted.data_type())?) }
    }

    /// The rows of a batch, cut where a step is full.
    fn steps(&self, args: &ScalarFunctionArgs) -> Result<Vec<Step>> {
        let lengths = args.args.iter().map(Lengths::of).collect::<Result<Vec<_>>>()?;
        // The engine copies some constants for each row.
        let copied: usize =
            lengths.iter().map(|of| if let Lengths::Same(length) = of { *length } else { 0 }).sum();
        let mut row_lengths = vec![0; lengths.len()];
        let mut steps = Vec::with_capacity(1);
        let mut step = Step { rows: 0..0, bytes: 0 };
        let searches = self.bound.is_pattern(self.name());
        let mut searched = 0_usize;
        for row in 0..args.number_rows {
            for (length, all) in row_lengths.iter_mut().zip(&lengths) {
                *length = all.at(row);
            }
            let bytes = self.bound.of(&row_lengths).saturating_add(copied);
            self.refuse_step(bytes)?;
            if searches {
                searched = searched.saturating_add(row_lengths.first().copied().unwrap_or(0));
            }
            if step.bytes + bytes > MAX_STEP || searched > MAX_SEARCHED {
                steps.push(std::mem::replace(&mut step, Step { rows: row..row, bytes: 0 }));
                searched = 0;
            }
            step.rows.end = row + 1;
            step.bytes += bytes;
        }
        steps.push(step);
        Ok(steps)
    }

    fn refuse_step(&self, bytes: usize) -> Result<()> {
        if bytes <= MAX_STEP {
            return Ok(());
        }
        let name = self.name();
        Err(resources_datafusion_err!("{name} could make more than {} MiB of one row", MAX_STEP >> 20))
    }

    fn refuse_text(&self, length: usize) -> Result<()> {
        if length <= MAX_TEXT {
            return Ok(());
        }
        let name = self.name();
        Err(resources_datafusion_err!("{name} makes a text of more than {} KiB", MAX_TEXT >> 10))
    }
}

struct Step {
    rows: Range<usize>,
    bytes: usize,
}

fn part(args: &ScalarFunctionArgs, rows: &Range<usize>) -> ScalarFunctionArgs {
    let cut = |value: &ColumnarValue| match value {
        ColumnarValue::Array(array) => ColumnarValue::Array(array.slice(rows.start, rows.len())),
        ColumnarValue::Scalar(scalar) => ColumnarValue::Scalar(scalar.clone()),
    };
    ScalarFunctionArgs {
        args: args.args.iter().map(cut).collect(),
        arg_fields: args.arg_fields.clone(),
        number_rows: rows.len(),
        return_field: Arc::clone(&args.return_field),
        config_options: Arc::clone(&args.config_options),
    }
}

/// A join or a sort that repeats a value repeats only the view of it.
fn view(of: DataType) -> DataType {
    match of {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        other => other,
    }
}

/// These functions have no files that could be at fault: what they complain about is what they were given.
fn as_mistake(error: DataFusionError) -> DataFusionError {
    match error {
        DataFusionError::External(mistake) => DataFusionError::Execution(mistake.to_string()),
        other => other,
    }
}

/// What the engine's function says of itself, but for `simplify`: it would put the engine's own function in place of
/// this.
impl ScalarUDFImpl for Bounded {
    fn name(&self) -> &str {
        self.engines.name()
    }

    fn aliases(&self) -> &[String] {
        self.engines.aliases()
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        self.engines.schema_name(args)
    }

    fn signature(&self) -> &Signature {
        self.engines.signature()
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.engines.coerce_types(types)
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.engines.return_type(types).map(view)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let field = self.engines.return_field_from_args(args)?;
        let viewed = view(field.data_type().clone());
        Ok(Arc::new(field.as_ref().clone().with_data_type(viewed)))
    }

    fn is_strict(&self) -> bool {
        self.engines.inner().is_strict()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if self.bound.is_pattern(self.name()) && matches!(args.args.get(1), Some(ColumnarValue::Array(_))) {
            return Err(DataFusionError::Plan(ONE_PATTERN.to_owned()));
        }
        if args.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_))) {
            return self.constant(args);
        }
        self.batch(args)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.engines.documentation()
    }

    fn placement(&self, args: &[ExpressionPlacement]) -> ExpressionPlacement {
        self.engines.inner().placement(args)
    }
}
