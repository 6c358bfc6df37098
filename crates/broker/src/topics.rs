//! Topic names and filters: their syntax and how they match. Pure functions.

use model::{Phrase, phrase};

/// Longest topic or filter that we accept; MQTT itself allows 65,535 bytes.
pub(crate) const MAX_BYTES: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub enum TopicError {
    Empty,
    TooLong,
    Wildcard,
    Null,
}

impl TopicError {
    pub(crate) fn phrase(self) -> Phrase {
        match self {
            Self::Empty => phrase!("mqtt_topic_empty", "the topic is empty"),
            Self::TooLong => {
                phrase!("mqtt_topic_too_long", "the topic is longer than {most} bytes", most = MAX_BYTES)
            }
            Self::Wildcard => {
                phrase!("mqtt_topic_wildcard", "a topic to publish on cannot contain the wildcards + and #",)
            }
            Self::Null => phrase!("mqtt_topic_null", "the topic contains a null character"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub enum FilterError {
    Empty,
    TooLong,
    Null,
    Hash,
    Plus,
}

impl FilterError {
    pub(crate) fn phrase(self) -> Phrase {
        match self {
            Self::Empty => phrase!("mqtt_filter_empty", "the filter is empty"),
            Self::TooLong => {
                phrase!("mqtt_filter_too_long", "the filter is longer than {most} bytes", most = MAX_BYTES)
            }
            Self::Null => phrase!("mqtt_filter_null", "the filter contains a null character"),
            Self::Hash => phrase!(
                "mqtt_filter_hash",
                "the wildcard # must be the last level of a filter, alone in its level: commands/#",
            ),
            Self::Plus => {
                phrase!("mqtt_filter_plus", "the wildcard + must be alone in its level: commands/+",)
            }
        }
    }
}

/// # Errors
/// The name cannot be published on.
pub fn check_topic(topic: &str) -> Result<(), TopicError> {
    if topic.is_empty() {
        return Err(TopicError::Empty);
    }
    if topic.len() > MAX_BYTES {
        return Err(TopicError::TooLong);
    }
    for byte in topic.bytes() {
        match byte {
            b'+' | b'#' => return Err(TopicError::Wildcard),
            0 => return Err(TopicError::Null),
            _ => {}
        }
    }
    Ok(())
}

/// # Errors
/// The filter cannot be subscribed to.
pub fn check_filter(filter: &str) -> Result<(), FilterError> {
    if filter.is_empty() {
        return Err(FilterError::Empty);
    }
    if filter.len() > MAX_BYTES {
        return Err(FilterError::TooLong);
    }
    if filter.contains('\0') {
        return Err(FilterError::Null);
    }
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        if level.contains('#') && (level != "#" || levels.peek().is_some()) {
            return Err(FilterError::Hash);
        }
        if level.contains('+') && level != "+" {
            return Err(FilterError::Plus);
        }
    }
    Ok(())
}

/// Whether a (valid) filter covers a (valid) topic, by the rules of MQTT: `#` also covers its parent level, and
/// wildcards at the start do not cover topics that start with `$`.
#[must_use]
pub fn matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut filter_levels = filter.split('/');
    let mut topic_levels = topic.split('/');
    loop {
        match (filter_levels.next(), topic_levels.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(_)) => {}
            (Some(wanted), Some(level)) if wanted == level => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_match_as_the_standard_says() {
        for (filter, topic) in [
            ("commands/#", "commands/7"),
            ("commands/#", "commands"),
            ("commands/+", "commands/7"),
            ("commands/7", "commands/7"),
            ("#", "a/b"),
            ("+/+", "/finance"),
            ("/+", "/finance"),
            ("a//c", "a//c"),
        ] {
            assert!(matches(filter, topic), "{filter} covers {topic}");
        }
        for (filter, topic) in [
            ("commands/+", "commands"),
            ("commands/+", "commands/7/reply"),
            ("+", "/finance"),
            ("#", "$SYS/load"),
            ("+/load", "$SYS/load"),
            ("commands", "commands/7"),
        ] {
            assert!(!matches(filter, topic), "{filter} does not cover {topic}");
        }
    }

    #[test]
    fn wrong_filters_say_what_is_wrong() {
        assert_eq!(check_filter("a/#/b"), Err(FilterError::Hash));
        assert_eq!(check_filter("a#"), Err(FilterError::Hash));
        assert_eq!(check_filter("a/b+"), Err(FilterError::Plus));
        assert_eq!(check_filter(""), Err(FilterError::Empty));
        assert_eq!(check_filter("a\0"), Err(FilterError::Null));
        assert_eq!(check_filter(&"a".repeat(2000)), Err(FilterError::TooLong));
        assert_eq!(check_filter("+/+/#"), Ok(()));
    }

    #[test]
    fn wrong_topics_say_what_is_wrong() {
        assert_eq!(check_topic("telemetry"), Ok(()));
        assert_eq!(check_topic("a/+"), Err(TopicError::Wildcard));
        assert_eq!(check_topic(""), Err(TopicError::Empty));
        assert_eq!(check_topic("a\0"), Err(TopicError::Null));
    }
}
