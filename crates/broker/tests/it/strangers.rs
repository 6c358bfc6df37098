//! Whatever arrives, the broker neither panics nor loses its head: random bytes, and good packets gone bad.

use crate::raw::{Hello, LASTING, Raw, V3, V5, ack, publish, publish_with, publish5, subscribe};
use crate::stage::{Stage, until};
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A small generator with a fixed seed, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % limit as u64).unwrap()
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.roll().to_le_bytes()[0]).collect()
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut properties = vec![0x23, 0, 3, 0x26];
    properties.extend(crate::raw::text("unit"));
    properties.extend(crate::raw::text("C"));
    vec![
        V3.packet(),
        Hello { properties: LASTING, will: Some((0x0c, "events", "{}")), ..V5 }.packet(),
        publish("telemetry", "{}", 1, 1, false),
        publish5("telemetry", "{}", 2, 2),
        publish_with("telemetry", "{}", 1, 3, 0, Some(&properties)),
        subscribe(4, 1, "commands/#", 1),
        subscribe(5, 1, "commands/#", 1),
        ack(0x40, 1),
        ack(0x50, 2),
        ack(0x62, 2),
        ack(0x70, 2),
        vec![0xc0, 0],
        vec![0xe0, 6, 0, 5, 0x11, 0, 0, 0],
        vec![0xf0, 2, 0x18, 0],
    ]
}

fn mutated(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..=dice.below(4) {
        bytes.extend(&seeds[dice.below(seeds.len())]);
    }
    for _ in 0..dice.below(6) {
        let at = dice.below(bytes.len());
        match dice.below(4) {
            0 => bytes[at] = dice.roll().to_le_bytes()[0],
            1 => bytes[at] ^= 1 << dice.below(8),
            2 => bytes.truncate(at.max(1)),
            _ => bytes.insert(at, 0xff),
        }
    }
    bytes
}

#[tokio::test]
async fn random_and_mutated_bytes_never_panic() {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if info.location().is_some_and(|place| !place.file().contains("tests/it")) {
            PANICS.fetch_add(1, Ordering::SeqCst);
        }
        before(info);
    }));
    let stage = Stage::with(|config| config.connect_timeout = Duration::from_millis(200)).await;
    let mut dice = Dice(0x5eed_0003);
    let seeds = seeds();
    let give_up = Instant::now() + Duration::from_secs(5);
    let mut tried = 0;
    while tried < 3000 && Instant::now() < give_up {
        let mut raw = Raw::open(stage.broker.local_addr()).await;
        let bytes = match tried % 4 {
            0 => {
                let length = 1 + dice.below(200);
                dice.bytes(length)
            }
            1 => mutated(&mut dice, &seeds),
            version => {
                let mut bytes = if version == 2 { V3.packet() } else { V5.packet() };
                bytes.extend(mutated(&mut dice, &seeds));
                bytes
            }
        };
        raw.try_send(&bytes).await;
        tried += 1;
    }
    assert!(tried > 200, "only {tried} tries");
    let _sane = Raw::connect(&stage, V3).await;
    until("the strangers left", || stage.broker.stats().connections == 1).await;
    until("nothing is open", || stage.broker.stats().unacked_bytes == 0).await;
    assert_eq!(PANICS.load(Ordering::SeqCst), 0, "a task panicked");
}
