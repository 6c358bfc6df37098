//! A place in the stream, as clients keep it: opaque, small, safe in a URL.

use backplane::journal::Offset;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const VERSION: u8 = 1;

/// What has been sent: every record before `offset`, and the first `frames` frames of that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub offset: Offset,
    pub frames: u32,
}

impl Cursor {
    #[must_use]
    pub const fn at(offset: Offset) -> Self {
        Self { offset, frames: 0 }
    }

    #[must_use]
    pub fn encode(self) -> String {
        let mut bytes = [VERSION; 13];
        let (offset, frames) = (self.offset.to_be_bytes(), self.frames.to_be_bytes());
        bytes.iter_mut().skip(1).zip(offset.into_iter().chain(frames)).for_each(|(to, from)| *to = from);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let bytes: [u8; 13] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (version, rest) = bytes.split_first()?;
        let (offset, frames) = rest.split_first_chunk::<8>()?;
        (*version == VERSION).then_some(Self {
            offset: u64::from_be_bytes(*offset),
            frames: u32::from_be_bytes(frames.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let cursor = Cursor { offset: 1 << 40, frames: 7 };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        for wrong in ["", "x", "AAAAAAAAAAAAAAAAAA", "not a cursor at all"] {
            assert_eq!(Cursor::decode(wrong), None, "{wrong:?}");
        }
    }
}
