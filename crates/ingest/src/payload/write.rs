//! Points back into the payload that makes them: for replay, for tests, for taking everything away.

use model::{Point, Value};

/// `[{"ts":…,"values":{…}},…]`. Parsing it gives the same points.
#[must_use]
pub fn telemetry_to_json(points: &[Point]) -> String {
    let mut json = String::with_capacity(points.len() * 64 + 2);
    json.push('[');
    for (at, point) in points.iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        json.push_str("{\"ts\":");
        json.push_str(&millis(point.ts.as_micros()));
        json.push_str(",\"values\":{");
        for (at, (name, value)) in point.values.iter().enumerate() {
            if at > 0 {
                json.push(',');
            }
            json.push_str(&text(name));
            json.push(':');
            match value {
                Value::Number(number) => json.push_str(&number.to_string()),
                Value::Bool(flag) => json.push_str(if *flag { "true" } else { "false" }),
                Value::Text(content) => json.push_str(&text(content)),
                Value::Json(raw) => json.push_str(raw),
            }
        }
        json.push_str("}}");
    }
    json.push(']');
    json
}

/// Milliseconds with the microseconds as a fraction.
fn millis(micros: i64) -> String {
    let (whole, rest) = (micros.div_euclid(1000), micros.rem_euclid(1000));
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}") }
}

fn text(content: &str) -> String {
    serde_json::Value::from(content).to_string()
}
