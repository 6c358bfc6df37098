//! Who is in the fleet: names, kinds, and the faults that some have.

use crate::attack;
use crate::fault::Fault;
use crate::kind::Kind;
use crate::wave;

/// One device to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub name: String,
    pub kind: Kind,
    /// From the name, so that a device behaves alike in every run.
    pub seed: u64,
    pub fault: Option<Fault>,
}

/// `count` devices in the proportions of the kinds, at least one of each where a story needs it.
pub fn roster(count: usize) -> Vec<Member> {
    let mut taken: Vec<usize> = Kind::ALL.map(|kind| kind.share() * count / 200).to_vec();
    let missing = count.saturating_sub(taken.iter().sum());
    for kind in (0..taken.len()).cycle().take(missing) {
        taken.iter_mut().skip(kind).take(1).for_each(|share| *share += 1);
    }
    let of_kind = |(kind, count): (Kind, usize)| (0..count).map(move |index| member(kind, index));
    Kind::ALL.into_iter().zip(taken).flat_map(of_kind).collect()
}

fn member(kind: Kind, index: usize) -> Member {
    // The first ones have stories; a place then gets its devices numbered in turn.
    let name = match (kind, index) {
        (Kind::Camera, 0) => attack::TARGET.to_owned(),
        (Kind::Camera, 12) => numbered(kind, 0),
        _ => numbered(kind, index),
    };
    let fault = (index == 0).then(|| Fault::of(kind)).flatten();
    Member { seed: wave::hash(&name), name, kind, fault }
}

fn numbered(kind: Kind, index: usize) -> String {
    let places = kind.places();
    let place = places.get(index % places.len()).copied().unwrap_or_default();
    format!("{} {place} {}", kind.label(), index / places.len() + 1)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_counts_are_kept() {
        for count in [1, 6, 7, 24, 60, 200, 333] {
            let members = roster(count);
            assert_eq!(members.len(), count);
            let names: HashSet<_> = members.iter().map(|member| &member.name).collect();
            assert_eq!(names.len(), count, "of {count}");
        }
    }

    #[test]
    fn the_shares_are_of_two_hundred() {
        assert_eq!(Kind::ALL.iter().map(|kind| kind.share()).sum::<usize>(), 200);
    }

    #[test]
    fn two_dozen_devices_have_all_the_stories() {
        let members = roster(24);
        assert!(members.iter().any(|member| member.name == attack::TARGET));
        assert_eq!(members.iter().filter(|member| member.fault.is_some()).count(), 5);
    }
}
