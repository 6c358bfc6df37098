//! What a telemetry rule must satisfy, and how it is explained when it does not.

use std::time::Duration;

use model::{DeviceId, Phrase, phrase};

use super::{Absence, Rate, Threshold};
use crate::error::RuleError;
use crate::rule::{Direction, Op};

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
        let message =
            phrase!("not_a_profile", "\"{profile}\" is not the name of a profile", profile = profile);
        return Err(RuleError::of("profile", message).hint(phrase!(
            "not_a_profile_hint",
            "use the profile's name as the device list shows it: lower-case letters, digits and _",
        )));
    }
    match devices {
        Some([]) => {
            let message =
                phrase!("no_devices", "the list of devices is empty, so the rule would watch nothing");
            Err(RuleError::of("devices", message).hint(phrase!(
                "no_devices_hint",
                "name at least one device, or leave the list out to watch all devices of the profile",
            )))
        }
        Some(devices) if devices.len() > MOST_DEVICES => {
            let message = phrase!(
                "too_many_devices",
                "{count} devices are more than {most}",
                count = devices.len(),
                most = MOST_DEVICES,
            );
            Err(RuleError::of("devices", message).hint(phrase!(
                "too_many_devices_hint",
                "watch the whole profile instead, or make several rules",
            )))
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
    let message = phrase!("not_a_field", "\"{field}\" is not the name of a field", field = name);
    Err(RuleError::of("field", message).hint(phrase!(
        "not_a_field_hint",
        "fields are stored in lower case with _ for everything else: a device's \"Motor.Temp\" is motor_temp",
    )))
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
        let message = phrase!(
            "clear_on_the_wrong_side",
            "the clear level {clear} is on the wrong side of the limit {limit}",
            clear = clear,
            limit = limit,
        );
        return Err(RuleError::of("clear", message).hint(clear_side(op)));
    }
    Ok(Threshold { field: field.to_owned(), op, limit, clear, hold: hold(hold_s)? })
}

fn clear_side(op: Op) -> Phrase {
    match op {
        Op::Above => phrase!(
            "clear_below",
            "a rule that fires above the limit clears at or below it; leave it out to clear at the limit",
        ),
        Op::Below => phrase!(
            "clear_above",
            "a rule that fires below the limit clears at or above it; leave it out to clear at the limit",
        ),
    }
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
        let message = phrase!("change_not_positive", "a change by {by} cannot be watched for", by = by);
        return Err(RuleError::of("by", message).hint(phrase!(
            "change_not_positive_hint",
            "give the size of the change as a number above 0, and its direction as rise, fall or either",
        )));
    }
    let clear = clear.unwrap_or(by);
    finite("clear", clear)?;
    if !(0.0..=by).contains(&clear) {
        let message = phrase!(
            "clear_out_of_range",
            "the clear level {clear} is not between 0 and {by}",
            clear = clear,
            by = by,
        );
        return Err(RuleError::of("clear", message).hint(phrase!(
            "clear_out_of_range_hint",
            "the rule can fire again when the change within the window has fallen to the clear level",
        )));
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
    let message = phrase!(
        "span_out_of_range",
        "{seconds} s is not between {least} s and 30 days",
        seconds = seconds,
        least = least,
    );
    Err(RuleError::of(name, message)
        .hint(phrase!("span_hint", "the time is in whole seconds: 600 for ten minutes")))
}

fn finite(name: &'static str, value: f64) -> Result<(), RuleError> {
    if value.is_finite() {
        Ok(())
    } else {
        let message =
            phrase!("not_finite", "{value} is not a number to compare with", value = value.to_string());
        Err(RuleError::of(name, message))
    }
}
