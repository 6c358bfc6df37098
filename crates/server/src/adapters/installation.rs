//! What the server tells of itself: figures from all parts, for the API and for metrics.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use api::{
    Disk, Endpoints, IngestFigures, Installation, InstallationStatus, JournalFigures, LakeFigures,
    OpenStreams, PhraseView, ReaderFigures, TaskFigures,
};
use async_trait::async_trait;
use backplane::journal::Journal;
use broker::Broker;
use ingest::Ingest;
use lake::Lake;
use model::{Phrase, phrase};
use parking_lot::Mutex;

use crate::disk;
use crate::ops::metrics::Exposition;
use crate::readers::Supervisor;

/// Messages per second over the last minute.
#[derive(Clone, Default)]
pub struct Traffic {
    total: Arc<AtomicU64>,
    seconds: Arc<Mutex<VecDeque<u64>>>,
}

impl Traffic {
    pub fn count(&self, messages: usize) {
        self.total.fetch_add(messages as u64, Ordering::Relaxed);
    }

    /// Called once a second.
    pub fn tick(&self) {
        let mut seconds = self.seconds.lock();
        seconds.push_back(self.total.load(Ordering::Relaxed));
        while seconds.len() > 61 {
            seconds.pop_front();
        }
    }

    fn per_second(&self) -> f64 {
        let seconds = self.seconds.lock();
        match (seconds.front(), seconds.back()) {
            (Some(first), Some(last)) if seconds.len() > 1 => {
                let (messages, time) = (last.saturating_sub(*first), seconds.len() - 1);
                messages as f64 / time as f64
            }
            _ => 0.0,
        }
    }
}

/// Knows every part that has figures.
pub struct Figures {
    pub endpoints: Endpoints,
    pub started: Instant,
    pub smtp_configured: bool,
    pub journal: Arc<dyn Journal>,
    pub lake: Arc<Lake>,
    pub ingest: Ingest,
    pub broker: Broker,
    pub supervisor: Supervisor,
    pub streams: OpenStreams,
    pub traffic: Traffic,
    pub data: PathBuf,
    /// Free space below which an operator should act.
    pub enough_bytes: u64,
}

#[async_trait]
impl Installation for Figures {
    async fn status(&self) -> InstallationStatus {
        let journal = self.journal.stats();
        let lake = self.lake.stats();
        let ingest = self.ingest.stats();
        let space = disk::space(&self.data).unwrap_or_default();
        let warnings = self.warnings(space);
        InstallationStatus {
            version: self.endpoints.version.clone(),
            uptime_seconds: self.started.elapsed().as_secs(),
            demo: self.endpoints.demo,
            smtp_configured: self.smtp_configured,
            connections: self.broker.stats().connections as u64,
            journal: JournalFigures {
                bytes: journal.bytes,
                first: journal.first,
                end: journal.end,
                readers: self.readers(journal.end),
            },
            lake: LakeFigures {
                files: lake.files,
                bytes: lake.bytes,
                rows: lake.rows,
                quarantined_files: lake.quarantined_files,
            },
            ingest: IngestFigures {
                messages_per_second: self.traffic.per_second(),
                accepted: ingest.accepted,
                refused: ingest.refused,
                retransmitted: ingest.retransmitted,
            },
            tasks: self.tasks(),
            disk: Disk { free_bytes: space.free_bytes, total_bytes: space.total_bytes },
            warning_phrases: PhraseView::each(&warnings),
            warnings: warnings.iter().map(Phrase::to_string).collect(),
        }
    }

    fn endpoints(&self) -> Endpoints {
        self.endpoints.clone()
    }
}

impl Figures {
    fn readers(&self, end: u64) -> Vec<ReaderFigures> {
        let readers = self.journal.readers().into_iter();
        readers.map(|(name, next)| ReaderFigures { name, lag: end.saturating_sub(next) }).collect()
    }

    fn tasks(&self) -> Vec<TaskFigures> {
        let tasks = self.supervisor.status().into_iter();
        tasks
            .map(|(name, status)| TaskFigures {
                name: name.to_owned(),
                running: status.running,
                restarts: status.restarts,
                last_error: status.last_error,
            })
            .collect()
    }

    fn warnings(&self, space: disk::DiskSpace) -> Vec<Phrase> {
        let mut warnings = Vec::new();
        if space.total_bytes > 0 && space.free_bytes < self.enough_bytes {
            warnings.push(phrase!(
                "disk_nearly_full",
                "Only {free} MiB of disk are free. When it is full, messages are refused (devices keep them) until there is room again.",
                free = space.free_bytes >> 20,
            ));
        }
        let lake = self.lake.stats();
        if let Some(error) = lake.flush_error {
            warnings.push(phrase!(
                "lake_cannot_flush",
                "What was measured lately cannot be written to files: {error}. Nothing is lost yet.",
                error = error,
            ));
        }
        if lake.quarantined_files > 0 {
            warnings.push(phrase!(
                "files_quarantined",
                "{files} damaged files with {rows} rows are kept out of queries; restore them from a backup.",
                files = lake.quarantined_files,
                rows = lake.quarantined_rows,
            ));
        }
        for task in self.tasks().into_iter().filter(|task| !task.running) {
            warnings.push(match task.last_error {
                Some(error) => phrase!(
                    "task_failed",
                    "The task {task} is not running: {error}.",
                    task = task.name,
                    error = error,
                ),
                None => phrase!("task_ended", "The task {task} has ended.", task = task.name),
            });
        }
        warnings
    }

    /// Everything in Prometheus' text format.
    pub fn metrics(&self) -> String {
        let mut out = Exposition::default();
        let (journal, lake) = (self.journal.stats(), self.lake.stats());
        let (ingest, broker) = (self.ingest.stats(), self.broker.stats());
        let space = disk::space(&self.data).unwrap_or_default();
        out.gauge("uptime_seconds", "Since the process started.", self.started.elapsed().as_secs());
        out.gauge("journal_bytes", "Size of the journal on disk.", journal.bytes);
        out.gauge("journal_first_offset", "The oldest record that is kept.", journal.first);
        out.counter("journal_records_total", "Records ever appended.", journal.end);
        out.gauge("journal_queued_bytes", "Bytes that wait to become durable.", journal.queued_bytes as u64);
        out.counter("journal_refused_total", "Appends that were refused.", journal.refused);
        out.counter("journal_syncs_total", "Syncs to disk.", journal.syncs);
        let readers = self.readers(journal.end);
        let lags = readers.iter().map(|reader| (reader.name.as_str(), reader.lag));
        out.labelled(
            "journal_reader_lag",
            "Records after a reader's last checkpoint.",
            "gauge",
            "reader",
            lags,
        );
        out.gauge("mqtt_connections", "Connected devices.", broker.connections as u64);
        out.gauge("mqtt_sessions", "Sessions, connected or not.", broker.sessions as u64);
        out.counter("mqtt_messages_in_total", "Messages from devices.", broker.messages_in);
        out.counter("mqtt_messages_out_total", "Messages to devices.", broker.messages_out);
        out.counter("mqtt_messages_refused_total", "Messages that were refused.", broker.messages_refused);
        out.counter("mqtt_connections_refused_total", "Connections not let in.", broker.connections_refused);
        out.counter("mqtt_violations_total", "Connections ended for breaking a rule.", broker.violations);
        out.gauge(
            "mqtt_unacked_bytes",
            "Bytes of messages that are not durable yet.",
            broker.unacked_bytes as u64,
        );
        out.counter("ingest_accepted_total", "Messages stored.", ingest.accepted);
        out.counter("ingest_points_total", "Rows of measurements stored.", ingest.points);
        out.counter("ingest_events_total", "Security events stored.", ingest.events);
        out.counter("ingest_refused_total", "Messages kept only as problems.", ingest.refused);
        out.counter(
            "ingest_retransmitted_total",
            "Messages sent again and recognised.",
            ingest.retransmitted,
        );
        let problems: Vec<(String, u64)> = ingest
            .problems
            .into_iter()
            .map(|(code, count)| (serde_json::to_string(&code).unwrap_or_default().replace('"', ""), count))
            .collect();
        let problems = problems.iter().map(|(code, count)| (code.as_str(), *count));
        out.labelled("ingest_problems_total", "What devices sent wrong.", "counter", "code", problems);
        out.gauge("lake_files", "Files of the lake.", lake.files);
        out.gauge("lake_bytes", "Their size.", lake.bytes);
        out.gauge("lake_rows", "Rows in files and memory.", lake.rows);
        out.gauge("lake_memory_bytes", "Rows in memory.", lake.memory_bytes);
        out.gauge("lake_lag", "Records that cannot be queried yet.", lake.lag);
        out.gauge("lake_quarantined_files", "Damaged files kept out of queries.", lake.quarantined_files);
        out.gauge("streams_open", "Live streams.", self.streams.total() as u64);
        let tasks = self.supervisor.status();
        let restarts = tasks.iter().map(|(name, status)| (*name, status.restarts));
        out.labelled(
            "task_restarts_total",
            "Restarts of the server's own tasks.",
            "counter",
            "task",
            restarts,
        );
        let running = tasks.iter().map(|(name, status)| (*name, u64::from(status.running)));
        out.labelled("task_running", "Whether the server's own tasks run.", "gauge", "task", running);
        out.gauge("disk_free_bytes", "Room on the data directory's file system.", space.free_bytes);
        out.finish()
    }
}
