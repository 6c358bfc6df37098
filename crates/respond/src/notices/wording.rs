//! What notices say, in English and French.

use model::{Severity, Timestamp};
use store::incidents::Incident;

use super::finding::Found;
use super::{Language, NoticeKind};

/// All that a notice's text needs.
pub struct Story<'a> {
    pub kind: NoticeKind,
    /// When it happened.
    pub at: Timestamp,
    pub language: Language,
    pub incident: &'a Incident,
    /// What was found last.
    pub found: Option<&'a Found>,
    pub link: Option<&'a str>,
}

pub struct Text {
    pub subject: String,
    pub greeting: String,
    /// Label and value, one line each.
    pub facts: Vec<(&'static str, String)>,
    pub button: &'static str,
    /// French sets a space before its colons, and one at which no line breaks.
    pub before_colon: &'static str,
    pub footer: &'static str,
}

impl Story<'_> {
    pub fn tell(&self) -> Text {
        let incident = self.incident;
        let device = incident.device_name.clone().unwrap_or_else(|| incident.device.to_string());
        let number = incident.number;
        let severity = severity(incident.severity, self.language);
        let (state, greeting) = match (self.language, self.kind) {
            (Language::En, NoticeKind::Opened) => ("opened", "A new incident needs somebody."),
            (Language::En, NoticeKind::Escalated) => ("worse", "An incident became more severe."),
            (Language::En, NoticeKind::Resolved) => ("resolved", "An incident was resolved."),
            (Language::En, NoticeKind::Reopened) => ("reopened", "An incident was reopened."),
            (Language::En, NoticeKind::Test) => {
                ("test", "This is a test: the channel works, and nothing happened.")
            }
            (Language::Fr, NoticeKind::Opened) => {
                ("ouvert", "Un nouvel incident attend une prise en charge.")
            }
            (Language::Fr, NoticeKind::Escalated) => ("aggravé", "Un incident s’est aggravé."),
            (Language::Fr, NoticeKind::Resolved) => ("résolu", "Un incident a été résolu."),
            (Language::Fr, NoticeKind::Reopened) => ("rouvert", "Un incident a été rouvert."),
            (Language::Fr, NoticeKind::Test) => {
                ("essai", "Ceci est un essai\u{a0}: le canal fonctionne, et rien ne s’est passé.")
            }
        };
        let subject = match (self.kind, self.language) {
            (NoticeKind::Test, Language::En) => "Test from SmartSecurity".to_owned(),
            (NoticeKind::Test, Language::Fr) => "Essai de SmartSecurity".to_owned(),
            (_, Language::En) => format!("[{severity}] #{number} {state} – {device}: {}", incident.title),
            (_, Language::Fr) => {
                format!("[{severity}] #{number} {state} – {device}\u{a0}: {}", incident.title)
            }
        };
        let what = self.found.map_or_else(|| incident.title.clone(), |found| found.sentence(self.language));
        let facts = match (self.kind, self.language) {
            (NoticeKind::Test, _) => Vec::new(),
            (_, Language::En) => vec![
                ("What", what),
                ("Device", device),
                ("Rule", incident.rule_name.clone()),
                ("Severity", severity.to_owned()),
                ("Opened", when(incident.opened_at, self.language)),
                ("Findings", incident.findings.to_string()),
            ],
            (_, Language::Fr) => vec![
                ("Constat", what),
                ("Appareil", device),
                ("Règle", incident.rule_name.clone()),
                ("Gravité", severity.to_owned()),
                ("Ouvert", when(incident.opened_at, self.language)),
                ("Constats", incident.findings.to_string()),
            ],
        };
        let (button, footer) = match self.language {
            Language::En => (
                "Open the incident",
                "You receive this because a channel of your organisation sends notices here. An owner can change that in the settings.",
            ),
            Language::Fr => (
                "Voir l’incident",
                "Vous recevez ce message car un canal de votre organisation envoie ses avis ici. Un propriétaire peut le changer dans les réglages.",
            ),
        };
        let before_colon = if self.language == Language::Fr { "\u{a0}" } else { "" };
        Text {
            subject: one_line(&subject),
            greeting: greeting.to_owned(),
            facts,
            button,
            before_colon,
            footer,
        }
    }
}

pub const fn severity(severity: Severity, language: Language) -> &'static str {
    match (language, severity) {
        (Language::En, _) => severity.as_str(),
        (Language::Fr, Severity::Informational) => "information",
        (Language::Fr, Severity::Low) => "faible",
        (Language::Fr, Severity::Medium) => "moyenne",
        (Language::Fr, Severity::High) => "élevée",
        (Language::Fr, Severity::Critical) => "critique",
    }
}

/// To the second: nobody reads microseconds.
fn when(moment: Timestamp, language: Language) -> String {
    let seconds = Timestamp::from_micros(moment.as_micros().div_euclid(1_000_000) * 1_000_000).to_string();
    let (date, time) = seconds.trim_end_matches('Z').split_once('T').unwrap_or((&seconds, ""));
    match language {
        Language::En => format!("{date} {time} UTC"),
        Language::Fr => {
            let day_first: Vec<&str> = date.rsplit('-').collect();
            format!("{} à {time} UTC", day_first.join("/"))
        }
    }
}

/// A header is one line, whatever a device or a rule is called.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 200;
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    line.trim().to_owned()
}
