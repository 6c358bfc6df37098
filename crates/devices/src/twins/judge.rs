//! Whether a device is online, silent or offline, and why.

use std::time::Duration;

use model::{Connectivity, Phrase, Timestamp, phrase};

use super::TwinsConfig;
use super::twin::Twin;
use super::view::Rhythm;

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
) -> Option<(Connectivity, Phrase)> {
    let last_seen = twin.last_seen.filter(|_| twin.contacted)?;
    let (to, reason) = verdict(twin, last_seen, now, listening, config)?;
    let current = twin.announced.unwrap_or(twin.connectivity);
    // Our own deafness excuses; it brings nobody back.
    let gone = matches!(current, Connectivity::Silent | Connectivity::Offline);
    if gone && to == Connectivity::Online {
        let unexcused = verdict(twin, last_seen, now, Timestamp::EPOCH, config);
        unexcused.filter(|(to, _)| *to == Connectivity::Online)?;
    }
    (to != current).then(|| (to, reason.unwrap_or_else(|| back(twin, current))))
}

fn verdict(
    twin: &Twin,
    last_seen: Timestamp,
    now: Timestamp,
    listening: Timestamp,
    config: &TwinsConfig,
) -> Option<(Connectivity, Option<Phrase>)> {
    let quiet = now.since(last_seen.max(listening));
    // Most devices were heard of just now; their rhythm need not be worked out.
    let in_question = quiet > config.shortest_silence.min(config.grace);
    let rhythm = in_question.then(|| twin.intervals.rhythm(config)).flatten();
    let overdue = rhythm.filter(|rhythm| quiet > rhythm.silent_after);
    let silent = || Some((Connectivity::Silent, Some(silence(twin, last_seen, overdue))));
    let online = Some((Connectivity::Online, None));

    if twin.connected {
        return if overdue.is_some() { silent() } else { online };
    }
    if let Some(lost) = twin.lost.filter(|lost| last_seen <= *lost) {
        return (now.since(lost.max(listening)) > config.grace).then(|| {
            let refused = twin.ended.as_ref().is_some_and(|ended| ended.at == lost);
            let reason = if refused {
                phrase!(
                    "not_back_since_refused_at",
                    "has not come back since this server could not store its messages ({lost_at})",
                    lost_at = lost,
                )
            } else {
                phrase!(
                    "not_back_since_restarted_at",
                    "has not come back since this server restarted ({lost_at})",
                    lost_at = lost,
                )
            };
            (Connectivity::Offline, Some(reason))
        });
    }
    if let Some(ended) = twin.ended.as_ref().filter(|ended| last_seen <= ended.at) {
        let left = phrase!(
            "connection_ended_at",
            "its connection ended {ended_at}: {cause}",
            ended_at = ended.at,
            cause = ended.reason.clone(),
        );
        if ended.at.since(ended.began) > VISIT {
            return Some((Connectivity::Offline, Some(left)));
        }
        return match rhythm {
            Some(_) if overdue.is_some() => silent(),
            None if quiet > config.grace => Some((Connectivity::Offline, Some(left))),
            _ => online,
        };
    }
    let patience_is_over = match rhythm {
        Some(_) => overdue.is_some(),
        None => quiet > config.unknown_silence,
    };
    if patience_is_over { silent() } else { online }
}

/// Why a device counts as online.
fn back(twin: &Twin, from: Connectivity) -> Phrase {
    let how = match &twin.connection {
        Some(connection) => phrase!(
            "connected_from",
            "connected from {address} with {protocol}",
            address = connection.address.as_str(),
            protocol = connection.protocol.as_str(),
        ),
        None => phrase!("sent_a_message", "sent a message"),
    };
    match from {
        Connectivity::Never => phrase!("first_contact", "first contact: {how}", how = how),
        Connectivity::Silent => phrase!("heard_again", "is heard of again: {how}", how = how),
        Connectivity::Online | Connectivity::Offline => how,
    }
}

/// Why a device counts as silent: it was quiet for too long, by this rhythm if one is known. The sentence is read later
/// too, so it names the moment, not its age.
fn silence(twin: &Twin, last_seen: Timestamp, overdue: Option<Rhythm>) -> Phrase {
    let Some(rhythm) = overdue else {
        return phrase!("quiet_since", "last message {last_at}", last_at = last_seen);
    };
    let usual = in_seconds(rhythm.usual).max(Duration::from_secs(1));
    if twin.connected {
        return phrase!(
            "quiet_since_while_connected",
            "last message {last_at}, usually every {usual_s}; its connection is still open",
            last_at = last_seen,
            usual_s = usual,
        );
    }
    phrase!(
        "quiet_since_overdue",
        "last message {last_at}, usually every {usual_s}",
        last_at = last_seen,
        usual_s = usual
    )
}

/// People are told of whole seconds.
fn in_seconds(length: Duration) -> Duration {
    Duration::from_secs_f64(length.as_secs_f64().round())
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
            self.record(second, Body::Presence(Presence::Disconnected { reason: Phrase::plain(reason) }));
        }

        fn sends(&mut self, second: i64) {
            let event =
                DeviceEvent { profile: "p".into(), ts: at(second), identity: None, json: "{\"a\":1}".into() };
            self.record(second, Body::Event(event));
        }

        /// What the monitor would say, and says.
        fn look(&mut self, second: i64, listening: i64) -> Option<(Connectivity, Phrase)> {
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
            (to, reason.text()),
            (Connectivity::Online, "first contact: connected from 1.2.3.4:5 with MQTT 5.0")
        );
        for n in 1..=20 {
            story.sends(n * 30);
            assert_eq!(story.look(n * 30, 0), None);
        }
        assert_eq!(story.look(700, 0), None, "100 s is not yet long for a device of 30 s");
        let (to, reason) = story.look(840, 0).unwrap();
        assert_eq!(to, Connectivity::Silent);
        assert_eq!(reason.code(), "quiet_since_while_connected");
        assert!(reason.text().ends_with("usually every 30 s; its connection is still open"), "{reason}");
        assert_eq!(reason.params().get("last_at"), Some(&serde_json::json!(at(600))));
        assert_eq!(reason.params().get("usual_s"), Some(&serde_json::json!(30)));
        assert_eq!(story.look(841, 0), None, "said once");
        story.sends(900);
        assert_eq!(story.look(900, 0).unwrap().0, Connectivity::Online);
        story.leaves(910, "keep-alive timed out");
        let (to, reason) = story.look(910, 0).unwrap();
        assert_eq!(to, Connectivity::Offline);
        assert_eq!(reason.code(), "connection_ended_at");
        assert!(reason.text().ends_with(": keep-alive timed out"), "{reason}");
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
    fn our_own_deafness_brings_nobody_back() {
        let mut silent = Story::new();
        silent.connects(0);
        (0..20).for_each(|n| silent.sends(n * 30));
        silent.look(570, 0);
        assert_eq!(silent.look(900, 0).unwrap().0, Connectivity::Silent);
        let mut gone = Story::new();
        gone.connects(0);
        gone.sends(0);
        gone.look(0, 0);
        gone.leaves(1, "the client said goodbye");
        assert_eq!(gone.look(900, 0).unwrap().0, Connectivity::Offline);
        for story in [&mut silent, &mut gone] {
            assert_eq!(story.look(1_000, 995), None, "nothing came since we listen again");
            story.sends(1_010);
            assert_eq!(story.look(1_010, 995).unwrap().0, Connectivity::Online);
        }
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
        assert!(reason.text().contains("usually every 5 min"), "{reason}");
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
        assert_eq!((to, reason.code()), (Connectivity::Offline, "not_back_since_restarted_at"));
        story.connects(210);
        assert_eq!(story.look(210, 100).unwrap().0, Connectivity::Online);
    }

    #[test]
    fn our_shutdown_is_not_their_leaving() {
        let mut story = Story::new();
        story.connects(0);
        story.look(0, 0);
        story.record(100, Body::Presence(Presence::Disconnected { reason: Phrase::server_shutting_down() }));
        assert_eq!(story.look(110, 0), None);
        assert_eq!(story.look(200, 0).unwrap().0, Connectivity::Offline);
    }

    #[test]
    fn a_connection_that_we_ended_over_a_full_disk_is_not_their_leaving() {
        let mut story = Story::new();
        story.connects(0);
        story.look(0, 0);
        let reason = phrase!("not_stored_now", "messages cannot be stored right now");
        story.record(100, Body::Presence(Presence::Disconnected { reason }));
        assert_eq!(story.look(110, 0), None);
        assert_eq!(story.look(5_000, 4_990), None, "we only listen again since ten seconds");
        let (to, reason) = story.look(5_100, 4_990).unwrap();
        assert_eq!((to, reason.code()), (Connectivity::Offline, "not_back_since_refused_at"));
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
