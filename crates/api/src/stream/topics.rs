//! What a client wants to hear of.

use std::str::FromStr;

use model::{Kind, Phrase, phrase};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topics {
    values: bool,
    events: bool,
    status: bool,
    incidents: bool,
    problems: bool,
}

impl Topics {
    pub const ALL: Self = Self { values: true, events: true, status: true, incidents: true, problems: true };
    const NONE: Self =
        Self { values: false, events: false, status: false, incidents: false, problems: false };

    #[must_use]
    pub const fn includes(self, kind: Kind) -> bool {
        match kind {
            Kind::Telemetry => self.values,
            Kind::Event => self.events,
            Kind::Presence | Kind::Status => self.status,
            Kind::Incident => self.incidents,
            Kind::Problem => self.problems,
            Kind::Finding | Kind::Reply => false,
        }
    }
}

impl FromStr for Topics {
    type Err = Phrase;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut topics = Self::NONE;
        for name in text.split(',').map(str::trim) {
            match name {
                "values" => topics.values = true,
                "events" => topics.events = true,
                "status" => topics.status = true,
                "incidents" => topics.incidents = true,
                "problems" => topics.problems = true,
                _ => {
                    return Err(phrase!(
                        "stream_topic_unknown",
                        "\"{topic}\" is not a topic of the stream: use values, events, status, incidents or problems, separated by commas",
                        topic = name,
                    ));
                }
            }
        }
        Ok(topics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_that_does_not_exist_is_named() {
        assert!("values,incdents".parse::<Topics>().unwrap_err().text().contains("incdents"));
        assert!("values, status".parse::<Topics>().unwrap().status);
    }
}
