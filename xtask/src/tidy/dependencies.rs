//! The table in ARCHITECTURE.md against what cargo says: a crate may use only the crates its row names.

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::Value;

use super::Remark;
use crate::process;

pub fn check() -> anyhow::Result<Vec<Remark>> {
    let text =
        std::fs::read_to_string("ARCHITECTURE.md").context("ARCHITECTURE.md holds the dependency table")?;
    let allowed = table(&text);
    let mut remarks = Vec::new();
    for (name, uses) in workspace()? {
        let Some(may_use) = allowed.get(&name) else {
            remarks.push(Remark::Refuse(format!(
                "crate {name} has no row in ARCHITECTURE.md's dependency table"
            )));
            continue;
        };
        for used in uses {
            if !may_use.iter().any(|each| *each == used || each == "all") {
                remarks.push(Remark::Refuse(format!(
                    "crate {name} uses {used}; its row in ARCHITECTURE.md allows: {}",
                    may_use.join(", ")
                )));
            }
        }
    }
    Ok(remarks)
}

/// Rows of the form ``| `name` | … | may use | … |`` below a header whose third cell is "may use".
fn table(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut rows = BTreeMap::new();
    let mut inside = false;
    for line in text.lines() {
        let cells: Vec<_> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        match cells.as_slice() {
            [_, _, "may use", ..] => inside = true,
            [names, _, may_use, ..] if inside => {
                let may_use: Vec<_> =
                    may_use.split(',').map(|each| each.trim().trim_matches('`').to_owned()).collect();
                for name in names.split(',') {
                    rows.insert(name.trim().trim_matches('`').to_owned(), may_use.clone());
                }
            }
            _ => inside = false,
        }
    }
    rows
}

/// Each crate of the workspace with the workspace crates that its code (not its tests) depends on.
fn workspace() -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let json = process::output(process::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&json)?;
    let packages =
        metadata.get("packages").and_then(Value::as_array).context("cargo metadata lists no packages")?;
    let names: Vec<_> = packages.iter().filter_map(|package| package.get("name")?.as_str()).collect();
    Ok(packages
        .iter()
        .filter_map(|package| {
            let uses = package
                .get("dependencies")?
                .as_array()?
                .iter()
                .filter(|dependency| dependency.get("kind").is_some_and(Value::is_null))
                .filter_map(|dependency| dependency.get("name")?.as_str())
                .filter(|name| names.contains(name))
                .map(str::to_owned)
                .collect();
            Some((package.get("name")?.as_str()?.to_owned(), uses))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_allowances_from_the_table() {
        let rows = table(
            "# x\n| crate | holds | may use | must never |\n|---|---|---|---|\n| `model` | ids | – | do I/O |\n| `api` | routes | `model`, `store` | hold SQL |\n\n| other | table |\n",
        );
        assert_eq!(rows["api"], ["model", "store"]);
        assert_eq!(rows["model"], ["–"]);
        assert!(!rows.contains_key("other"));
    }
}
