//! The repository's own rules, as a command: who may depend on whom, how large a file may grow, which names say nothing.

mod dependencies;
mod names;
mod sizes;

use std::path::PathBuf;
use std::process::Command;

use anyhow::bail;

use crate::{phrases, process};

/// A broken rule, or a remark that breaks nothing.
pub enum Remark {
    Mention(String),
    Refuse(String),
}

pub fn run() -> anyhow::Result<()> {
    let files = files()?;
    let mut remarks = dependencies::check()?;
    remarks.extend(sizes::check(&files));
    remarks.extend(names::check(&files));
    if !phrases::is_current()? {
        let text = "web/client/phrases.json is not what the sources say: run `cargo xtask phrases`";
        remarks.push(Remark::Refuse(text.to_owned()));
    }
    let mut refused = 0;
    for remark in &remarks {
        match remark {
            Remark::Mention(text) => println!("tidy: mention: {text}"),
            Remark::Refuse(text) => {
                refused += 1;
                println!("tidy: REFUSED: {text}");
            }
        }
    }
    if refused > 0 {
        bail!("tidy refused {refused} thing(s); each line above says which rule and where");
    }
    println!("tidy: {} files in order, {} mentioned", files.len(), remarks.len());
    Ok(())
}

/// What git tracks, and what it would track.
fn files() -> anyhow::Result<Vec<PathBuf>> {
    let list = process::output(Command::new("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    Ok(list.lines().map(PathBuf::from).filter(|path| path.is_file()).collect())
}
