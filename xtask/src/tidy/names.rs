//! Names that say nothing are where everything ends up.

use std::path::PathBuf;

use super::Remark;

const BANNED: &[&str] =
    &["utils", "util", "common", "helpers", "helper", "misc", "manager", "managers", "stuff"];

pub fn check(files: &[PathBuf]) -> Vec<Remark> {
    files
        .iter()
        .filter_map(|path| {
            let part = path
                .iter()
                .filter_map(|part| part.to_str())
                .find(|part| BANNED.contains(&part.split('.').next().unwrap_or(part)))?;
            Some(Remark::Refuse(format!(
                "{}: the name {part:?} says nothing; name the noun or the verb that lives there",
                path.display()
            )))
        })
        .collect()
}
