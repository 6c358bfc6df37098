//! The present: every device measures at its own pace, some have faults, and one is attacked.

use std::time::Duration;

use model::{Clock, SystemClock, Timestamp};
use serde_json::{Value as Json, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use crate::attack;
use crate::fault::{self, Course, Fault};
use crate::link::{Endpoint, Link};
use crate::register::Registered;
use crate::signals;
use crate::wave::{Moment, unit};

/// New connections are spread over so long, as after a power cut.
const ARRIVAL: Duration = Duration::from_secs(3);

pub struct Fleet {
    devices: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Fleet {
    /// Every device says goodbye.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.devices.join_next().await.is_some() {}
    }
}

pub fn start(members: Vec<Registered>, endpoint: &Endpoint, live: Timestamp) -> Fleet {
    let (stop, stopped) = watch::channel(false);
    let mut devices = JoinSet::new();
    for registered in members {
        let device = Device { registered, endpoint: endpoint.clone(), live: live.as_millis() };
        devices.spawn(device.run(stopped.clone()));
    }
    Fleet { devices, stop }
}

struct Device {
    registered: Registered,
    endpoint: Endpoint,
    /// When the present began, in milliseconds.
    live: i64,
}

impl Device {
    async fn run(self, mut stopped: watch::Receiver<bool>) {
        let member = &self.registered.member;
        let started = Instant::now();
        sleep(ARRIVAL.mul_f64(unit(member.seed, 1))).await;
        let mut link = Some(self.connect());
        if let (Some(link), None) = (&link, self.registered.last_seen) {
            self.remember(link);
        }
        let story = (member.name == attack::TARGET).then(attack::story).unwrap_or_default();
        let mut story = story.into_iter().peekable();
        let mut tick = interval_at(Instant::now(), member.kind.interval());
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut round = 0_u32;
        loop {
            let next_event = story.peek().map(|(at, _)| started + *at);
            tokio::select! {
                _ = stopped.changed() => break,
                () = sleep_until(next_event), if next_event.is_some() => {
                    if let (Some((_, event)), Some(link)) = (story.next(), &link) {
                        link.publish("events", event.to_string());
                    }
                }
                _ = tick.tick() => {
                    if member.fault == Some(Fault::GoingOffline) {
                        self.come_or_go(&mut link, started.elapsed());
                    }
                    if let Some(link) = &link {
                        self.measure(link, round);
                        self.notice(link, round);
                    }
                    round = round.wrapping_add(1);
                }
            }
        }
        if let Some(link) = link {
            link.leave().await;
        }
    }

    fn connect(&self) -> Link {
        Link::connect(&self.endpoint, &self.registered.device)
    }

    fn come_or_go(&self, link: &mut Option<Link>, since_start: Duration) {
        match (fault::away(since_start.as_secs_f64()), link.is_some()) {
            (true, true) => *link = None,
            (false, false) => *link = Some(self.connect()),
            _ => {}
        }
    }

    fn measure(&self, link: &Link, round: u32) {
        let member = &self.registered.member;
        let ms = SystemClock.now().as_millis();
        let values = signals::values(
            member.kind,
            Moment { seed: member.seed, ms },
            Course::of(member.fault, ms, self.live),
        );
        match (member.fault, round % 6) {
            (Some(Fault::BrokenPayloads), 2) => {
                link.publish("telemetry", r#"{"power_kw": 12.4, "voltage": "#)
            }
            (Some(Fault::BrokenPayloads), 4) => {
                link.publish("telemetry", r#"{"power_kw":"n/a","voltage":229.8}"#)
            }
            _ => link.publish("telemetry", json!({ "ts": ms, "values": values }).to_string()),
        }
    }

    /// Now and then something happens that is worth an event and no reason to worry.
    fn notice(&self, link: &Link, round: u32) {
        let member = &self.registered.member;
        if unit(member.seed ^ 0xe7e7, i64::from(round)) < 0.008
            && let Some(event) = everyday(&self.registered, i64::from(round))
        {
            link.publish("events", event.to_string());
        }
    }

    /// Everyday events of the past days, for a device that has no past yet.
    fn remember(&self, link: &Link) {
        for n in 1..=6_i64 {
            let hours = n as f64 * 24.0 - 20.0 * unit(self.registered.member.seed ^ 0x9a57, n);
            if let Some(mut event) = everyday(&self.registered, -n) {
                if let Some(event) = event.as_object_mut() {
                    event.insert("ts".to_owned(), (self.live - (hours * 3_600_000.0) as i64).into());
                }
                link.publish("events", event.to_string());
            }
        }
    }
}

async fn sleep_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

fn everyday(registered: &Registered, n: i64) -> Option<Json> {
    use crate::kind::Kind;
    let member = &registered.member;
    let person =
        ["m.keller", "a.dubois", "s.okafor", "j.lind"].get((member.seed ^ n.cast_unsigned()) as usize % 4)?;
    let address = format!("192.0.2.{}", 10 + (member.seed % 40));
    Some(match member.kind {
        Kind::Camera => {
            json!({ "category": "authentication", "action": "login", "outcome": "success", "user": "operator",
            "service": "https", "source_ip": address, "failures_in_a_row": 0, "simulated": true })
        }
        Kind::DoorLock => {
            json!({ "category": "access", "action": "unlock", "outcome": "success", "user": person,
            "method": "badge", "simulated": true })
        }
        Kind::Gateway => {
            json!({ "category": "network", "action": "link_up", "interface": "eth0", "simulated": true })
        }
        Kind::MachineSensor => {
            json!({ "category": "operation", "action": "changeover", "user": person, "simulated": true })
        }
        Kind::Thermostat | Kind::EnergyMeter => return None,
    })
}
