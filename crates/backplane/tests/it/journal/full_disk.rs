//! A real disk that is really full: a small tmpfs in a mount namespace of the child's own.

use std::path::Path;
use std::process::Command;

use backplane::journal::conformance::read_all;
use backplane::journal::{Journal, JournalError, LocalJournal, LocalJournalConfig};

use super::{record, single};

const DIRECTORY: &str = "JOURNAL_FULL_DISK_TEST_DIRECTORY";
const MOUNT: &str = r#"mount -t tmpfs -o size=1m tmpfs "$1" || exit 77; shift; exec "$@""#;

#[test]
fn a_real_full_disk_refuses_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", MOUNT, "sh"])
        .arg(dir.path())
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "journal::full_disk::on_a_small_disk", "--ignored", "--nocapture"])
        .env(DIRECTORY, dir.path())
        .output();
    match output {
        Ok(output) if output.status.success() => {}
        Ok(output) if matches!(output.status.code(), Some(1 | 77)) && !said_test_ran(&output.stdout) => {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            eprintln!("SKIPPED: a small file system cannot be mounted here ({})", why.trim());
        }
        Ok(output) => {
            panic!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        }
        Err(error) => eprintln!("SKIPPED: unshare cannot be started ({error})"),
    }
}

fn said_test_ran(stdout: &[u8]) -> bool {
    String::from_utf8_lossy(stdout).contains("running 1 test")
}

#[tokio::test]
#[ignore = "it is the child of the test above"]
async fn on_a_small_disk() {
    let Some(dir) = std::env::var_os(DIRECTORY) else { return };
    let dir = Path::new(&dir);
    let ballast = dir.join("ballast");
    std::fs::write(&ballast, vec![1; 300 << 10]).unwrap();
    let config = LocalJournalConfig { segment_bytes: 100 << 10, ..single() };
    let journal = LocalJournal::open(dir.join("journal"), config.clone()).unwrap();
    let mut kept = 0;
    let refused = loop {
        match journal.append(vec![record(format!("{kept} {}", "x".repeat(5_000)))]).await {
            Ok(offset) => {
                assert_eq!(offset, kept);
                kept += 1;
            }
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, JournalError::Full { .. }), "{refused}");
    assert!(journal.stats().refusing);
    assert!(kept > 50);
    for _ in 0..20 {
        assert!(journal.append(vec![record("x".repeat(9_000))]).await.is_err());
    }
    journal.commit("lake", kept / 2).await.expect("readers go on");
    journal.close().await;

    let journal = LocalJournal::open(dir.join("journal"), config).expect("it starts on a full disk");
    assert_eq!((journal.end(), journal.committed("lake").await), (kept, Ok(Some(kept / 2))));
    assert!(journal.append(vec![record("x".repeat(9_000))]).await.is_err());
    std::fs::remove_file(ballast).unwrap();
    assert_eq!(journal.append(vec![record("x".repeat(9_000))]).await, Ok(kept));
    assert!(!journal.stats().refusing);
    let all = read_all(&*journal, 0, 1 << 20).await;
    assert!((0..kept).zip(&all).all(|(n, entry)| entry.bytes.starts_with(format!("{n} ").as_bytes())));
    assert_eq!(all.len() as u64, kept + 1);
}
