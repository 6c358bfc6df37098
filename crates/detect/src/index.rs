//! One tenant's telemetry rules by profile, field and device, so that a record meets only the rules that ask for it.

use std::collections::HashMap;
use std::sync::Arc;

use model::DeviceId;

use crate::compile::{Compiled, Plan};

#[derive(Default)]
pub struct TelemetryIndex {
    fields: HashMap<String, HashMap<String, Audience>>,
    absence: HashMap<Option<String>, Audience>,
}

#[derive(Default)]
struct Audience {
    all: Vec<Arc<Compiled>>,
    some: HashMap<DeviceId, Vec<Arc<Compiled>>>,
}

impl Audience {
    fn add(&mut self, rule: &Arc<Compiled>, devices: Option<&[DeviceId]>) {
        match devices {
            None => self.all.push(Arc::clone(rule)),
            Some(devices) => {
                for device in devices {
                    self.some.entry(*device).or_default().push(Arc::clone(rule));
                }
            }
        }
    }

    fn of(&self, device: DeviceId) -> impl Iterator<Item = &Arc<Compiled>> {
        self.all.iter().chain(self.some.get(&device).into_iter().flatten())
    }
}

impl TelemetryIndex {
    pub fn add(&mut self, rule: &Arc<Compiled>) {
        let (profile, devices) = rule.rule.spec.target();
        match &rule.plan {
            Plan::Sigma(_) => {}
            Plan::Absence(_) => {
                self.absence.entry(profile.map(str::to_owned)).or_default().add(rule, devices)
            }
            Plan::Threshold(_) | Plan::Rate(_) => {
                if let Some((profile, field)) = rule.series() {
                    let fields = self.fields.entry(profile.to_owned()).or_default();
                    fields.entry(field.to_owned()).or_default().add(rule, devices);
                }
            }
        }
    }

    /// The fields of a profile that any rule asks for.
    pub fn profile(&self, profile: &str) -> Option<Fields<'_>> {
        self.fields.get(profile).map(|fields| Fields { fields })
    }

    /// The absence rules that a device's messages keep quiet.
    pub fn absence(&self, profile: Option<&str>, device: DeviceId) -> impl Iterator<Item = &Arc<Compiled>> {
        let named = profile.and_then(|profile| self.absence.get(&Some(profile.to_owned())));
        let any = self.absence.get(&None);
        named.into_iter().chain(any).flat_map(move |audience| audience.of(device))
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.absence.is_empty()
    }

    pub fn watches_absence(&self) -> bool {
        !self.absence.is_empty()
    }
}

#[derive(Clone, Copy)]
pub struct Fields<'a> {
    fields: &'a HashMap<String, Audience>,
}

impl<'a> Fields<'a> {
    pub fn rules(&self, field: &str, device: DeviceId) -> impl Iterator<Item = &'a Arc<Compiled>> {
        self.fields.get(field).into_iter().flat_map(move |audience| audience.of(device))
    }
}
