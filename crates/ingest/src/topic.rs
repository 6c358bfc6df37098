//! The topics that a device may publish to. They are its own, whoever else has devices.

use model::{CommandId, Phrase, phrase};

/// Measurements.
pub const TELEMETRY: &str = "telemetry";
/// Security events.
pub const EVENTS: &str = "events";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Telemetry,
    Events,
    /// The answer to a command: `commands/<id>/reply`.
    Reply(CommandId),
}

/// Longer ones are cut when they are shown.
const SHOWN: usize = 80;

impl Topic {
    /// # Errors
    /// Why nobody can publish there, and what was probably meant.
    pub fn parse(name: &str) -> Result<Self, Phrase> {
        match name {
            TELEMETRY => return Ok(Self::Telemetry),
            EVENTS => return Ok(Self::Events),
            _ => {}
        }
        let Some(command) = name.strip_prefix("commands/").and_then(|rest| rest.strip_suffix("/reply"))
        else {
            return Err(unknown(name));
        };
        command.parse().map(Self::Reply).map_err(|_| {
            phrase!(
                "not_a_command",
                "\"{command}\" is not the id of a command. Reply on the command's own topic with /reply added.",
                command = shown(command),
            )
        })
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

fn unknown(name: &str) -> Phrase {
    let last = name.trim_matches('/').rsplit('/').next().unwrap_or(name).to_lowercase();
    let meant = [TELEMETRY, EVENTS]
        .into_iter()
        .find(|known| last == *known || last.trim_end_matches('s') == known.trim_end_matches('s'));
    let hint = match meant {
        Some(known) => phrase!(
            "topic_meant",
            "Did you mean \"{known}\"? Topics are your device's own and need no prefix.",
            known = known,
        ),
        None => phrase!(
            "topics",
            "Publish to telemetry, events or commands/<id>/reply; they are your device's own and need no prefix.",
        ),
    };
    phrase!("unknown_topic", "there is no topic \"{topic}\". {hint}", topic = shown(name), hint = hint)
}
