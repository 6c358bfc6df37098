//! The rule of tenant scoping, read off the source: no function without a scope, no statement without its tenant.

use std::fs;
use std::path::{Path, PathBuf};

/// Every function of a domain says in whose name it works.
#[test]
fn every_function_takes_a_scope() {
    let mut seen = 0;
    for (place, function) in functions() {
        let signature = function.split('{').next().unwrap();
        let scoped = signature.contains("&Scope") || signature.contains("&SystemScope");
        assert!(scoped, "{place}: takes neither a &Scope nor a &SystemScope:\n{signature}");
        seen += 1;
    }
    assert!(seen > 50, "only {seen} functions were found: has the layout changed?");
}

/// A function with a tenant's scope filters by it in each of its statements.
#[test]
fn every_statement_of_a_scoped_function_names_the_tenant() {
    let mut seen = 0;
    for (place, function) in functions() {
        let signature = function.split('{').next().unwrap();
        if !signature.contains("&Scope") {
            continue;
        }
        for statement in statements(&function) {
            let named = filters_by_tenant(statement);
            assert!(named, "{place}: a statement without its tenant:\n{statement}");
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} statements were found: has the way of writing them changed?");
}

/// An `INSERT` writes the column; everything else compares it (or is about the tenant itself).
fn filters_by_tenant(statement: &str) -> bool {
    if statement.trim_start().starts_with("INSERT") {
        return statement.contains("tenant_id");
    }
    statement.contains("tenant_id = ")
        || (statement.contains(" tenants ") && statement.contains("WHERE id = $1"))
}

/// The public async functions of all domains, each with its text up to the next function.
fn functions() -> Vec<(String, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for file in files(&source) {
        // The frame itself lies directly in `src`; a domain is a folder.
        if file.parent() == Some(&source) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let place = file.strip_prefix(&source).unwrap().display().to_string();
        for function in text.split("pub async fn ").skip(1) {
            let end = function.find("\n}\n").unwrap_or(function.len());
            let name = function.split(['(', '<']).next().unwrap();
            found.push((format!("{place}: {name}"), function[..end].to_owned()));
        }
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The string literals that begin like a statement.
fn statements(function: &str) -> Vec<&str> {
    let words = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];
    function
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| words.iter().any(|word| text.trim_start().starts_with(word)))
        .collect()
}
