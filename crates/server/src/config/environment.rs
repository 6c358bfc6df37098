//! `SMARTSECURITY_HTTP__LISTEN=127.0.0.1:8080` is `[http] listen = "127.0.0.1:8080"`.

use super::{ConfigError, SECTIONS};

const PREFIX: &str = "SMARTSECURITY_";

/// Writes the variables that are ours over the file's table.
pub fn overlay(
    table: &mut toml::Table,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<(), ConfigError> {
    for (variable, value) in environment {
        let Some(name) = variable.strip_prefix(PREFIX) else { continue };
        let Some((section, key)) = name.split_once("__") else {
            refuse_single_underscore(&variable, name)?;
            continue;
        };
        let (section, key) = (section.to_ascii_lowercase(), key.to_ascii_lowercase());
        let value = typed(&section, &key, value);
        let entry = table.entry(section.clone()).or_insert_with(|| toml::Table::new().into());
        let Some(keys) = entry.as_table_mut() else {
            return Err(ConfigError::wrong(&section, format!("it is a section: write it as [{section}]")));
        };
        keys.insert(key, value);
    }
    Ok(())
}

/// Other programs of ours have variables, too (`SMARTSECURITY_BIN`); but one that begins with the name of a section was
/// meant for us, and ignoring it would surprise.
fn refuse_single_underscore(variable: &str, name: &str) -> Result<(), ConfigError> {
    let meant = name
        .split_once('_')
        .is_some_and(|(first, _)| SECTIONS.iter().any(|section| section.name.eq_ignore_ascii_case(first)));
    if meant {
        let why =
            "a variable names section and key with two underscores between, as SMARTSECURITY_HTTP__LISTEN";
        return Err(ConfigError::wrong(variable, why));
    }
    Ok(())
}

/// Numbers and switches are read as TOML; everything else is text, even when it looks like a number.
fn typed(section: &str, key: &str, value: String) -> toml::Value {
    let known = SECTIONS
        .iter()
        .find(|known| known.name == section)
        .and_then(|known| known.keys.iter().find(|known| known.name == key));
    if known.is_some_and(|known| !known.is_text()) {
        if let Ok(number) = value.parse::<i64>() {
            return number.into();
        }
        if let Ok(flag) = value.parse::<bool>() {
            return flag.into();
        }
    }
    value.into()
}
