//! What the server tells of itself: figures from all parts, for the API and for metrics.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use api::{
    Disk, Endpoints, IngestFigures, Installation, InstallationStatus, JournalFigures, LakeFigures,
    OpenStreams, PhraseView, ReaderFigures, RefusedConnections, RefusedSenders, Refusing, TaskFigures, When,
};
use async_trait::async_trait;
use backplane::journal::Journal as _;
use broker::Broker;
use devices::Devices;
use ingest::Ingest;
use lake::Lake;
use model::{Phrase, phrase};
use parking_lot::Mutex;

use super::guarded_journal::GuardedJournal;
use super::journal_damage::Hole;
use crate::disk;
use crate::ops::metrics::Exposition;
use crate::readers::Supervisor;
use crate::run::Places;

/// Messages per second over the last minute.
#[derive(Clone, Default)]
pub struct Traffic {
    seconds: Arc<Mutex<VecDeque<u64>>>,
}

impl Traffic {
    /// Called once a second, with all messages that were judged since the start.
    pub fn tick(&self, messages: u64) {
        let mut seconds = self.seconds.lock();
        seconds.push_back(messages);
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

/// More damaged places are only counted in a warning.
const SHOWN_HOLES: usize = 5;

/// Knows every part that has figures.
pub struct Figures {
    pub endpoints: Endpoints,
    pub started: Instant,
    pub smtp_configured: bool,
    pub journal: Arc<GuardedJournal>,
    pub devices: Devices,
    pub lake: Arc<Lake>,
    pub ingest: Ingest,
    pub broker: Broker,
    pub supervisor: Supervisor,
    pub streams: OpenStreams,
    pub refused_senders: RefusedSenders,
    pub http: Places,
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
            refused_connections: RefusedConnections {
                mqtt: self.broker.stats().connections_refused,
                http: self.refused_senders.total(),
            },
            journal: JournalFigures {
                bytes: journal.bytes,
                first: journal.first,
                end: journal.end,
                readers: self.readers(journal.end),
                refusing: self.refusing(),
                damaged_records: self.damaged_records(),
            },
            lake: LakeFigures {
                files: lake.files,
                bytes: lake.bytes,
                rows: lake.rows,
                quarantined_files: lake.quarantined_files,
                lost_records: lake.lost_records,
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

    fn refusing(&self) -> Option<Refusing> {
        let refusing = self.journal.refusing()?;
        let reason_phrase = PhraseView::of(&refusing.reason);
        Some(Refusing { since: When(refusing.since), reason: refusing.reason.to_string(), reason_phrase })
    }

    fn damaged_records(&self) -> u64 {
        self.journal.damage().iter().map(Hole::records).sum()
    }

    fn warn_of_damage(&self, warnings: &mut Vec<Phrase>) {
        let holes = self.journal.damage();
        for Hole { from, to, file, position } in holes.iter().take(SHOWN_HOLES) {
            warnings.push(phrase!(
                "journal_damaged",
                "Records {from} to {to} of the journal are damaged ({file} at byte {position}) and were passed by. If you have a backup of this file, stop the server and restore it.",
                from = *from,
                to = to.saturating_sub(1),
                file = file.as_str(),
                position = *position,
            ));
        }
        if holes.len() > SHOWN_HOLES {
            warnings.push(phrase!(
                "journal_damaged_more",
                "{more} more places of the journal are damaged.",
                more = holes.len() - SHOWN_HOLES,
            ));
        }
        if let Some(why) = self.devices.unusable_checkpoint() {
            warnings.push(phrase!(
                "checkpoint_unusable",
                "The newest values of devices were rebuilt from what the journal still holds, because their checkpoint could not be used: {why}. Values from before may be missing until their device sends them again.",
                why = why,
            ));
        }
    }

    fn warnings(&self, space: disk::DiskSpace) -> Vec<Phrase> {
        let mut warnings = Vec::new();
        if let Some(refusing) = self.journal.refusing() {
            warnings.push(phrase!(
                "messages_refused",
                "Messages are refused: {reason}. Devices keep them and send them again; nothing that was acknowledged is lost. It goes on by itself when there is room.",
                reason = refusing.reason,
            ));
        } else if space.total_bytes > 0 && space.free_bytes < self.enough_bytes {
            warnings.push(phrase!(
                "disk_nearly_full",
                "Only {free} MiB of disk are free. When it is full, messages are refused (devices keep them) until there is room again.",
                free = space.free_bytes >> 20,
            ));
        }
        self.warn_of_damage(&mut warnings);
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
        out.gauge(
            "journal_refusing",
            "1 while messages are turned away because they could not be kept.",
            u64::from(journal.refusing),
        );
        out.gauge(
            "journal_damaged_records",
            "Records found damaged since the start.",
            self.damaged_records(),
        );
        out.gauge("journal_torn_bytes", "Cut off the journal's end on this start.", journal.torn_bytes);
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
        out.gauge("http_connections", "Connections of people and programs.", self.http.taken() as u64);
        out.counter(
            "http_devices_refused_total",
            "Requests of devices that were refused for their credentials.",
            self.refused_senders.total(),
        );
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
        out.counter(
            "lake_lost_records_total",
            "Records of the journal that could not be read or were gone.",
            lake.lost_records,
        );
        out.gauge("twins_lag", "Records that the twins have not come to yet.", self.devices.lag());
        out.gauge(
            "twins_rebuilt",
            "1 when the twins' checkpoint could not be used on this start.",
            u64::from(self.devices.unusable_checkpoint().is_some()),
        );
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
