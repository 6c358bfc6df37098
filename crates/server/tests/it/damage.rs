//! Files that rot while the server is down. It starts, says which and what to do, counts it where operators look, and
//! nothing else suffers.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use testbed::{Api, DEADLINE, NewDevice, Server, eventually};

use crate::ops::{metric, metric_at_least, warned};

/// Of one tenant's two tables; another tenant has its own.
struct Scene {
    server: Server,
    api: Api,
    oven: NewDevice,
    lamp: NewDevice,
    neighbour: Api,
}

const PASSWORD: &str = "another-long-password";

impl Scene {
    async fn start() -> Self {
        let server = Server::builder().env("SMARTSECURITY_JOURNAL__SEGMENT_BYTES", "65536");
        let server = server.start().await.unwrap();
        let api = server.api().await.unwrap();
        let oven = api.create_device("Oven", "oven").await.unwrap();
        let lamp = api.create_device("Lamp", "lamp").await.unwrap();
        server.create_owner("other@example.com", PASSWORD, "Other").await.unwrap();
        let neighbour = Api::sign_in(&server.http(), "other@example.com", PASSWORD).await.unwrap();
        let theirs = neighbour.create_device("Spy", "oven").await.unwrap();
        api.post_as(&lamp, "/telemetry", &json!({"on": true})).await.unwrap();
        neighbour.post_as(&theirs, "/telemetry", &json!({"n": 1})).await.unwrap();
        Self { server, api, oven, lamp, neighbour }
    }

    /// As many rows in as many records, over several segments of the journal.
    async fn bake(&self, rows: usize) {
        for n in 0..rows {
            let note = "x".repeat(2_000);
            self.api.post_as(&self.oven, "/telemetry", &json!({"n": n, "note": note})).await.unwrap();
        }
    }

    async fn spoil(&mut self, spoil: impl Fn(&Path) -> PathBuf) -> PathBuf {
        let file = spoil(self.server.data());
        self.server.start().await.unwrap();
        self.api = self.server.api().await.unwrap();
        self.neighbour = Api::sign_in(&self.server.http(), "other@example.com", PASSWORD).await.unwrap();
        file
    }

    async fn count(&self, api: &Api, sql: &str) -> (u64, Vec<Json>) {
        let answer =
            eventually("an answer", DEADLINE, async || api.post("/query", &json!({"sql": sql})).await.ok());
        let answer = answer.await.unwrap();
        (answer["rows"][0][0].as_u64().unwrap(), answer["warnings"].as_array().unwrap().clone())
    }

    async fn counts(&self, api: &Api, sql: &str, rows: u64) {
        let counted =
            eventually("the rows", DEADLINE, async || (self.count(api, sql).await.0 == rows).then_some(()));
        counted.await.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// What has nothing to do with the damage is as it was, and what comes now is stored.
    async fn others_are_well(&self) {
        self.counts(&self.api, "SELECT count(*) FROM lamp", 1).await;
        self.counts(&self.neighbour, "SELECT count(*) FROM oven", 1).await;
        self.api.post_as(&self.lamp, "/telemetry", &json!({"on": false})).await.unwrap();
        self.counts(&self.api, "SELECT count(*) FROM lamp", 2).await;
    }
}

fn flip(file: &Path, at: impl Fn(usize) -> usize) {
    let mut bytes = std::fs::read(file).unwrap();
    let at = at(bytes.len());
    bytes[at] ^= 0x40;
    std::fs::write(file, bytes).unwrap();
}

/// The files below a directory that end in `.extension`, by name.
fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn name(file: &Path) -> &str {
    file.file_name().unwrap().to_str().unwrap()
}

#[tokio::test]
async fn a_damaged_segment_in_the_middle_of_the_journal() {
    let mut scene = Scene::start().await;
    scene.bake(120).await;
    // Killed, so that readers have the segment still before them.
    scene.server.kill();
    let file = scene
        .spoil(|data| {
            let segments = files(&data.join("journal"), "seg");
            assert!(segments.len() >= 4, "{segments:?}");
            let middle = segments[segments.len() / 2].clone();
            flip(&middle, |len| len / 2);
            middle
        })
        .await;
    let system = warned(&scene.api, name(&file)).await;
    assert!(system["journal"]["damaged_records"].as_u64().unwrap() >= 1, "{system}");
    eventually("the lake's count", DEADLINE, async || {
        (scene.api.get("/system").await.ok()?["lake"]["lost_records"].as_u64()? >= 1).then_some(())
    })
    .await
    .unwrap();
    metric_at_least(&scene.server, "journal_damaged_records", 1).await;
    metric_at_least(&scene.server, "lake_lost_records_total", 1).await;
    let lost = metric(&scene.server, "journal_damaged_records").await;
    assert_eq!(metric(&scene.server, "lake_lost_records_total").await, lost);
    scene.server.logged(name(&file)).await.unwrap();
    scene.counts(&scene.api, "SELECT count(*) FROM oven", 120 - lost).await;
    scene.others_are_well().await;
}

#[tokio::test]
async fn a_damaged_last_record_of_the_journal() {
    let mut scene = Scene::start().await;
    scene.bake(5).await;
    scene.server.kill();
    let file = scene
        .spoil(|data| {
            let last = files(&data.join("journal"), "seg").pop().unwrap();
            flip(&last, |len| len - 1);
            last
        })
        .await;
    // Nothing tells it from a torn end, which is cut; if readers had come further, the journal goes on behind them.
    scene.server.logged(name(&file)).await.unwrap();
    assert!(metric(&scene.server, "journal_torn_bytes").await > 0);
    eventually("the rows before it", DEADLINE, async || {
        (scene.count(&scene.api, "SELECT count(*) FROM oven").await.0 >= 4).then_some(())
    })
    .await
    .unwrap();
    scene.others_are_well().await;
}

#[tokio::test]
async fn a_damaged_parquet_file() {
    let mut scene = Scene::start().await;
    scene.bake(5).await;
    assert!(scene.server.stop().await.unwrap().success());
    scene.server.start().await.unwrap();
    scene.api = scene.server.api().await.unwrap();
    scene.bake(3).await;
    assert!(scene.server.stop().await.unwrap().success());
    let file = scene
        .spoil(|data| {
            let found = files(&data.join("blobs"), "parquet");
            let mut ovens = found.into_iter().filter(|file| file.to_string_lossy().contains("/oven/"));
            let largest = ovens.by_ref().max_by_key(|file| std::fs::metadata(file).unwrap().len()).unwrap();
            flip(&largest, |len| len / 2);
            largest
        })
        .await;
    let (rows, warnings) = scene.count(&scene.api, "SELECT count(*), sum(n) FROM oven").await;
    assert!(rows == 3 || rows == 5, "{rows}");
    let warning = warnings[0].as_str().unwrap();
    assert!(warning.contains("1 file of table oven left out"), "{warning}");
    let said = scene.server.logged(name(&file)).await.unwrap();
    assert!(said.contains("restore it from a backup"), "{said}");
    let system = warned(&scene.api, "damaged files").await;
    assert_eq!(system["lake"]["quarantined_files"], 1, "{system}");
    assert_eq!(metric(&scene.server, "lake_quarantined_files").await, 1);
    scene.others_are_well().await;
}

#[tokio::test]
async fn a_damaged_checkpoint_of_the_twins() {
    let mut scene = Scene::start().await;
    scene.bake(3).await;
    assert!(scene.server.stop().await.unwrap().success());
    let file = scene
        .spoil(|data| {
            let file = data.join("state/twins.checkpoint");
            flip(&file, |len| len / 2);
            file
        })
        .await;
    let said = scene.server.logged(name(&file)).await.unwrap();
    assert!(said.contains("restore the file from a backup"), "{said}");
    warned(&scene.api, "The newest values of devices were rebuilt").await;
    assert_eq!(metric(&scene.server, "twins_rebuilt").await, 1);
    let path = format!("/devices/{}", scene.oven.id);
    let value = eventually("the twin", DEADLINE, async || {
        scene.api.get(&path).await.ok()?["twin"]["telemetry"]["n"]["value"].as_f64()
    });
    assert_eq!(value.await.unwrap(), 2.0);
    scene.others_are_well().await;
}
