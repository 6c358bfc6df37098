//! A source file above 400 lines is mentioned; above 800 it is refused.

use std::path::{Path, PathBuf};

use super::Remark;

const MENTION: usize = 400;
const REFUSE: usize = 800;
const COMPONENT: usize = 250;

pub fn check(files: &[PathBuf]) -> Vec<Remark> {
    files.iter().filter_map(|path| judge(path)).collect()
}

fn judge(path: &Path) -> Option<Remark> {
    let extension = path.extension()?.to_str()?;
    let name = path.to_string_lossy();
    if !matches!(extension, "rs" | "ts" | "vue" | "py" | "css" | "mjs") || generated(&name) {
        return None;
    }
    let lines = std::fs::read_to_string(path).ok()?.lines().count();
    match lines {
        _ if lines > REFUSE => {
            Some(Remark::Refuse(format!("{name} has {lines} lines; no file may pass {REFUSE}")))
        }
        _ if lines > MENTION => {
            Some(Remark::Mention(format!("{name} has {lines} lines; would a reader find the seam?")))
        }
        _ if extension == "vue" && lines > COMPONENT => Some(Remark::Mention(format!(
            "{name} has {lines} lines; a component above {COMPONENT} wants splitting"
        ))),
        _ => None,
    }
}

fn generated(name: &str) -> bool {
    name.contains("/generated/")
        || name.ends_with(".gen.ts")
        || name.ends_with("schema.d.ts")
        || name.contains("/tests/data/")
}
