//! What a rule would have seen: stored rows of the tables it listens to, together in order of time.

use detect::{Compiled, RuleSpec};
use futures::StreamExt as _;
use lake::{HistoryRequest, HistoryRow, HistoryStream};
use model::{DeviceId, Scope, Timestamp, Value};
use respond::Preview;

use crate::problem::Problem;
use crate::state::Api;

const EVENTS: &str = "events";

/// The span of history to look at.
#[derive(Clone, Copy)]
pub struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// One table's rows, oldest last so that the next is at the end.
struct Source {
    is_events: bool,
    stream: HistoryStream,
    ready: Vec<HistoryRow>,
}

/// Feeds everything stored in the span to the preview, in order of time across tables.
pub async fn feed(
    api: &Api,
    scope: &Scope,
    rule: &Compiled,
    device: Option<DeviceId>,
    span: Span,
    preview: &mut Preview,
) -> Result<(), Problem> {
    let mut sources = Vec::new();
    for table in tables(api, scope, rule) {
        let request = request(rule, &table, device, span);
        let stream = api.lake.history(scope, request).await?;
        let mut source = Source { is_events: table == EVENTS, stream, ready: Vec::new() };
        if source.refill().await? {
            sources.push(source);
        }
    }
    let mut since_pause = 0_u32;
    while let Some(at) = earliest(&sources) {
        let Some(source) = sources.get_mut(at) else { break };
        if let Some(row) = source.ready.pop() {
            look(source, row, preview);
        }
        if source.ready.is_empty() && !source.refill().await? {
            sources.swap_remove(at);
        }
        since_pause += 1;
        if since_pause.is_multiple_of(4096) {
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}

impl Source {
    /// Whether there is more.
    async fn refill(&mut self) -> Result<bool, Problem> {
        while let Some(batch) = self.stream.next().await {
            self.ready = batch?;
            self.ready.reverse();
            if !self.ready.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn earliest(sources: &[Source]) -> Option<usize> {
    let heads = sources.iter().enumerate().filter_map(|(at, source)| Some((source.ready.last()?.ts, at)));
    heads.min().map(|(_, at)| at)
}

fn look(source: &Source, row: HistoryRow, preview: &mut Preview) {
    if !source.is_events {
        preview.row(row.device, row.ts, row.values);
        return;
    }
    let (mut json, mut profile) = (None, String::new());
    for (field, value) in row.values {
        match (field.as_ref(), value) {
            ("event", Value::Text(text) | Value::Json(text)) => json = Some(text),
            ("profile", Value::Text(text)) => profile = text,
            _ => {}
        }
    }
    if let Some(json) = json {
        preview.event(row.device, row.ts, &profile, json);
    }
}

/// Those that exist: a profile that nobody has measured yet has no history.
fn tables(api: &Api, scope: &Scope, rule: &Compiled) -> Vec<String> {
    let known = api.lake.schemas(scope.tenant()).into_iter().map(|schema| schema.table);
    let is_sigma = matches!(rule.rule().spec, RuleSpec::Sigma { .. });
    known
        .filter(|table| match rule.profile() {
            _ if is_sigma => table == EVENTS,
            Some(profile) => table == profile,
            None => true,
        })
        .collect()
}

fn request(rule: &Compiled, table: &str, device: Option<DeviceId>, span: Span) -> HistoryRequest {
    let devices = device.map(|device| vec![device]).or_else(|| rule.devices().map(<[_]>::to_vec));
    let fields = if table == EVENTS {
        vec!["event".to_owned(), "profile".to_owned()]
    } else {
        rule.series().map(|(_, field)| vec![field.to_owned()]).unwrap_or_default()
    };
    HistoryRequest { table: table.to_owned(), devices, fields, from: span.from, to: span.to }
}
