//! One tenant's Sigma rules, in one engine per product: a device's event never meets the rules of other products.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use model::RuleId;
use rsigma_eval::{CompiledRule, Engine, EvaluationResult};
use rsigma_parser::{LogSource, SigmaRule};
use serde_json::{Value as Json, json};

use super::event::View;
use super::rewrite;
use super::source::{self, PRODUCT, Source};
use super::windows;

#[derive(Default)]
pub struct TenantRules {
    /// By product. Rules that name none are with those for devices' own events.
    parts: HashMap<String, Arc<Part>>,
    logsources: HashMap<RuleId, LogSource>,
}

/// The rules of one product.
struct Part {
    engine: Engine,
    /// Those with too long values for the engine's index, of each KiB of which it makes half a MiB.
    large: Vec<CompiledRule>,
    /// Each with the fingerprint of its text.
    rules: BTreeMap<RuleId, u64>,
}

impl Part {
    /// Compiling is what takes long, so what the former part compiled is taken from it.
    fn after(former: Option<&Self>, rules: &[(RuleId, u64, &SigmaRule)]) -> Self {
        let known: HashMap<&str, &CompiledRule> = former
            .iter()
            .flat_map(|former| former.engine.rules().iter().chain(&former.large))
            .filter_map(|rule| Some((rule.id.as_deref()?, rule)))
            .collect();
        let compiled = rules.iter().filter_map(|(id, fingerprint, rule)| {
            let same = former.is_some_and(|former| former.rules.get(id) == Some(fingerprint));
            if same && let Some(compiled) = known.get(id.to_string().as_str()) {
                return Some((rewrite::length(rule), (*compiled).clone()));
            }
            let compiled = rsigma_eval::compile_rule(rule).inspect_err(
                |error| tracing::error!(%error, rule.id = %id, "a rule that compiled before does not load"),
            );
            Some((rewrite::length(rule), compiled.ok()?))
        });
        let (small, large): (Vec<_>, Vec<_>) = compiled.partition(|(length, _)| *length <= rewrite::LONG);
        let mut engine = Engine::new();
        engine.extend_compiled_rules(small.into_iter().map(|(_, rule)| rule));
        let large = large.into_iter().map(|(_, rule)| rule).collect();
        Self { engine, large, rules: fingerprints(rules) }
    }
}

fn fingerprints(rules: &[(RuleId, u64, &SigmaRule)]) -> BTreeMap<RuleId, u64> {
    rules.iter().map(|(id, fingerprint, _)| (*id, *fingerprint)).collect()
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
    /// These rules, each with the fingerprint of its text. What `former` has of them already is taken over; all of it, if
    /// nothing is different.
    pub fn after<'a>(
        former: &Arc<Self>,
        rules: impl IntoIterator<Item = (RuleId, u64, &'a SigmaRule)>,
    ) -> Arc<Self> {
        let mut by_product: BTreeMap<String, Vec<(RuleId, u64, &SigmaRule)>> = BTreeMap::new();
        for (id, fingerprint, rule) in rules {
            let product = rule.logsource.product.as_deref().unwrap_or(PRODUCT).to_lowercase();
            by_product.entry(product).or_default().push((id, fingerprint, rule));
        }
        let same = |product: &str, rules: &[(RuleId, u64, &SigmaRule)]| {
            former.parts.get(product).filter(|part| part.rules == fingerprints(rules))
        };
        if by_product.len() == former.parts.len()
            && by_product.iter().all(|(product, rules)| same(product, rules).is_some())
        {
            return Arc::clone(former);
        }
        let (mut parts, mut logsources) = (HashMap::new(), HashMap::new());
        for (product, rules) in by_product {
            logsources.extend(rules.iter().map(|(id, _, rule)| (*id, rule.logsource.clone())));
            let part = match same(&product, &rules) {
                Some(part) => Arc::clone(part),
                None => Arc::new(Part::after(former.parts.get(&product).map(Arc::as_ref), &rules)),
            };
            parts.insert(product, part);
        }
        Arc::new(Self { parts, logsources })
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
        let others = sources.iter().filter_map(|source| source.product.as_deref());
        let products: HashSet<&str> = others.chain([PRODUCT]).collect();
        for part in products.into_iter().filter_map(|product| self.parts.get(product)) {
            results.extend(part.engine.evaluate(&view));
            results.extend(part.large.iter().filter_map(|rule| rsigma_eval::evaluate_rule(rule, &view)));
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
        let mut matched: Vec<Json> = Vec::with_capacity(body.matched_fields.len());
        for found in &body.matched_fields {
            let found = json!({ "field": found.field, "value": found.value });
            // Once, although each of several values may have matched it.
            if !matched.contains(&found) {
                matched.push(found);
            }
        }
        Some(Match { rule, selections: body.matched_selections.clone(), matched })
    }
}

#[cfg(test)]
impl TenantRules {
    pub fn shares(&self, other: &Self, product: &str) -> bool {
        let part = |rules: &Self| rules.parts.get(product).cloned();
        part(self).zip(part(other)).is_some_and(|(one, same)| Arc::ptr_eq(&one, &same))
    }
}
