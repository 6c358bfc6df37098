//! Recognises Windows event log records (as evtx_dump, Winlogbeat-like shippers and Sysmon exports write them) and tells
//! the Sigma logsources that they belong to, so that public rules work on what a Windows gateway forwards, unchanged.

use serde_json::{Map, Value as Json};

use super::source::Source;

const SYSMON: &str = "microsoft-windows-sysmon/operational";

/// Channel → service, after Sigma's own table of Windows log sources.
const CHANNELS: [(&str, &str); 30] = [
    ("security", "security"),
    ("system", "system"),
    ("application", "application"),
    (SYSMON, "sysmon"),
    ("windows powershell", "powershell-classic"),
    ("microsoft-windows-powershell/operational", "powershell"),
    ("powershellcore/operational", "powershell"),
    ("microsoft-windows-taskscheduler/operational", "taskscheduler"),
    ("microsoft-windows-windows defender/operational", "windefend"),
    ("microsoft-windows-wmi-activity/operational", "wmi"),
    ("microsoft-windows-dns-client/operational", "dns-client"),
    ("microsoft-windows-ntlm/operational", "ntlm"),
    ("microsoft-windows-bits-client/operational", "bits-client"),
    ("microsoft-windows-codeintegrity/operational", "codeintegrity-operational"),
    ("microsoft-windows-appxdeploymentserver/operational", "appxdeployment-server"),
    ("microsoft-windows-appxpackaging/operational", "appxpackaging-om"),
    ("microsoft-windows-appmodel-runtime/admin", "appmodel-runtime"),
    ("microsoft-windows-applocker/exe and dll", "applocker"),
    ("microsoft-windows-applocker/msi and script", "applocker"),
    ("microsoft-windows-smbclient/security", "smbclient-security"),
    ("microsoft-windows-smbclient/connectivity", "smbclient-connectivity"),
    (
        "microsoft-windows-terminalservices-localsessionmanager/operational",
        "terminalservices-localsessionmanager",
    ),
    ("microsoft-windows-windows firewall with advanced security/firewall", "firewall-as"),
    ("microsoft-windows-driverframeworks-usermode/operational", "driver-framework"),
    ("microsoft-windows-diagnosis-scripted/operational", "diagnosis-scripted"),
    ("microsoft-windows-shell-core/operational", "shell-core"),
    ("microsoft-windows-security-mitigations/kernelmode", "security-mitigations"),
    ("microsoft-windows-capi2/operational", "capi2"),
    ("openssh/operational", "openssh"),
    ("dns server", "dns-server"),
];

/// A record of the Windows event log within a device's event.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    event: &'a Json,
}

/// The record, if the event is one: nested (`Event.System.Channel`) or flat (`Channel`, `EventID`, `Computer`).
pub fn recognise(event: &Json) -> Option<Record<'_>> {
    let nested = event.pointer("/Event/System/EventID").is_some();
    let flat = event.get("Channel").is_some_and(Json::is_string) && event.get("EventID").is_some();
    (nested || flat).then_some(Record { event })
}

impl<'a> Record<'a> {
    /// A field by the name that Sigma rules use.
    pub fn field(&self, name: &str) -> Option<&'a Json> {
        if let Some(value) = self.event.get(name) {
            return Some(plain(value));
        }
        let record = self.event.get("Event")?;
        if name == "Provider_Name" {
            return record.pointer("/System/Provider/#attributes/Name");
        }
        let user =
            record.get("UserData").and_then(Json::as_object).into_iter().flat_map(|data| data.values());
        let parts = [record.get("EventData"), record.get("System")].into_iter().flatten().chain(user);
        parts
            .filter_map(Json::as_object)
            .find_map(|part| part.get(name).or_else(|| spelt_apart(part, name)))
            .map(plain)
    }

    pub fn sources(&self) -> Vec<Source> {
        let windows = |category: Option<&str>, service: Option<&str>| Source {
            product: Some("windows".to_owned()),
            category: category.map(str::to_owned),
            service: service.map(str::to_owned),
        };
        let channel = self.field("Channel").and_then(Json::as_str).unwrap_or_default().to_lowercase();
        let service = CHANNELS.iter().find(|(name, _)| *name == channel).map(|(_, service)| *service);
        let id = self
            .field("EventID")
            .and_then(|id| id.as_u64().or_else(|| id.as_str()?.parse().ok()))
            .unwrap_or(0);
        let kind = self.field("EventType").and_then(Json::as_str).unwrap_or_default();
        let mut sources: Vec<Source> =
            categories(&channel, id, kind).iter().map(|category| windows(Some(category), service)).collect();
        if sources.is_empty() {
            sources.push(windows(None, service));
        }
        sources
    }
}

/// Defender writes "Threat Name" where rules say `ThreatName`.
fn spelt_apart<'a>(part: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    let same = |key: &str| key.contains(' ') && key.chars().filter(|c| *c != ' ').eq(name.chars());
    part.iter().find(|(key, _)| same(key)).map(|(_, value)| value)
}

/// XML attributes make an object of a plain value: its text is under `#text`.
fn plain(value: &Json) -> &Json {
    value.get("#text").unwrap_or(value)
}

fn categories(channel: &str, id: u64, kind: &str) -> &'static [&'static str] {
    match (channel, id) {
        (SYSMON, 1) | ("security", 4688) => &["process_creation"],
        (SYSMON, 2) => &["file_change"],
        (SYSMON, 3) => &["network_connection"],
        (SYSMON, 4 | 16) => &["sysmon_status"],
        (SYSMON, 5) => &["process_termination"],
        (SYSMON, 6) => &["driver_load"],
        (SYSMON, 7) => &["image_load"],
        (SYSMON, 8) => &["create_remote_thread"],
        (SYSMON, 9) => &["raw_access_thread"],
        (SYSMON, 10) => &["process_access"],
        (SYSMON, 11) => &["file_event"],
        (SYSMON, 12) if kind.starts_with("Delete") => &["registry_delete", "registry_event"],
        (SYSMON, 12) => &["registry_add", "registry_event"],
        (SYSMON, 13) => &["registry_set", "registry_event"],
        (SYSMON, 14) => &["registry_rename", "registry_event"],
        ("security", 4657) => &["registry_event"],
        (SYSMON, 15) => &["create_stream_hash"],
        (SYSMON, 17 | 18) => &["pipe_created"],
        (SYSMON, 19..=21) => &["wmi_event"],
        (SYSMON, 22) => &["dns_query"],
        (SYSMON, 23) => &["file_delete"],
        (SYSMON, 24) => &["clipboard_capture"],
        (SYSMON, 25) => &["process_tampering"],
        (SYSMON, 26) => &["file_delete_detected", "file_delete"],
        (SYSMON, 27) => &["file_block_executable"],
        (SYSMON, 28) => &["file_block_shredding"],
        (SYSMON, 29) => &["file_executable_detected"],
        (SYSMON, 255) => &["sysmon_error"],
        ("microsoft-windows-powershell/operational" | "powershellcore/operational", 4103) => &["ps_module"],
        ("microsoft-windows-powershell/operational" | "powershellcore/operational", 4104) => &["ps_script"],
        ("windows powershell", 400) => &["ps_classic_start"],
        ("windows powershell", 600) => &["ps_classic_provider_start"],
        ("windows powershell", 800) => &["ps_classic_script"],
        _ => &[],
    }
}
