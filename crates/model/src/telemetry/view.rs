//! Measurements read where they lie, for readers of the journal that look at every point and keep few of them: a batch
//! of messages costs them three allocations, however many values it has.

use std::fmt;

use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{FEW, FIELDS, MOST_RESERVED, NAME, Names};
use crate::record::body;
use crate::{Header, MessageIdentity, RecordError, Telemetry, Timestamp, ValueRef};

/// [`Telemetry`] that borrows.
#[derive(Debug, PartialEq)]
pub struct TelemetryRef<'a> {
    pub profile: &'a str,
    pub messages: u32,
    /// The names of its fields, each once.
    pub names: Vec<&'a str>,
    points: Points<'a>,
}

#[derive(Debug, Default, PartialEq)]
struct Points<'a> {
    /// A point's time, and where its values end.
    ends: Vec<(Timestamp, usize)>,
    /// A value follows the place of its name.
    values: Vec<(usize, ValueRef<'a>)>,
}

impl<'a> TelemetryRef<'a> {
    /// Reads a record of which the header says that it holds measurements.
    ///
    /// # Errors
    /// As [`crate::Record::decode`].
    pub fn decode(bytes: &'a [u8]) -> Result<Self, RecordError> {
        let (_, rest) = postcard::take_from_bytes::<Header>(body(bytes)?)?;
        Ok(postcard::from_bytes(rest)?)
    }

    /// Points in order: their time, and their values with the place of each one's name in `names`.
    pub fn points(&self) -> impl ExactSizeIterator<Item = (Timestamp, &[(usize, ValueRef<'a>)])> {
        let mut start = 0;
        self.points.ends.iter().map(move |(ts, end)| {
            let values = self.points.values.get(start..*end).unwrap_or_default();
            start = *end;
            (*ts, values)
        })
    }
}

impl Telemetry {
    #[must_use]
    pub fn view(&self) -> TelemetryRef<'_> {
        let names = Names::of(&self.points);
        let mut points = Points::default();
        for point in &self.points {
            let values = point.values.iter().enumerate();
            points.values.extend(
                values.filter_map(|(near, (name, value))| Some((names.place(name, near)?, value.view()))),
            );
            points.ends.push((point.ts, points.values.len()));
        }
        TelemetryRef { profile: &self.profile, messages: self.messages, names: names.names, points }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for TelemetryRef<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(NAME, &FIELDS, Read)
    }
}

struct Read;

impl<'de> Visitor<'de> for Read {
    type Value = TelemetryRef<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a record of measurements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let missing = |field: usize| A::Error::invalid_length(field, &"five fields");
        let profile = fields.next_element()?.ok_or_else(|| missing(0))?;
        let messages = fields.next_element()?.ok_or_else(|| missing(1))?;
        fields.next_element::<PassedBy>()?.ok_or_else(|| missing(2))?;
        let names: Vec<&str> = fields.next_element()?.ok_or_else(|| missing(3))?;
        let mut points = Points::default();
        fields
            .next_element_seed(Gathering { points: &mut points, names: names.len() })?
            .ok_or_else(|| missing(4))?;
        Ok(TelemetryRef { profile, messages, names, points })
    }
}

/// Identities, which only ingest needs.
struct PassedBy;

impl<'de> Deserialize<'de> for PassedBy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Self)
    }
}

impl<'de> Visitor<'de> for PassedBy {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("identities of messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut identities: A) -> Result<Self, A::Error> {
        while identities.next_element::<MessageIdentity>()?.is_some() {}
        Ok(self)
    }
}

/// The list of points, a point in it, and its values, read to the ends of two lists that all of them share.
struct Gathering<'p, 'a> {
    points: &'p mut Points<'a>,
    names: usize,
}
struct OnePoint<'p, 'a>(Gathering<'p, 'a>);
struct Values<'p, 'a>(Gathering<'p, 'a>);

impl<'a> Gathering<'_, 'a> {
    const fn again(&mut self) -> Gathering<'_, 'a> {
        Gathering { points: self.points, names: self.names }
    }
}

impl<'de> DeserializeSeed<'de> for Gathering<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Gathering<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("points")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        let expected = elements.size_hint().unwrap_or_default().min(MOST_RESERVED);
        self.points.ends.reserve(expected);
        self.points.values.reserve(expected.saturating_mul(self.names.min(FEW)).min(MOST_RESERVED));
        while elements.next_element_seed(OnePoint(self.again()))?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for OnePoint<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_tuple(2, self)
    }
}

impl<'de> Visitor<'de> for OnePoint<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a time and values")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut pair: A) -> Result<(), A::Error> {
        let missing = |field: usize| A::Error::invalid_length(field, &"a time and values");
        let ts = pair.next_element()?.ok_or_else(|| missing(0))?;
        pair.next_element_seed(Values(self.0.again()))?.ok_or_else(|| missing(1))?;
        self.0.points.ends.push((ts, self.0.points.values.len()));
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Values<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Values<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("values with the places of their names")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some((place, value)) = elements.next_element::<(usize, ValueRef<'de>)>()? {
            if place >= self.0.names {
                return Err(A::Error::custom("a value without a name"));
            }
            self.0.points.values.push((place, value));
        }
        Ok(())
    }
}
