//! A device's event as the engine sees it: its own JSON fields (dotted paths for nested ones), and, for a Windows event
//! log record, the record's fields by the names that rules use.

use std::borrow::Cow;

use rsigma_eval::{Event, EventValue, JsonEvent};
use serde_json::Value as Json;

use super::windows::Record;

pub struct View<'a> {
    own: JsonEvent<'a>,
    windows: Option<Record<'a>>,
}

impl<'a> View<'a> {
    pub fn new(event: &'a Json, windows: Option<Record<'a>>) -> Self {
        Self { own: JsonEvent::borrow(event), windows }
    }
}

impl Event for View<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        self.own.get_field(path).or_else(|| self.windows?.field(path).map(EventValue::from))
    }

    fn any_string_value(&self, pred: &dyn Fn(&str) -> bool) -> bool {
        self.own.any_string_value(pred)
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        self.own.all_string_values()
    }

    fn visit_string_values(&self, visit: &mut dyn FnMut(&str)) {
        self.own.visit_string_values(visit);
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
