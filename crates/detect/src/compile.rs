//! From what a rule says to what can run, or to why it cannot.

use model::{DeviceId, Phrase, RuleId, TenantId, phrase};
use rsigma_parser::SigmaRule;

use crate::error::RuleError;
use crate::rule::{Rule, RuleSpec};
use crate::sigma;
use crate::telemetry::{Absence, Rate, Threshold, check};

/// A rule that passed all checks and is ready for a [`crate::Detector`].
#[derive(Clone, Debug)]
pub struct Compiled {
    pub(crate) rule: Rule,
    pub(crate) fingerprint: u64,
    pub(crate) plan: Plan,
}

#[derive(Clone, Debug)]
pub(crate) enum Plan {
    Sigma(Box<SigmaRule>),
    Threshold(Threshold),
    Absence(Absence),
    Rate(Rate),
}

/// What a rule hears.
#[derive(Clone, Debug, PartialEq)]
pub struct Listening {
    /// Every device's events or telemetry can reach it; otherwise only events of a special form do.
    pub to_devices: bool,
    /// For people.
    pub note: Phrase,
}

impl Compiled {
    #[must_use]
    pub const fn id(&self) -> RuleId {
        self.rule.id
    }

    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.rule.tenant
    }

    #[must_use]
    pub const fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The profile whose devices it watches; none for rules that hear every profile.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.rule.spec.target().0
    }

    /// The only devices that it watches, if it names any.
    #[must_use]
    pub fn devices(&self) -> Option<&[DeviceId]> {
        self.rule.spec.target().1
    }

    /// The profile and field whose history a preview needs; none for rules over events.
    #[must_use]
    pub fn series(&self) -> Option<(&str, &str)> {
        match &self.rule.spec {
            RuleSpec::Threshold { profile, field, .. } | RuleSpec::RateOfChange { profile, field, .. } => {
                Some((profile, field))
            }
            RuleSpec::Sigma { .. } | RuleSpec::Absence { .. } => None,
        }
    }

    #[must_use]
    pub fn listening(&self) -> Listening {
        match &self.plan {
            Plan::Sigma(rule) => sigma::listening(&rule.logsource),
            Plan::Threshold(_) | Plan::Absence(_) | Plan::Rate(_) => {
                let (profile, devices) = self.rule.spec.target();
                let note = match (profile, devices) {
                    (_, Some([_])) => phrase!("watches_one_device", "watches one device"),
                    (_, Some(devices)) => {
                        phrase!("watches_devices", "watches {count} devices", count = devices.len())
                    }
                    (Some(profile), None) => phrase!(
                        "watches_profile",
                        "watches all devices of the profile {profile}",
                        profile = profile,
                    ),
                    (None, None) => phrase!("watches_all_devices", "watches all devices"),
                };
                Listening { to_devices: true, note }
            }
        }
    }
}

impl RuleSpec {
    pub(crate) fn target(&self) -> (Option<&str>, Option<&[DeviceId]>) {
        match self {
            Self::Sigma { .. } => (None, None),
            Self::Absence { profile, devices, .. } => (profile.as_deref(), devices.as_deref()),
            Self::Threshold { profile, devices, .. } | Self::RateOfChange { profile, devices, .. } => {
                (Some(profile), devices.as_deref())
            }
        }
    }
}

/// Checks a rule and prepares it. A disabled rule compiles like any other; it is the caller who leaves it out.
///
/// # Errors
/// The rule cannot work; the error says where and what to change.
pub fn compile(rule: &Rule) -> Result<Compiled, RuleError> {
    let plan = match &rule.spec {
        RuleSpec::Sigma { yaml } => {
            let mut parsed = sigma::parse(yaml)?;
            // The engine reports matches by this id: ours, whatever the author's was.
            parsed.id = Some(rule.id.to_string());
            Plan::Sigma(Box::new(parsed))
        }
        RuleSpec::Threshold { profile, devices, field, op, limit, clear, hold_s } => {
            check::target(profile, devices.as_deref())?;
            check::field(field)?;
            Plan::Threshold(check::threshold(field, *op, *limit, *clear, *hold_s)?)
        }
        RuleSpec::Absence { profile, devices, after_s } => {
            check::target(profile.as_deref().unwrap_or("any"), devices.as_deref())?;
            Plan::Absence(check::absence(*after_s)?)
        }
        RuleSpec::RateOfChange { profile, devices, field, by, within_s, direction, clear, hold_s } => {
            check::target(profile, devices.as_deref())?;
            check::field(field)?;
            Plan::Rate(check::rate(field, *by, *within_s, *direction, *clear, *hold_s)?)
        }
    };
    Ok(Compiled { rule: rule.clone(), fingerprint: rule.spec.fingerprint(), plan })
}
