//! Measurements as the journal holds them: messages of one device that came together are one record.
//!
//! What a batch of messages shares is written once: tenant, device, profile, and each field's name. Readers then do their
//! look-ups once for the batch instead of once for each message.

mod view;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde::ser::{SerializeStruct as _, SerializeTuple as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{MessageIdentity, Timestamp, Value};

pub use view::TelemetryRef;

/// Messages of measurements of one device, in the order in which they came. Every point is one row of the lake,
/// whatever other rows share its time stamp.
#[derive(Clone, Debug, PartialEq)]
pub struct Telemetry {
    /// Slug of the device's profile: the lake's table.
    pub profile: String,
    /// How many messages these points came in.
    pub messages: u32,
    /// Of those messages that have one, in order.
    pub identities: Vec<MessageIdentity>,
    /// At most [`Telemetry::MOST_POINTS`].
    pub points: Vec<Point>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub ts: Timestamp,
    /// Field names are `[a-z_][a-z0-9_]*` (ingest maps others), at most 64 bytes, unique within the point.
    pub values: Vec<(Arc<str>, Value)>,
}

impl Telemetry {
    /// A row of the lake is known by its record's offset and its point's place in it, for which there are 16 bits.
    pub const MOST_POINTS: usize = 1 << 16;

    /// One message without an identity.
    #[must_use]
    pub fn of(profile: impl Into<String>, points: Vec<Point>) -> Self {
        Self { profile: profile.into(), messages: 1, identities: Vec::new(), points }
    }
}

/// The names of a record's fields, each once, in the order of their first use.
#[derive(Default)]
struct Names<'a> {
    names: Vec<&'a str>,
    /// Only when there are many.
    places: HashMap<&'a str, usize>,
}

/// Up to here looking at each name is as quick as a map.
const FEW: usize = 24;

impl<'a> Names<'a> {
    fn of(points: &'a [Point]) -> Self {
        let mut names = Self::default();
        for point in points {
            for (near, (name, _)) in point.values.iter().enumerate() {
                if names.place(name, near).is_none() {
                    names.add(name);
                }
            }
        }
        names
    }

    fn add(&mut self, name: &'a str) {
        self.names.push(name);
        if self.names.len() > FEW {
            if self.places.is_empty() {
                self.places = self.names.iter().enumerate().map(|(place, name)| (*name, place)).collect();
            }
            self.places.insert(name, self.names.len() - 1);
        }
    }

    /// Most points have the same fields in the same order, so the name is probably `near`.
    fn place(&self, name: &str, near: usize) -> Option<usize> {
        if self.names.get(near).is_some_and(|known| std::ptr::eq(*known, name) || *known == name) {
            Some(near)
        } else if self.places.is_empty() {
            self.names.iter().position(|known| *known == name)
        } else {
            self.places.get(name).copied()
        }
    }
}

impl Serialize for Telemetry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = Names::of(&self.points);
        let mut fields = serializer.serialize_struct(NAME, FIELDS.len())?;
        fields.serialize_field("profile", &self.profile)?;
        fields.serialize_field("messages", &self.messages)?;
        fields.serialize_field("identities", &self.identities)?;
        fields.serialize_field("names", &names.names)?;
        fields.serialize_field("points", &Written { names: &names, content: self.points.as_slice() })?;
        fields.end()
    }
}

const NAME: &str = "Telemetry";
const FIELDS: [&str; 5] = ["profile", "messages", "identities", "names", "points"];

/// Points, a point, a point's values or one of them on the way out, its names replaced by their places.
struct Written<'a, T: ?Sized> {
    names: &'a Names<'a>,
    content: &'a T,
}

impl Serialize for Written<'_, [Point]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.content.iter().map(|content| Written { names: self.names, content }))
    }
}

impl Serialize for Written<'_, Point> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_tuple(2)?;
        pair.serialize_element(&self.content.ts)?;
        pair.serialize_element(&Written { names: self.names, content: &self.content.values })?;
        pair.end()
    }
}

impl Serialize for Written<'_, Vec<(Arc<str>, Value)>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = |near, name: &str| self.names.place(name, near).unwrap_or_default();
        let values = self.content.iter().enumerate();
        serializer.collect_seq(values.map(|(near, (name, value))| (place(near, name), value)))
    }
}

impl<'de> Deserialize<'de> for Telemetry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(NAME, &FIELDS, Read(()))
    }
}

/// The same, on the way in.
struct Read<T>(T);

impl<'de> Visitor<'de> for Read<()> {
    type Value = Telemetry;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a record of measurements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Telemetry, A::Error> {
        let missing = |field: usize| A::Error::invalid_length(field, &"five fields");
        let profile = fields.next_element()?.ok_or_else(|| missing(0))?;
        let messages = fields.next_element()?.ok_or_else(|| missing(1))?;
        let identities = fields.next_element()?.ok_or_else(|| missing(2))?;
        let names: Vec<Arc<str>> = fields.next_element()?.ok_or_else(|| missing(3))?;
        let points = fields.next_element_seed(Read(Points(&names)))?.ok_or_else(|| missing(4))?;
        Ok(Telemetry { profile, messages, identities, points })
    }
}

#[derive(Clone, Copy)]
struct Points<'a>(&'a [Arc<str>]);
#[derive(Clone, Copy)]
struct OnePoint<'a>(&'a [Arc<str>]);
#[derive(Clone, Copy)]
struct Values<'a>(&'a [Arc<str>]);

/// Damage must not make us ask for more memory than a record could need.
const MOST_RESERVED: usize = 4096;

impl<'de> DeserializeSeed<'de> for Read<Points<'_>> {
    type Value = Vec<Point>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Point>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Read<Points<'_>> {
    type Value = Vec<Point>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("points")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<Point>, A::Error> {
        let mut points = Vec::with_capacity(elements.size_hint().unwrap_or_default().min(MOST_RESERVED));
        while let Some(point) = elements.next_element_seed(Read(OnePoint(self.0.0)))? {
            points.push(point);
        }
        Ok(points)
    }
}

impl<'de> DeserializeSeed<'de> for Read<OnePoint<'_>> {
    type Value = Point;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Point, D::Error> {
        deserializer.deserialize_tuple(2, self)
    }
}

impl<'de> Visitor<'de> for Read<OnePoint<'_>> {
    type Value = Point;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a time and values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Point, A::Error> {
        let missing = |field: usize| A::Error::invalid_length(field, &"a time and values");
        let ts = pair.next_element()?.ok_or_else(|| missing(0))?;
        let values = pair.next_element_seed(Read(Values(self.0.0)))?.ok_or_else(|| missing(1))?;
        Ok(Point { ts, values })
    }
}

impl<'de> DeserializeSeed<'de> for Read<Values<'_>> {
    type Value = Vec<(Arc<str>, Value)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Read<Values<'_>> {
    type Value = Vec<(Arc<str>, Value)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("values with the places of their names")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let names = self.0.0;
        let mut values = Vec::with_capacity(elements.size_hint().unwrap_or_default().min(names.len()));
        while let Some((place, value)) = elements.next_element::<(usize, Value)>()? {
            let name = names.get(place).ok_or_else(|| A::Error::custom("a value without a name"))?;
            values.push((Arc::clone(name), value));
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(ms: i64, names: impl IntoIterator<Item = String>) -> Point {
        let values = names.into_iter().enumerate();
        let values = values.map(|(at, name)| (name.into(), Value::Number(at as f64))).collect();
        Point { ts: Timestamp::from_millis(ms), values }
    }

    fn telemetry(points: Vec<Point>) -> Telemetry {
        let identities = vec![MessageIdentity { packet_id: 1, digest: 2 }];
        Telemetry { profile: "oven".into(), messages: 3, identities, points }
    }

    fn owned(view: &TelemetryRef<'_>) -> Vec<Point> {
        let named =
            |(place, value): &(usize, crate::ValueRef<'_>)| (view.names[*place].into(), value.owned());
        view.points().map(|(ts, values)| Point { ts, values: values.iter().map(named).collect() }).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let letters = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let many = |first: usize| (first..first + 40).map(|at| format!("field_{at}")).collect::<Vec<_>>();
        for points in [
            vec![],
            vec![point(1, letters("ab")), point(2, letters("ba")), point(3, letters("c")), point(4, [])],
            vec![point(1, many(0)), point(2, many(20)), point(3, many(0))],
        ] {
            let written = telemetry(points);
            let bytes = postcard::to_stdvec(&written).unwrap();
            assert_eq!(postcard::from_bytes::<Telemetry>(&bytes).unwrap(), written);
            let view: TelemetryRef<'_> = postcard::from_bytes(&bytes).unwrap();
            assert_eq!(view, written.view());
            assert_eq!(owned(&view), written.points);
        }
    }

    #[test]
    fn a_name_is_written_once() {
        let points = (0..100).map(|ms| point(ms, ["temperature".to_owned()])).collect();
        let bytes = postcard::to_stdvec(&telemetry(points)).unwrap();
        let name = b"temperature";
        assert_eq!(bytes.windows(name.len()).filter(|window| window == name).count(), 1);
    }

    #[test]
    fn a_value_without_a_name_is_damage() {
        let one = telemetry(vec![point(1, ["a".to_owned()])]);
        let mut bytes = postcard::to_stdvec(&one).unwrap();
        let name = bytes.iter().rposition(|byte| *byte == b'a').unwrap();
        // One name, of one byte, becomes one name of no bytes; what follows is then out of step.
        bytes.remove(name);
        assert!(postcard::from_bytes::<Telemetry>(&bytes).is_err());
        assert!(postcard::from_bytes::<TelemetryRef<'_>>(&bytes).is_err());
    }
}
