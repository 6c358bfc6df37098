//! Which rules hear which events.
//!
//! Every event of a device comes from the logsource `product: smartsecurity, service: device`. It has further ones when it
//! says so itself (a top-level object `logsource` with product, category, service) or when it is a Windows event log
//! record, whose channel and id tell. A rule hears an event when one of the event's logsources has all that the rule
//! asks for. A device's own events are of every category, so that rules that name only a category reach them.

use rsigma_parser::LogSource;
use serde_json::Value as Json;

use model::phrase;

use crate::compile::Listening;

pub const PRODUCT: &str = "smartsecurity";
pub const SERVICE: &str = "device";

/// One logsource that an event comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    pub product: Option<String>,
    pub category: Option<String>,
    pub service: Option<String>,
}

/// What the event says in its object `logsource`.
pub fn declared(event: &Json) -> Option<Source> {
    let object = event.get("logsource")?.as_object()?;
    let text = |key: &str| {
        object
            .get(key)
            .and_then(Json::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_lowercase)
    };
    let source = Source { product: text("product"), category: text("category"), service: text("service") };
    (source != Source::default()).then_some(source)
}

/// Whether a rule with this logsource hears an event with these further sources.
pub fn hears(rule: &LogSource, further: &[Source]) -> bool {
    hears_devices(rule, further) || further.iter().any(|source| asks_for(rule, source))
}

/// The device's own source. Its category is open unless the event is known to be of one.
fn hears_devices(rule: &LogSource, further: &[Source]) -> bool {
    let mut known = further.iter().filter_map(|source| source.category.as_deref()).peekable();
    same_or_unasked(rule.product.as_deref(), Some(PRODUCT))
        && same_or_unasked(rule.service.as_deref(), Some(SERVICE))
        && (known.peek().is_none()
            || known.any(|category| same_or_unasked(rule.category.as_deref(), Some(category))))
}

fn asks_for(rule: &LogSource, source: &Source) -> bool {
    same_or_unasked(rule.product.as_deref(), source.product.as_deref())
        && same_or_unasked(rule.category.as_deref(), source.category.as_deref())
        && same_or_unasked(rule.service.as_deref(), source.service.as_deref())
}

fn same_or_unasked(asked: Option<&str>, given: Option<&str>) -> bool {
    asked.is_none_or(|asked| given.is_some_and(|given| given.eq_ignore_ascii_case(asked)))
}

pub fn listening(rule: &LogSource) -> Listening {
    if hears_devices(rule, &[]) {
        let note = phrase!("listens_to_all", "listens to the events of all devices");
        return Listening { to_devices: true, note };
    }
    let parts = [rule.product.as_deref(), rule.category.as_deref(), rule.service.as_deref()];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join("/");
    let windows = rule.product.as_deref().is_some_and(|product| product.eq_ignore_ascii_case("windows"));
    let note = if windows {
        phrase!(
            "listens_to_windows",
            "listens to logsource {name}: Windows event log records (EventLog or Sysmon as JSON) that a device sends, and events that carry a matching object \"logsource\" reach it; change the logsource to product: {product}, service: {service} to hear all devices",
            name = name,
            product = PRODUCT,
            service = SERVICE,
        )
    } else {
        phrase!(
            "listens_to_logsource",
            "listens to logsource {name}: only events that carry a matching object \"logsource\" reach it; change the logsource to product: {product}, service: {service} to hear all devices",
            name = name,
            product = PRODUCT,
            service = SERVICE,
        )
    };
    Listening { to_devices: false, note }
}
