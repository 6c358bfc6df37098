//! A journal record becomes rows. Only telemetry and events do; the rest of the journal is for other readers.

use std::time::Duration;

use backplane::journal::{Entry, Offset};
use model::{
    Body, DeviceEvent, Header, Kind, Record, RecordError, TelemetryRef, TenantId, Value, field_name,
};
use serde_json::Value as Json;
use tokio::time::Instant;

use crate::chunk::Key;
use crate::columns::{EVENTS, EVENTS_TELEMETRY, seq};
use crate::state::{Counters, Shared, Tables};

/// Fields of a nested event deeper than this stay JSON.
const FLATTEN_DEPTH: usize = 4;

/// What becomes rows of a record, read before the tables are locked.
enum Rows<'a> {
    Points(TelemetryRef<'a>),
    Event(DeviceEvent),
}

impl Shared {
    /// Makes the records' rows queryable, and remembers that the journal is read up to `next`.
    pub(crate) fn apply(&self, entries: &[Entry], next: Offset) {
        let mut new_fields = Vec::new();
        for entry in entries {
            match rows(&entry.bytes) {
                Ok(None) => {}
                Ok(Some((header, rows))) => {
                    let mut tables = self.tables.lock();
                    insert(&mut tables, entry.offset, &header, &rows, &mut new_fields);
                    // With each record: a flush may come between two of them.
                    tables.position = entry.offset + 1;
                }
                Err(error) => {
                    tracing::error!(journal.offset = entry.offset, %error, "a journal record cannot be read; the lake skips it");
                    Counters::count(&self.counters.lost_records, 1);
                }
            }
        }
        self.tables.lock().position = next;
        self.remember_kinds(new_fields);
        self.position.send_replace(next);
    }

    pub(crate) fn remember_kinds(&self, changed: Vec<(TenantId, String)>) {
        if changed.is_empty() {
            return;
        }
        let mut tables = self.tables.lock();
        let mut kinds = self.kinds.write();
        for (tenant, name) in changed {
            if let Some(table) = tables.find(tenant, &name) {
                let fields = kinds.entry(tenant).or_default().entry(name).or_default();
                for field in table.columns.schema.fields.iter().skip(fields.len()) {
                    fields.insert(field.name.clone(), field.kind);
                }
            }
        }
    }

    /// Whether memory has what makes a flush due.
    pub(crate) fn flush_due(&self) -> bool {
        let tables = self.tables.lock();
        let aged =
            |since: Option<Instant>, limit: Duration| since.is_some_and(|since| since.elapsed() >= limit);
        tables.rows >= self.config.flush_rows
            || tables.bytes >= self.config.flush_bytes
            || aged(tables.oldest, self.config.flush_after)
            || aged(tables.newest, self.config.flush_idle)
    }

    pub(crate) fn memory_full(&self) -> bool {
        let tables = self.tables.lock();
        tables.bytes + tables.flushing_bytes >= self.config.memory_bytes
    }
}

fn rows(bytes: &[u8]) -> Result<Option<(Header, Rows<'_>)>, RecordError> {
    let header = Header::decode(bytes)?;
    Ok(match header.kind {
        Kind::Telemetry => Some((header, Rows::Points(TelemetryRef::decode(bytes)?))),
        Kind::Event => match Record::decode(bytes)?.body {
            Body::Event(event) => Some((header, Rows::Event(event))),
            _ => None,
        },
        _ => None,
    })
}

fn insert(
    tables: &mut Tables,
    offset: Offset,
    header: &Header,
    rows: &Rows<'_>,
    new_fields: &mut Vec<(TenantId, String)>,
) {
    let Some(device) = header.device else { return };
    let device = device.0.as_u128();
    let name = match rows {
        Rows::Points(telemetry) if telemetry.profile == EVENTS => EVENTS_TELEMETRY,
        Rows::Points(telemetry) => telemetry.profile,
        Rows::Event(_) => EVENTS,
    };
    let table = tables.table(header.tenant, name);
    let known = table.columns.schema.fields.len();
    let (count, bytes) = match rows {
        Rows::Points(telemetry) => (telemetry.points().len(), table.insert_points(device, offset, telemetry)),
        Rows::Event(event) => {
            let key = Key { device, ts: event.ts.as_micros(), seq: seq(offset, 0) };
            let own = (event.profile.as_str(), header.at.as_micros(), event.json.as_str());
            let fields = event_fields(event);
            let fields = fields.iter().map(|(name, value)| (name.as_str(), value.view()));
            (1, table.insert_event(key, own, fields))
        }
    };
    if table.columns.schema.fields.len() > known {
        new_fields.push((header.tenant, name.to_owned()));
    }
    tables.rows += count;
    tables.bytes += bytes;
    let now = Instant::now();
    tables.oldest.get_or_insert(now);
    tables.newest = Some(now);
}

/// An event's own fields as columns, nested ones joined by `_`. What cannot be one is still in `event`.
fn event_fields(event: &DeviceEvent) -> Vec<(String, Value)> {
    let mut fields = Vec::new();
    if let Ok(Json::Object(object)) = serde_json::from_str(&event.json) {
        for (name, value) in object {
            flatten(name, value, FLATTEN_DEPTH, &mut fields);
        }
    }
    fields
}

fn flatten(name: String, value: Json, depth: usize, fields: &mut Vec<(String, Value)>) {
    let value = match value {
        Json::Null => return,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => match number.as_f64().filter(|number| number.is_finite()) {
            Some(number) => Value::Number(number + 0.0),
            None => return,
        },
        Json::String(text) => Value::Text(text),
        Json::Object(object) if depth > 0 => {
            for (inner, value) in object {
                flatten(format!("{name}_{inner}"), value, depth - 1, fields);
            }
            return;
        }
        other => Value::Json(other.to_string()),
    };
    fields.push((field_name(&name).into_owned(), value));
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;

    #[test]
    fn an_events_nested_fields_become_columns() {
        let event = DeviceEvent {
            profile: "camera".into(),
            ts: Timestamp::EPOCH,
            identity: None,
            json: r#"{"Src-IP":"10.0.0.1","net":{"port":23,"open":true},"tags":[1],"none":null,"9":1}"#
                .into(),
        };
        let mut fields = event_fields(&event);
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(
            fields,
            [
                ("_9".into(), Value::Number(1.0)),
                ("net_open".into(), Value::Bool(true)),
                ("net_port".into(), Value::Number(23.0)),
                ("src_ip".into(), Value::Text("10.0.0.1".into())),
                ("tags".into(), Value::Json("[1]".into())),
            ]
        );
    }
}
