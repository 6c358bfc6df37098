use backplane::journal::{LocalJournal, LocalJournalConfig};
use bytes::Bytes;
use model::{Body, Connectivity, StatusChange, Timestamp};

use super::*;

async fn journal() -> (tempfile::TempDir, Arc<LocalJournal>) {
    let directory = tempfile::tempdir().unwrap();
    let journal = LocalJournal::open(directory.path(), LocalJournalConfig::default()).unwrap();
    (directory, journal)
}

fn status(tenant: TenantId, reason: &str) -> Bytes {
    let change = StatusChange {
        from: Connectivity::Never,
        to: Connectivity::Online,
        reason: model::Phrase::plain(reason),
    };
    let body = Body::Status(change);
    Record { tenant, device: Some(DeviceId::generate()), at: Timestamp::EPOCH, body }.encode().unwrap()
}

fn interest(tenant: TenantId) -> Interest {
    Interest { tenant, topics: Topics::ALL, device: None }
}

fn reasons(frames: &[Frame]) -> Vec<&str> {
    frames
        .iter()
        .map(|frame| match frame {
            Frame::Status { reason, .. } => reason.as_str(),
            Frame::Gap { .. } => "gap",
            _ => "other",
        })
        .collect()
}

#[tokio::test]
async fn a_client_resumes_where_it_stopped_and_sees_only_its_tenant() {
    let (_directory, journal) = journal().await;
    let (ours, theirs) = (TenantId::generate(), TenantId::generate());
    journal.append(vec![status(ours, "one"), status(theirs, "secret"), status(ours, "two")]).await.unwrap();
    let mut follower = Follower::new(journal.clone(), interest(ours), Some(Cursor::at(0)));
    let frames = follower.next().await.unwrap();
    assert_eq!(reasons(&frames), ["one", "two"]);
    assert!(follower.at_end());

    let Frame::Status { cursor, .. } = &frames[0] else { panic!("not a status") };
    let mut resumed = Follower::new(journal.clone(), interest(ours), Cursor::decode(cursor));
    assert_eq!(reasons(&resumed.next().await.unwrap()), ["two"]);
}

#[tokio::test]
async fn a_new_client_begins_now() {
    let (_directory, journal) = journal().await;
    let ours = TenantId::generate();
    journal.append(vec![status(ours, "before")]).await.unwrap();
    let mut follower = Follower::new(journal.clone(), interest(ours), None);
    journal.append(vec![status(ours, "after")]).await.unwrap();
    assert_eq!(reasons(&follower.next().await.unwrap()), ["after"]);
}

#[tokio::test]
async fn a_cursor_of_another_journal_is_a_gap_and_not_silence() {
    let (_directory, journal) = journal().await;
    let ours = TenantId::generate();
    let mut follower = Follower::new(journal.clone(), interest(ours), Some(Cursor::at(1_000)));
    assert_eq!(reasons(&follower.next().await.unwrap()), ["gap"]);
    journal.append(vec![status(ours, "after")]).await.unwrap();
    assert_eq!(reasons(&follower.next().await.unwrap()), ["after"]);
}
