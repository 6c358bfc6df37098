//! Whether a device is online, silent or offline, and the sentence that says why.

use std::time::Duration;

use model::{Connectivity, Timestamp};

use super::TwinsConfig;
use super::rhythm::{every, span};
use super::twin::Twin;

/// A connection that lasted no longer was a visit: the device comes, says something and leaves. Its rhythm, not the
/// end of its connection, says whether it is well.
const VISIT: Duration = Duration::from_secs(60);

/// What a twin's connectivity should be now. None: what it is.
///
/// `listening` is since when we have been able to hear: before it, silence may be our own.
pub(super) fn judge(
    twin: &Twin,
    now: Timestamp,
    listening: Timestamp,
    config: &TwinsConfig,
) -> Option<(Connectivity, String)> {
    let last_seen = twin.last_seen.filter(|_| twin.contacted)?;
    let (to, reason) = verdict(twin, last_seen, now, listening, config)?;
    let current = twin.announced.unwrap_or(twin.connectivity);
    (to != current).then(|| (to, reason.unwrap_or_else(|| back(twin, current, now))))
}

fn verdict(
    twin: &Twin,
    last_seen: Timestamp,
    now: Timestamp,
    listening: Timestamp,
    config: &TwinsConfig,
) -> Option<(Connectivity, Option<String>)> {
    let quiet = now.since(last_seen.max(listening));
    // Most devices were heard of just now; their rhythm need not be worked out.
    let in_question = quiet > config.shortest_silence.min(config.grace);
    let rhythm = in_question.then(|| twin.intervals.rhythm(config)).flatten();
    let ago = span(now.since(last_seen));
    let overdue = rhythm.filter(|rhythm| quiet > rhythm.silent_after);
    let silent = |tail: &str| {
        let usually = overdue.map_or_else(String::new, |rhythm| format!(", usually {}", every(rhythm.usual)));
        Some((Connectivity::Silent, Some(format!("last message {ago} ago{usually}{tail}"))))
    };
    let online = Some((Connectivity::Online, None));

    if twin.connected {
        return if overdue.is_some() { silent("; its connection is still open") } else { online };
    }
    if let Some(lost) = twin.lost.filter(|lost| last_seen <= *lost) {
        let waited = now.since(lost);
        return (now.since(lost.max(listening)) > config.grace).then(|| {
            let refused = twin.ended.as_ref().is_some_and(|ended| ended.at == lost);
            let ours = if refused { "could not store its messages" } else { "restarted" };
            let reason = format!("has not come back since this server {ours} {} ago", span(waited));
            (Connectivity::Offline, Some(reason))
        });
    }
    if let Some(ended) = twin.ended.as_ref().filter(|ended| last_seen <= ended.at) {
        let left = format!("its connection ended {} ago: {}", span(now.since(ended.at)), ended.reason);
        if ended.at.since(ended.began) > VISIT {
            return Some((Connectivity::Offline, Some(left)));
        }
        return match rhythm {
            Some(_) if overdue.is_some() => silent(""),
            None if quiet > config.grace => Some((Connectivity::Offline, Some(left))),
            _ => online,
        };
    }
    let patience_is_over = match rhythm {
        Some(_) => overdue.is_some(),
        None => quiet > config.unknown_silence,
    };
    if patience_is_over { silent("") } else { online }
}

/// Why a device counts as online.
fn back(twin: &Twin, from: Connectivity, now: Timestamp) -> String {
    let how = match &twin.connection {
        Some(connection) => format!("connected from {} with {}", connection.address, connection.protocol),
        None => "sent a message".to_owned(),
    };
    match from {
        Connectivity::Never => format!("first contact: {how}"),
        Connectivity::Silent => {
            let heard =
                twin.last_seen.map_or_else(String::new, |at| format!(", {} ago", span(now.since(at))));
            format!("is sending again{heard}")
        }
        Connectivity::Offline | Connectivity::Online => how,
    }
}

#[cfg(test)]
mod tests {
    use model::{Body, DeviceEvent, DeviceId, Presence, Record, StatusChange, TenantId};

    use super::*;

    const SECOND: i64 = 1_000_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(1_763_750_000_000_000 + second * SECOND)
    }

    struct Story {
        twin: Twin,
        config: TwinsConfig,
    }

    impl Story {
        fn new() -> Self {
            Self { twin: Twin::new(TenantId::generate()), config: TwinsConfig::default() }
        }

        fn record(&mut self, second: i64, body: Body) {
            let (tenant, device) = (self.twin.tenant, Some(DeviceId::generate()));
            self.twin.apply(Record { tenant, device, at: at(second), body });
        }

        fn connects(&mut self, second: i64) {
            let (protocol, client_id) = ("MQTT 5.0".into(), "c".into());
            self.record(
                second,
                Body::Presence(Presence::Connected { protocol, client_id, address: "1.2.3.4:5".into() }),
            );
        }

        fn leaves(&mut self, second: i64, reason: &str) {
            self.record(second, Body::Presence(Presence::Disconnected { reason: reason.into() }));
        }

        fn sends(&mut self, second: i64) {
            let event =
                DeviceEvent { profile: "p".into(), ts: at(second), identity: None, json: "{\"a\":1}".into() };
            self.record(second, Body::Event(event));
        }

        /// What the monitor would say, and says.
        fn look(&mut self, second: i64, listening: i64) -> Option<(Connectivity, String)> {
            let (to, reason) = judge(&self.twin, at(second), at(listening), &self.config)?;
            let change = StatusChange { from: self.twin.connectivity, to, reason: reason.clone() };
            self.record(second, Body::Status(change));
            Some((to, reason))
        }
    }

    #[test]
    fn a_life_of_a_connected_device() {
        let mut story = Story::new();
        assert_eq!(story.look(0, 0), None);
        story.connects(0);
        let (to, reason) = story.look(0, 0).unwrap();
        assert_eq!(
            (to, reason.as_str()),
            (Connectivity::Online, "first contact: connected from 1.2.3.4:5 with MQTT 5.0")
        );
        for n in 1..=20 {
            story.sends(n * 30);
            assert_eq!(story.look(n * 30, 0), None);
        }
        assert_eq!(story.look(700, 0), None, "100 s is not yet long for a device of 30 s");
        let (to, reason) = story.look(840, 0).unwrap();
        assert_eq!(to, Connectivity::Silent);
        assert_eq!(reason, "last message 4 min ago, usually every 30 s; its connection is still open");
        assert_eq!(story.look(841, 0), None, "said once");
        story.sends(900);
        assert_eq!(story.look(900, 0).unwrap().0, Connectivity::Online);
        story.leaves(910, "keep-alive timed out");
        let (to, reason) = story.look(910, 0).unwrap();
        assert_eq!(to, Connectivity::Offline);
        assert_eq!(reason, "its connection ended 0 s ago: keep-alive timed out");
    }

    #[test]
    fn our_own_deafness_accuses_nobody() {
        let mut story = Story::new();
        story.connects(0);
        (0..20).for_each(|n| story.sends(n * 30));
        story.look(570, 0);
        assert_eq!(story.look(4_000, 3_990), None, "we only listen again since ten seconds");
        assert_eq!(story.look(4_200, 3_990).unwrap().0, Connectivity::Silent);
    }

    #[test]
    fn a_visitor_is_judged_by_its_rhythm() {
        let mut story = Story::new();
        for n in 0..10 {
            story.connects(n * 300);
            story.sends(n * 300);
            story.leaves(n * 300 + 1, "client disconnected");
            story.look(n * 300 + 2, 0);
        }
        assert_eq!(story.twin.connectivity, Connectivity::Online);
        let (to, reason) = story.look(2_700 + 1_300, 0).unwrap();
        assert_eq!(to, Connectivity::Silent);
        assert!(reason.contains("usually every 5 min"), "{reason}");
    }

    #[test]
    fn a_restart_of_ours_gives_everyone_time_to_come_back() {
        let mut story = Story::new();
        story.connects(0);
        story.sends(1);
        story.look(1, 0);
        story.twin.connected = false;
        story.twin.lost = Some(at(100));
        assert_eq!(story.look(130, 100), None);
        let (to, reason) = story.look(200, 100).unwrap();
        assert_eq!(
            (to, reason.as_str()),
            (Connectivity::Offline, "has not come back since this server restarted 100 s ago")
        );
        story.connects(210);
        assert_eq!(story.look(210, 100).unwrap().0, Connectivity::Online);
    }

    #[test]
    fn our_shutdown_is_not_their_leaving() {
        let mut story = Story::new();
        story.connects(0);
        story.look(0, 0);
        story.leaves(100, "the server is shutting down; connect again in a moment");
        assert_eq!(story.look(110, 0), None);
        assert_eq!(story.look(200, 0).unwrap().0, Connectivity::Offline);
    }

    #[test]
    fn a_connection_that_we_ended_over_a_full_disk_is_not_their_leaving() {
        let mut story = Story::new();
        story.connects(0);
        story.look(0, 0);
        story.leaves(100, "messages cannot be stored right now (the disk is full); send them again");
        assert_eq!(story.look(110, 0), None);
        assert_eq!(story.look(5_000, 4_990), None, "we only listen again since ten seconds");
        let (to, reason) = story.look(5_100, 4_990).unwrap();
        assert_eq!(to, Connectivity::Offline);
        assert_eq!(reason, "has not come back since this server could not store its messages 83 min ago");
        story.connects(5_110);
        assert_eq!(story.look(5_110, 4_990).unwrap().0, Connectivity::Online);
    }

    #[test]
    fn a_new_connection_takes_the_place_of_the_old() {
        let mut story = Story::new();
        story.connects(0);
        story.connects(100);
        assert_eq!(story.look(101, 0).unwrap().0, Connectivity::Online);
        story.leaves(200, "reset by peer");
        assert_eq!(story.look(200, 0).unwrap().0, Connectivity::Offline, "the last one's end is the end");
    }
}
