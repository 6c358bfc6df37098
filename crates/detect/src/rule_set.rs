//! The rules of one tenant, ready to run. Making a set may take a while and is done on any thread; a detector that takes
//! it up does not wait for that.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{RuleId, TenantId};

use crate::compile::{Compiled, Plan};
use crate::index::TelemetryIndex;
use crate::sigma;

pub struct RuleSet {
    tenant: TenantId,
    /// In order, so that equal input gives equal output, down to the order of hits.
    pub(crate) rules: BTreeMap<RuleId, Arc<Compiled>>,
    pub(crate) telemetry: TelemetryIndex,
    pub(crate) sigma: Arc<sigma::TenantRules>,
}

impl RuleSet {
    #[must_use]
    pub fn empty(tenant: TenantId) -> Self {
        Self {
            tenant,
            rules: BTreeMap::new(),
            telemetry: TelemetryIndex::default(),
            sigma: Arc::new(sigma::TenantRules::default()),
        }
    }

    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The set with these rules instead of its own; another tenant's are left out. What the engine made of Sigma rules
    /// that are unchanged is taken over.
    #[must_use]
    pub fn with(&self, rules: impl IntoIterator<Item = Arc<Compiled>>) -> Self {
        let rules: BTreeMap<RuleId, Arc<Compiled>> = rules
            .into_iter()
            .filter(|rule| rule.tenant() == self.tenant)
            .map(|rule| (rule.id(), rule))
            .collect();
        let mut telemetry = TelemetryIndex::default();
        for rule in rules.values() {
            telemetry.add(rule);
        }
        let texts = rules.values().filter_map(|rule| match &rule.plan {
            Plan::Sigma(parsed) => Some((rule.id(), rule.fingerprint, parsed.as_ref())),
            _ => None,
        });
        let sigma = sigma::TenantRules::after(&self.sigma, texts);
        Self { tenant: self.tenant, rules, telemetry, sigma }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use model::Severity;

    use super::*;
    use crate::compile::compile;
    use crate::rule::{Rule, RuleSpec};

    fn rule(tenant: TenantId, spec: &str) -> Arc<Compiled> {
        let rule = Rule {
            id: RuleId::generate(),
            tenant,
            name: "r".into(),
            description: String::new(),
            enabled: true,
            severity: Severity::Low,
            spec: serde_json::from_str(spec).unwrap(),
        };
        Arc::new(compile(&rule).unwrap())
    }

    fn sigma(product: &str) -> String {
        let yaml = format!(
            "title: t\nlogsource: {{product: {product}}}\ndetection: {{s: {{a: 1}}, condition: s}}\n"
        );
        serde_json::to_string(&RuleSpec::Sigma { yaml }).unwrap()
    }

    #[test]
    fn what_the_engine_made_of_unchanged_rules_is_taken_over() {
        let tenant = TenantId::generate();
        let (own, windows) = (rule(tenant, &sigma("smartsecurity")), rule(tenant, &sigma("windows")));
        let set = RuleSet::empty(tenant).with([own.clone(), windows.clone()]);
        let silence = rule(tenant, r#"{"kind":"absence","after_s":60}"#);
        let renamed = Rule { name: "other".into(), ..own.rule().clone() };
        let next = set.with([Arc::new(compile(&renamed).unwrap()), windows.clone(), silence]);
        assert!(Arc::ptr_eq(&set.sigma, &next.sigma));
        assert_eq!(next.rules.len(), 3);
        let more = set.with([own, windows, rule(tenant, &sigma("smartsecurity"))]);
        assert!(!Arc::ptr_eq(&set.sigma, &more.sigma));
        assert!(set.sigma.shares(&more.sigma, "windows") && !set.sigma.shares(&more.sigma, "smartsecurity"));
        assert!(more.with([]).is_empty() && more.with([]).sigma.is_empty());
    }

    #[test]
    fn a_set_holds_rules_of_its_tenant_only() {
        let set = RuleSet::empty(TenantId::generate());
        assert!(set.with([rule(TenantId::generate(), &sigma("windows"))]).is_empty());
    }
}
