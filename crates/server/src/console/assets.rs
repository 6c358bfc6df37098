//! Where a file of the console comes from.

use std::borrow::Cow;

#[cfg(not(debug_assertions))]
include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// The file's bytes, when the console has it.
#[cfg(not(debug_assertions))]
pub fn find(path: &str) -> Option<Cow<'static, [u8]>> {
    let at = FILES.binary_search_by(|(name, _)| (*name).cmp(path)).ok()?;
    FILES.get(at).map(|(_, bytes)| Cow::Borrowed(*bytes))
}

/// The file's bytes, when the console has it.
#[cfg(debug_assertions)]
pub fn find(path: &str) -> Option<Cow<'static, [u8]>> {
    let plain =
        std::path::Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/console/dist"));
    plain.then(|| std::fs::read(root.join(path)).ok()).flatten().map(Cow::Owned)
}
