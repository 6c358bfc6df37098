//! Topics as shared strings: MQTT 5 aliases, and the last topic, which most devices repeat for ever.

use std::sync::Arc;

use model::phrase;

use crate::wire::{DisconnectReason, Fault};

#[derive(Default)]
pub(crate) struct Aliases {
    last: Option<Arc<str>>,
    known: Vec<Option<Arc<str>>>,
}

impl Aliases {
    /// The topic that a PUBLISH means.
    pub(crate) fn resolve(
        &mut self,
        topic: &str,
        alias: Option<u16>,
        maximum: u16,
    ) -> Result<Arc<str>, Fault> {
        let Some(alias) = alias else {
            if topic.is_empty() {
                return Err(Fault::protocol(phrase!(
                    "mqtt_no_topic",
                    "the message has neither a topic nor an alias for one",
                )));
            }
            return Ok(self.shared(topic));
        };
        if alias > maximum {
            return Err(Fault::new(
                DisconnectReason::TopicAliasInvalid,
                phrase!(
                    "mqtt_alias_too_high",
                    "topic alias {alias} is above {most}, the most that this server takes",
                    alias = alias,
                    most = maximum,
                ),
            ));
        }
        let index = usize::from(alias);
        if topic.is_empty() {
            let known = self.known.get(index).and_then(Clone::clone);
            return known.ok_or_else(|| {
                Fault::protocol(phrase!(
                    "mqtt_alias_unknown",
                    "topic alias {alias} was never given a topic",
                    alias = alias,
                ))
            });
        }
        let topic = self.shared(topic);
        if self.known.len() <= index {
            self.known.resize(index + 1, None);
        }
        if let Some(slot) = self.known.get_mut(index) {
            *slot = Some(topic.clone());
        }
        Ok(topic)
    }

    fn shared(&mut self, topic: &str) -> Arc<str> {
        match &self.last {
            Some(last) if **last == *topic => last.clone(),
            _ => {
                let shared: Arc<str> = topic.into();
                self.last = Some(shared.clone());
                shared
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_stand_for_the_topic_they_were_last_given() {
        let mut aliases = Aliases::default();
        assert_eq!(&*aliases.resolve("telemetry", Some(3), 16).unwrap(), "telemetry");
        assert_eq!(&*aliases.resolve("", Some(3), 16).unwrap(), "telemetry");
        assert_eq!(&*aliases.resolve("events", Some(3), 16).unwrap(), "events");
        assert_eq!(&*aliases.resolve("", Some(3), 16).unwrap(), "events");
        assert_eq!(aliases.resolve("", Some(4), 16).unwrap_err().reason, DisconnectReason::ProtocolError);
        assert_eq!(
            aliases.resolve("a", Some(17), 16).unwrap_err().reason,
            DisconnectReason::TopicAliasInvalid
        );
        assert_eq!(aliases.resolve("", None, 16).unwrap_err().reason, DisconnectReason::ProtocolError);
    }
}
