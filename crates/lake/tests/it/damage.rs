//! A damaged file is said, kept out, and harms nothing else.

use model::DeviceId;
use serde_json::json;

use crate::place::{NOON, Place, number};

async fn two_files(place: &Place) {
    for at in 0..2 {
        place.send("thermostat", DeviceId::generate(), NOON + at, &[("t", number(1.0))]).await;
        place.send("camera", DeviceId::generate(), NOON + at, &[("t", number(1.0))]).await;
        place.lake.flush().await.unwrap();
    }
}

async fn spoil(place: Place, spoil: impl Fn(&std::path::Path)) -> Place {
    two_files(&place).await;
    let file =
        place.parquet_files().into_iter().find(|file| file.to_string_lossy().contains("thermostat")).unwrap();
    let place = place.restart().await;
    spoil(&file);
    let rows = place.query("SELECT count(*), sum(t) FROM thermostat").await;
    assert_eq!(rows.rows, [[json!(1), json!(1.0)]]);
    assert_eq!(rows.warnings.len(), 1, "{:?}", rows.warnings);
    assert!(rows.warnings[0].text().contains("1 file of table thermostat left out"), "{:?}", rows.warnings);
    let rows = place.query("SELECT count(*) FROM camera").await;
    assert_eq!((rows.rows, rows.warnings), (vec![vec![json!(2)]], Vec::new()));
    let stats = place.lake.stats();
    assert_eq!((stats.quarantined_files, stats.quarantined_rows, stats.files), (1, 1, 3));
    let place = place.restart().await;
    assert_eq!(place.lake.stats().quarantined_files, 1, "it is remembered");
    assert_eq!(place.query("SELECT t FROM thermostat").await.warnings.len(), 1);
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_file() {
    spoil(Place::new().await, |file| {
        let bytes = std::fs::read(file).unwrap();
        std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_anywhere() {
    for part in [4, 2] {
        spoil(Place::new().await, |file| {
            let mut bytes = std::fs::read(file).unwrap();
            let at = bytes.len() / part;
            bytes[at] ^= 0x40;
            std::fs::write(file, bytes).unwrap();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoilt_footer() {
    spoil(Place::new().await, |file| {
        let mut bytes = std::fs::read(file).unwrap();
        let at = bytes.len() - 3;
        bytes[at] = b'?';
        std::fs::write(file, bytes).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_file() {
    spoil(Place::new().await, |file| std::fs::remove_file(file).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_rots_while_the_lake_runs() {
    let place = Place::new().await;
    two_files(&place).await;
    assert_eq!(place.cell("SELECT sum(t) FROM thermostat").await, json!(2.0));
    let file =
        place.parquet_files().into_iter().find(|file| file.to_string_lossy().contains("thermostat")).unwrap();
    let zeros = vec![0; std::fs::metadata(&file).unwrap().len() as usize];
    std::fs::write(&file, zeros).unwrap();
    let rows = place.query("SELECT sum(t) FROM thermostat").await;
    assert_eq!(rows.rows, [[json!(1.0)]]);
    assert_eq!(rows.warnings.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn compaction_leaves_a_damaged_file_alone() {
    let place = spoil(Place::new().await, |file| std::fs::write(file, b"rubbish").unwrap()).await;
    for at in 0..4 {
        place.send("thermostat", DeviceId::generate(), NOON + at, &[("t", number(1.0))]).await;
        place.lake.flush().await.unwrap();
    }
    place.lake.maintain().await.unwrap();
    assert!(place.lake.stats().compactions > 0);
    assert_eq!(place.query("SELECT sum(t) FROM thermostat").await.rows, [[json!(5.0)]]);
    assert_eq!(place.lake.stats().quarantined_files, 1);
}
