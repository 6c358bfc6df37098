//! A device's event as the engine sees it: its own JSON fields (dotted paths for nested ones), and, for a Windows event
//! log record, the record's fields by the names that rules use. Keywords look into all its values, numbers among them.

use std::borrow::Cow;

use rsigma_eval::{Event, EventValue, JsonEvent};
use serde_json::Value as Json;

use super::windows::Record;

pub struct View<'a> {
    json: &'a Json,
    own: JsonEvent<'a>,
    windows: Option<Record<'a>>,
}

impl<'a> View<'a> {
    pub fn new(event: &'a Json, windows: Option<Record<'a>>) -> Self {
        Self { json: event, own: JsonEvent::borrow(event), windows }
    }
}

impl Event for View<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        self.own.get_field(path).or_else(|| self.windows?.field(path).map(EventValue::from))
    }

    fn any_string_value(&self, pred: &dyn Fn(&str) -> bool) -> bool {
        any_text(self.json, &mut |text| pred(&text))
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        let mut texts = Vec::new();
        any_text(self.json, &mut |text| {
            texts.push(text);
            false
        });
        texts
    }

    fn visit_string_values(&self, visit: &mut dyn FnMut(&str)) {
        any_text(self.json, &mut |text| {
            visit(&text);
            false
        });
    }

    fn to_json(&self) -> Json {
        self.own.to_json()
    }

    fn top_level_keys(&self) -> Option<Vec<Cow<'_, str>>> {
        if self.windows.is_some() { None } else { self.own.top_level_keys() }
    }

    fn visit_top_level_keys(&self, visit: &mut dyn FnMut(&str)) -> bool {
        self.windows.is_none() && self.own.visit_top_level_keys(visit)
    }
}

/// Whether one of the values, as a text, is what is looked for. The parser of events bounds how deep they are.
fn any_text<'a>(value: &'a Json, found: &mut dyn FnMut(Cow<'a, str>) -> bool) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(truth) => found(Cow::Borrowed(if *truth { "true" } else { "false" })),
        Json::Number(number) => found(Cow::Owned(number.to_string())),
        Json::String(text) => found(Cow::Borrowed(text)),
        Json::Array(items) => items.iter().any(|item| any_text(item, found)),
        Json::Object(fields) => fields.values().any(|field| any_text(field, found)),
    }
}
