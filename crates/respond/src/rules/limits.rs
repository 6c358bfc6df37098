//! How many rules a tenant may have, and how large they may be together: what they cost grows with both.

use model::{Scope, Timestamp, phrase};
use store::rules::{Rule, RuleFilter, RuleWithStats};
use store::{Db, PageRequest};

use crate::error::RespondError;

const MOST_RULES: usize = 500;
/// Of all rules together, in bytes.
const MOST_TEXT: usize = 1 << 20;
/// As many as a page of the store holds.
const AT_ONCE: u32 = 500;

/// Refuses a rule that would be one too many, or too large beside the others. One that became no larger can always be
/// saved.
pub async fn require_room(
    db: &dyn Db,
    scope: &Scope,
    rule: &Rule,
    before: Option<&Rule>,
) -> Result<(), RespondError> {
    let others: Vec<Rule> = all(db, scope, &RuleFilter::default(), rule.updated_at)
        .await?
        .into_iter()
        .filter(|other| other.id != rule.id)
        .collect();
    if before.is_none() && others.len() >= MOST_RULES {
        let detail = phrase!(
            "rules_too_many",
            "your organisation has {count} rules, and {most} are the limit; delete those that are no longer needed, or watch several devices or values with one rule",
            count = others.len(),
            most = MOST_RULES,
        );
        return Err(RespondError::invalid("spec", detail));
    }
    let own = text(rule);
    let together = own + others.iter().map(text).sum::<usize>();
    let grew = before.is_none_or(|before| own > text(before));
    if grew && together > MOST_TEXT {
        let detail = phrase!(
            "rules_too_large",
            "with this rule of {own} KiB, your organisation's rules are {together} KiB long together, and {most} KiB are the limit; shorten it, or delete rules that are no longer needed",
            own = own.div_ceil(1024),
            together = together.div_ceil(1024),
            most = MOST_TEXT / 1024,
        );
        return Err(RespondError::invalid("spec", detail));
    }
    Ok(())
}

/// The length of a rule's text: the YAML of a Sigma rule, the JSON of any other.
fn text(rule: &Rule) -> usize {
    match rule.spec.get("yaml").and_then(|yaml| yaml.as_str()) {
        Some(yaml) => yaml.len(),
        None => rule.spec.to_string().len(),
    }
}

/// All rules of a tenant. Nobody wants their findings counted, so there are none after `now`.
pub async fn all(
    db: &dyn Db,
    scope: &Scope,
    filter: &RuleFilter,
    now: Timestamp,
) -> Result<Vec<Rule>, RespondError> {
    let (mut rules, mut cursor) = (Vec::new(), None);
    loop {
        let request = PageRequest { limit: Some(AT_ONCE), cursor };
        let page = store::rules::list(db, scope, filter, now, &request).await?;
        rules.extend(page.items.into_iter().map(|RuleWithStats { rule, .. }| rule));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(rules);
        }
    }
}
