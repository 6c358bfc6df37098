//! Collects what the server says to people from the calls of `phrase!`, as gettext collects messages: the console takes
//! its English from this list, and must have every one of them in its other languages.

mod extract;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use extract::Call;

const LIST: &str = "web/client/phrases.json";

/// Writes the list.
pub fn write() -> anyhow::Result<()> {
    let list = collect()?;
    fs::write(LIST, render(&list)?).with_context(|| format!("{LIST} cannot be written"))?;
    println!("{LIST}: {} phrases", list.len());
    Ok(())
}

/// Whether the list is what the sources say.
pub fn is_current() -> anyhow::Result<bool> {
    Ok(fs::read_to_string(LIST).unwrap_or_default() == render(&collect()?)?)
}

/// Template by code.
fn collect() -> anyhow::Result<BTreeMap<String, String>> {
    let mut list: BTreeMap<String, String> = BTreeMap::new();
    let mut files = Vec::new();
    for entry in fs::read_dir("crates")? {
        rust_files(&entry?.path().join("src"), &mut files)?;
    }
    for file in files {
        let source = fs::read_to_string(&file)?;
        for Call { code, template, line } in extract::calls(&source) {
            match list.get(&code) {
                Some(known) if *known != template => bail!(
                    "{}:{line}: the code {code:?} says something else elsewhere: {known:?}; one code is one sentence",
                    file.display()
                ),
                _ => _ = list.insert(code, template),
            }
        }
    }
    Ok(list)
}

fn render(list: &BTreeMap<String, String>) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(list)? + "\n")
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}
