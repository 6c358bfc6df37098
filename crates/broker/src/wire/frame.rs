//! Where a packet ends, told from its first bytes, so that nobody makes us buffer what we will refuse.

/// Bytes of a fixed header at most: the type, and a length of up to four bytes.
const MAX_HEADER: usize = 5;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// More bytes are needed.
    Partial,
    /// A packet of so many bytes, header included, is there.
    Whole(usize),
    /// The packet announces more than the limit.
    TooLarge(usize),
    /// The length is not one.
    Malformed,
}

/// Measures the first packet in `bytes`.
pub(crate) fn scan(bytes: &[u8], limit: u32) -> Frame {
    let Some((header, body)) = header(bytes) else {
        return if bytes.len() < MAX_HEADER { Frame::Partial } else { Frame::Malformed };
    };
    let total = header + body;
    if total > limit as usize {
        Frame::TooLarge(total)
    } else if bytes.len() < total {
        Frame::Partial
    } else {
        Frame::Whole(total)
    }
}

/// Lengths of the fixed header and of the rest.
fn header(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut length = 0_usize;
    for (index, byte) in bytes.iter().skip(1).take(4).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((index + 2, length));
        }
    }
    None
}

/// What follows the fixed header of the first packet, which is there as a whole.
pub(super) fn body(bytes: &[u8]) -> Option<&[u8]> {
    let (header, length) = header(bytes)?;
    bytes.get(header..header.checked_add(length)?)
}

/// The protocol name and level of a CONNECT, as far as its start tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V311,
    V5,
    /// MQTT, but a level that we do not speak.
    UnknownLevel,
    NotMqtt,
}

/// Tells which codec a first packet needs.
pub(crate) fn version_of(packet: &[u8]) -> Version {
    let body = match (packet.first(), header(packet)) {
        (Some(0x10), Some((header, _))) => packet.get(header..).unwrap_or_default(),
        _ => return Version::NotMqtt,
    };
    if let Some(rest) = body.strip_prefix(b"\x00\x04MQTT") {
        return match rest.first() {
            Some(4) => Version::V311,
            Some(5) => Version::V5,
            _ => Version::UnknownLevel,
        };
    }
    match body.strip_prefix(b"\x00\x06MQIsdp").map(<[u8]>::first) {
        Some(Some(3)) => Version::V311,
        Some(_) => Version::UnknownLevel,
        None => Version::NotMqtt,
    }
}

/// The topic of a PUBLISH of which at least the start is there; for explaining a refusal.
pub(crate) fn topic_of(bytes: &[u8]) -> Option<&str> {
    if bytes.first()? >> 4 != 3 {
        return None;
    }
    let (header, _) = header(bytes)?;
    let (length, rest) = bytes.get(header..)?.split_first_chunk::<2>()?;
    let topic = std::str::from_utf8(rest.get(..usize::from(u16::from_be_bytes(*length)))?).ok()?;
    (!topic.contains('\0')).then_some(topic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_measured_from_their_first_bytes() {
        assert_eq!(scan(b"", 100), Frame::Partial);
        assert_eq!(scan(b"\x30", 100), Frame::Partial);
        assert_eq!(scan(b"\x30\x02a", 100), Frame::Partial);
        assert_eq!(scan(b"\xc0\x00\xc0\x00", 100), Frame::Whole(2));
        assert_eq!(scan(b"\x30\x80\x01", 100), Frame::TooLarge(131));
        assert_eq!(scan(b"\x30\xff\xff\xff", 100), Frame::Partial);
        assert_eq!(scan(b"\x30\xff\xff\xff\xff", 100), Frame::Malformed);
        assert_eq!(scan(b"\x30\xff\xff\xff\x7f", u32::MAX), Frame::Partial);
    }

    #[test]
    fn versions_are_told_apart() {
        assert_eq!(version_of(b"\x10\x0c\x00\x04MQTT\x04"), Version::V311);
        assert_eq!(version_of(b"\x10\x0c\x00\x04MQTT\x05"), Version::V5);
        assert_eq!(version_of(b"\x10\x0c\x00\x04MQTT\x06"), Version::UnknownLevel);
        assert_eq!(version_of(b"\x10\x0c\x00\x06MQIsdp\x03"), Version::V311);
        assert_eq!(version_of(b"GET / HTTP/1.1\r\n"), Version::NotMqtt);
        assert_eq!(version_of(b"\x16\x03\x01\x02\x00"), Version::NotMqtt);
    }

    #[test]
    fn the_topic_is_read_from_a_truncated_publish() {
        assert_eq!(topic_of(b"\x32\xff\x7f\x00\x09telemetry\x00"), Some("telemetry"));
        assert_eq!(topic_of(b"\x32\xff\x7f\x00\x09tele"), None);
        assert_eq!(topic_of(b"\x32\xff\x7f\x00\x03a\0b\x00"), None);
        assert_eq!(topic_of(b"\xc0\x00"), None);
    }
}
