//! What the codec lets pass and the standard forbids.
//!
//! In: a whole packet's bytes, or the texts of a decoded one. Out: the fault that ends the connection. The topic of a
//! PUBLISH is not looked at here: who checks its characters anyway (`check_topic`) finds a null character, too.

use bytestring::ByteString;
use model::phrase;

use super::{Fault, frame};
use crate::Protocol;

const SUBSCRIBE: u8 = 0x82;
const PINGREQ: u8 = 0xc0;
const DISCONNECT: u8 = 0xe0;

/// Looks at the bytes of a packet before it is decoded.
pub(super) fn check(protocol: Protocol, packet: &[u8]) -> Result<(), Fault> {
    match (packet.first(), protocol) {
        (Some(&PINGREQ), _) | (Some(&DISCONNECT), Protocol::V311)
            if frame::body(packet).is_some_and(|body| !body.is_empty()) =>
        {
            Err(Fault::malformed(phrase!("mqtt_content", "a packet that has no content came with some")))
        }
        (Some(&SUBSCRIBE), Protocol::V311)
            if frame::body(packet).is_some_and(|body| has_reserved_options(Rest(body))) =>
        {
            Err(Fault::malformed(phrase!(
                "mqtt_reserved_options",
                "a subscription's options have bits that MQTT 3.1.1 reserves",
            )))
        }
        _ => Ok(()),
    }
}

/// Whether a CONNECT ends with its last field. One that ends too early is the codec's to refuse.
pub(super) fn connect_ends(packet: &[u8]) -> bool {
    const WILL: u8 = 0x04;
    const PASSWORD: u8 = 0x40;
    const USERNAME: u8 = 0x80;
    let ends = || {
        let mut rest = Rest(frame::body(packet)?);
        rest.field()?;
        let [level, flags] = rest.take::<2>()?;
        rest.take::<2>()?;
        let properties = |rest: &mut Rest<'_>| if level == 5 { rest.properties() } else { Some(()) };
        properties(&mut rest)?;
        rest.field()?;
        if flags & WILL != 0 {
            properties(&mut rest)?;
            rest.field()?;
            rest.field()?;
        }
        for flag in [USERNAME, PASSWORD] {
            if flags & flag != 0 {
                rest.field()?;
            }
        }
        Some(rest.0.is_empty())
    };
    ends().unwrap_or(true)
}

fn has_reserved_options(mut rest: Rest<'_>) -> bool {
    let mut reserved = rest.take::<2>().is_none();
    while !rest.0.is_empty() {
        let Some([options]) = rest.field().and_then(|()| rest.take()) else { return reserved };
        reserved |= options & 0xfc != 0;
    }
    reserved
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        self.0 = self.0.get(bytes..)?;
        Some(())
    }

    /// A text or binary data, with its length before it.
    fn field(&mut self) -> Option<()> {
        let length = u16::from_be_bytes(self.take()?);
        self.skip(length.into())
    }

    fn properties(&mut self) -> Option<()> {
        let mut length = 0;
        for shift in [0, 7, 14, 21] {
            let [byte] = self.take()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return self.skip(length);
            }
        }
        None
    }
}

/// A null character is forbidden in every text (MQTT-1.5.4-2, in 3.1.1 MQTT-1.5.3-2), and no database may be assumed to
/// take one.
pub(super) fn texts<'a>(texts: impl IntoIterator<Item = &'a ByteString>) -> Result<(), Fault> {
    if texts.into_iter().any(|text| text.contains('\0')) { Err(null_character()) } else { Ok(()) }
}

pub(super) fn pairs(pairs: &[(ByteString, ByteString)]) -> Result<(), Fault> {
    texts(pairs.iter().flat_map(|(name, value)| [name, value]))
}

pub(super) fn response_topic(topic: Option<&ByteString>) -> Result<(), Fault> {
    texts(topic)?;
    if topic.is_some_and(|topic| topic.contains(['+', '#'])) {
        return Err(Fault::protocol(phrase!(
            "mqtt_response_topic",
            "a response topic cannot contain the wildcards + and #",
        )));
    }
    Ok(())
}

pub(crate) fn null_character() -> Fault {
    Fault::malformed(phrase!("mqtt_null", "a text in the packet contains a null character"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connect_that_goes_on_is_noticed() {
        let connect: &[u8] = b"\x10\x15\x00\x04MQTT\x04\xc2\x00\x3c\x00\x01a\x00\x01b\x00\x03pwd";
        let connect5: &[u8] =
            b"\x10\x24\x00\x04MQTT\x05\xc6\x00\x3c\x05\x11\x00\x00\x00\x09\x00\x01a\x00\x00\x01e\x00\x02{}\x00\x01b\x00\x03pwd";
        for packet in [connect, connect5] {
            let body = &packet[2..];
            let with = |extra: &[u8]| {
                let length = u8::try_from(body.len() + extra.len()).unwrap();
                [&[0x10, length], body, extra].concat()
            };
            assert!(connect_ends(&with(b"")));
            assert!(!connect_ends(&with(b"x")));
            // What follows is the next packet.
            assert!(connect_ends(&[with(b""), vec![0xc0, 0]].concat()));
        }
    }

    #[test]
    fn packets_without_content_have_none() {
        assert!(check(Protocol::V311, b"\xc0\x00").is_ok());
        assert!(check(Protocol::V5, b"\xc0\x01x").is_err());
        assert!(check(Protocol::V311, b"\xe0\x01x").is_err());
        assert!(check(Protocol::V5, b"\xe0\x01\x00").is_ok());
    }

    #[test]
    fn reserved_options_are_noticed() {
        for (options, fine) in [(0, true), (1, true), (2, true), (0xc0, false), (0x41, false), (4, false)] {
            let packet = [b"\x82\x0a\x00\x01\x00\x01a\x01\x00\x01b".as_slice(), &[options]].concat();
            assert_eq!(check(Protocol::V311, &packet).is_ok(), fine, "{options:x}");
        }
    }
}
