//! A step of a plan that does nothing, put between two steps so that a rule does not take them together, and taken away
//! when the rule is done.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, DFSchemaRef, FunctionalDependencies, Result, plan_err};
use datafusion::logical_expr::{Expr, Extension, LogicalPlan, UserDefinedLogicalNodeCore};

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Apart {
    input: Arc<LogicalPlan>,
    /// The input's, without what is said of which columns determine which.
    schema: DFSchemaRef,
}

impl Apart {
    fn new(input: Arc<LogicalPlan>) -> Result<Self> {
        let schema = DFSchema::clone(input.schema());
        let schema = schema.with_functional_dependencies(FunctionalDependencies::empty())?;
        Ok(Self { input, schema: Arc::new(schema) })
    }

    /// The plan, kept apart from whatever stands above it.
    pub fn from(input: Arc<LogicalPlan>) -> Result<Arc<LogicalPlan>> {
        let node = Arc::new(Self::new(input)?);
        Ok(Arc::new(LogicalPlan::Extension(Extension { node })))
    }

    /// What was kept apart, as it was.
    pub fn take_away(plan: LogicalPlan) -> Transformed<LogicalPlan> {
        let mut plan = Transformed::no(plan);
        while let LogicalPlan::Extension(extension) = &plan.data
            && let Some(apart) = extension.node.as_any().downcast_ref::<Self>()
        {
            plan = Transformed::yes(LogicalPlan::clone(&apart.input));
        }
        plan
    }
}

impl UserDefinedLogicalNodeCore for Apart {
    fn name(&self) -> &'static str {
        "Apart"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        Vec::new()
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Apart")
    }

    fn with_exprs_and_inputs(&self, _: Vec<Expr>, mut inputs: Vec<LogicalPlan>) -> Result<Self> {
        match (inputs.pop(), inputs.is_empty()) {
            (Some(input), true) => Self::new(Arc::new(input)),
            _ => plan_err!("a step that does nothing has one input"),
        }
    }

    fn necessary_children_exprs(&self, output: &[usize]) -> Option<Vec<Vec<usize>>> {
        Some(vec![output.to_vec()])
    }
}

/// Plans have no order; the engine asks for one.
impl PartialOrd for Apart {
    fn partial_cmp(&self, _: &Self) -> Option<Ordering> {
        None
    }
}
