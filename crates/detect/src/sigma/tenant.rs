//! One tenant's Sigma rules, in one engine per product: a device's event never meets the rules of other products.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::RuleId;
use rsigma_eval::{Engine, EvaluationResult};
use rsigma_parser::{LogSource, SigmaRule};
use serde_json::{Value as Json, json};

use super::event::View;
use super::source::{self, PRODUCT, Source};
use super::windows;

#[derive(Default)]
pub struct TenantRules {
    /// Rules for devices' own events, and those that name no product.
    own: Option<Engine>,
    others: HashMap<String, Engine>,
    logsources: HashMap<RuleId, LogSource>,
}

/// A rule that an event matched, and the fields that did it.
pub struct Match {
    pub rule: RuleId,
    /// The names of the selections that held.
    pub selections: Vec<String>,
    /// Field and value, for each.
    pub matched: Vec<Json>,
}

impl TenantRules {
    pub fn new<'a>(rules: impl IntoIterator<Item = (RuleId, &'a SigmaRule)>) -> Self {
        let mut by_product: BTreeMap<String, Vec<&SigmaRule>> = BTreeMap::new();
        let mut logsources = HashMap::new();
        for (id, rule) in rules {
            let product = rule.logsource.product.as_deref().unwrap_or(PRODUCT).to_lowercase();
            by_product.entry(product).or_default().push(rule);
            logsources.insert(id, rule.logsource.clone());
        }
        let mut engines: HashMap<String, Engine> = by_product
            .into_iter()
            .map(|(product, rules)| {
                let mut engine = Engine::new();
                for (_, error) in engine.add_rules(rules) {
                    tracing::error!(%error, "a rule that compiled before does not load");
                }
                (product, engine)
            })
            .collect();
        let own = engines.remove(PRODUCT);
        Self { own, others: engines, logsources }
    }

    pub fn is_empty(&self) -> bool {
        self.logsources.is_empty()
    }

    /// The rules that match, each once, in a stable order.
    pub fn evaluate(&self, event: &Json) -> Vec<Match> {
        let record = windows::recognise(event);
        let mut sources: Vec<Source> = source::declared(event).into_iter().collect();
        if let Some(record) = &record {
            sources.extend(record.sources());
        }
        let view = View::new(event, record);
        let mut results = Vec::new();
        if let Some(own) = &self.own {
            results.extend(own.evaluate(&view));
        }
        let products: HashSet<&str> = sources.iter().filter_map(|source| source.product.as_deref()).collect();
        for engine in products.into_iter().filter_map(|product| self.others.get(product)) {
            results.extend(engine.evaluate(&view));
        }
        let mut matches: Vec<Match> =
            results.iter().filter_map(|result| self.heard(result, &sources)).collect();
        matches.sort_by_key(|found| found.rule);
        matches.dedup_by_key(|found| found.rule);
        matches
    }

    fn heard(&self, result: &EvaluationResult, sources: &[Source]) -> Option<Match> {
        let rule: RuleId = result.header.rule_id.as_deref()?.parse().ok()?;
        if !source::hears(self.logsources.get(&rule)?, sources) {
            return None;
        }
        let body = result.as_detection()?;
        let matched = body
            .matched_fields
            .iter()
            .map(|found| json!({ "field": found.field, "value": found.value }))
            .collect();
        Some(Match { rule, selections: body.matched_selections.clone(), matched })
    }
}
