//! Killed with -9 again and again while appending: every acknowledged record is there, once, in order.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use backplane::journal::conformance::read_all;
use backplane::journal::{Journal, LocalJournal, LocalJournalConfig};
use bytes::Bytes;

use super::single;

const KILLS: usize = 25;
const DIRECTORY: &str = "JOURNAL_CRASH_TEST_DIRECTORY";

fn config() -> LocalJournalConfig {
    LocalJournalConfig { segment_bytes: 20_000, ..single() }
}

/// Not a test of its own: the process that the next one kills. It says what was acknowledged, line by line.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is the child of the crash test"]
async fn victim() {
    let Some(dir) = std::env::var_os(DIRECTORY) else { return };
    let journal = LocalJournal::open(dir, config()).unwrap();
    let mut waiting = std::collections::VecDeque::new();
    for n in 0.. {
        let records: Vec<Bytes> =
            (0..3).map(|part| Bytes::from(format!("{} {n} {part}", std::process::id()))).collect();
        waiting.push_back((n, journal.append(records)));
        if waiting.len() > 20 {
            let (n, append) = waiting.pop_front().unwrap();
            let offset = append.await.unwrap();
            let mut out = std::io::stdout().lock();
            writeln!(out, "\nacknowledged {offset} {n}").unwrap();
        }
    }
}

#[tokio::test]
async fn killed_again_and_again_it_loses_nothing_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<(u64, String)> = Vec::new();
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "journal::crash::victim", "--ignored", "--nocapture"])
            .env(DIRECTORY, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let process = child.id();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let enough = acknowledged.len() + 20 + 13 * kill;
        let mut note = |line: std::io::Result<String>| {
            let line = line.unwrap();
            let (offset, n) = line.strip_prefix("acknowledged ")?.split_once(' ')?;
            acknowledged.push((offset.parse().unwrap(), format!("{process} {n}")));
            Some(acknowledged.len())
        };
        while note(lines.next().expect("the victim runs until it is killed")) < Some(enough) {}
        child.kill().unwrap();
        // What it said before it died counts too; its last line may be cut.
        let rest: Vec<_> = lines.collect();
        for line in rest.into_iter().rev().skip(1).rev() {
            note(line);
        }
        child.wait().unwrap();
    }

    let journal = LocalJournal::open(dir.path(), config()).unwrap();
    let all = read_all(&*journal, 0, 1 << 20).await;
    for (offset, append) in &acknowledged {
        for part in 0..3 {
            let entry = &all[usize::try_from(offset + part).unwrap()];
            assert_eq!(entry.bytes, Bytes::from(format!("{append} {part}")), "at {}", entry.offset);
        }
    }
    let distinct: std::collections::HashSet<_> = all.iter().map(|entry| &entry.bytes).collect();
    assert_eq!(distinct.len(), all.len(), "nothing is there twice");
    assert!(all.len() % 3 == 0 && acknowledged.len() > 20 * KILLS);
}
