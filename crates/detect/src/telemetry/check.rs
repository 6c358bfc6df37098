//! What a telemetry rule must satisfy, and how it is explained when it does not.

use std::time::Duration;

use model::DeviceId;

use super::{Absence, Rate, Threshold};
use crate::error::RuleError;
use crate::rule::{Direction, Op};
use crate::wording::number;

const LONGEST_S: u64 = 30 * 86_400;
const MOST_DEVICES: usize = 1000;

pub fn target(profile: &str, devices: Option<&[DeviceId]>) -> Result<(), RuleError> {
    let slug = |text: &str| {
        !text.is_empty()
            && text.len() <= 64
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
    };
    if !slug(profile) {
        return Err(RuleError::of("profile", format!("{profile:?} is not the name of a profile"))
            .hint("use the profile's name as the device list shows it: lower-case letters, digits and _"));
    }
    match devices {
        Some([]) => {
            Err(RuleError::of("devices", "the list of devices is empty, so the rule would watch nothing")
                .hint("name at least one device, or leave the list out to watch all devices of the profile"))
        }
        Some(devices) if devices.len() > MOST_DEVICES => {
            Err(RuleError::of("devices", format!("{} devices are more than {MOST_DEVICES}", devices.len()))
                .hint("watch the whole profile instead, or make several rules"))
        }
        _ => Ok(()),
    }
}

pub fn field(name: &str) -> Result<(), RuleError> {
    let mut bytes = name.bytes();
    let starts = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let goes_on = bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if starts && goes_on && name.len() <= 64 {
        return Ok(());
    }
    Err(RuleError::of("field", format!("{name:?} is not the name of a field")).hint(
        "fields are stored in lower case with _ for everything else: a device's \"Motor.Temp\" is motor_temp",
    ))
}

pub fn threshold(
    field: &str,
    op: Op,
    limit: f64,
    clear: Option<f64>,
    hold_s: u64,
) -> Result<Threshold, RuleError> {
    finite("limit", limit)?;
    let clear = clear.unwrap_or(limit);
    finite("clear", clear)?;
    let wrong = match op {
        Op::Above => clear > limit,
        Op::Below => clear < limit,
    };
    if wrong {
        let side = if op == Op::Above { "at or below" } else { "at or above" };
        return Err(RuleError::of(
            "clear",
            format!("the clear level {} is on the wrong side of the limit {}", number(clear), number(limit)),
        )
        .hint(format!(
            "a rule that fires {} the limit clears {side} it; leave it out to clear at the limit",
            op.as_str()
        )));
    }
    Ok(Threshold { field: field.to_owned(), op, limit, clear, hold: hold(hold_s)? })
}

pub fn absence(after_s: u64) -> Result<Absence, RuleError> {
    Ok(Absence { after: span("after_s", after_s, 1)? })
}

pub fn rate(
    field: &str,
    by: f64,
    within_s: u64,
    direction: Direction,
    clear: Option<f64>,
    hold_s: u64,
) -> Result<Rate, RuleError> {
    finite("by", by)?;
    if by <= 0.0 {
        return Err(RuleError::of("by", format!("a change by {} cannot be watched for", number(by))).hint(
            "give the size of the change as a number above 0, and its direction as rise, fall or either",
        ));
    }
    let clear = clear.unwrap_or(by);
    finite("clear", clear)?;
    if !(0.0..=by).contains(&clear) {
        return Err(RuleError::of(
            "clear",
            format!("the clear level {} is not between 0 and {}", number(clear), number(by)),
        )
        .hint("the rule can fire again when the change within the window has fallen to the clear level"));
    }
    Ok(Rate {
        field: field.to_owned(),
        by,
        within: span("within_s", within_s, 1)?,
        direction,
        clear,
        hold: hold(hold_s)?,
    })
}

fn hold(seconds: u64) -> Result<Duration, RuleError> {
    span("hold_s", seconds, 0)
}

fn span(name: &'static str, seconds: u64, least: u64) -> Result<Duration, RuleError> {
    if (least..=LONGEST_S).contains(&seconds) {
        return Ok(Duration::from_secs(seconds));
    }
    Err(RuleError::of(name, format!("{seconds} s is not between {least} s and 30 days"))
        .hint("the time is in whole seconds: 600 for ten minutes"))
}

fn finite(name: &'static str, value: f64) -> Result<(), RuleError> {
    if value.is_finite() {
        Ok(())
    } else {
        Err(RuleError::of(name, format!("{value} is not a number to compare with")))
    }
}
