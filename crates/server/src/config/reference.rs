//! The reference of every key, generated from the declarations: a TOML file that could be used as it is.

use std::fmt::Write as _;

use super::{Config, SECTIONS};

/// Every key with its explanation and default.
pub fn reference() -> String {
    let defaults = toml::Table::try_from(Config::default()).unwrap_or_default();
    let mut text = String::from(
        "# Every key of the configuration, with its default. An empty file is a working configuration.\n\
         # An environment variable overrides a key: SMARTSECURITY_HTTP__LISTEN sets http.listen.\n",
    );
    for section in SECTIONS {
        text.push('\n');
        for line in section.about {
            let _ = writeln!(text, "#{line}");
        }
        let _ = writeln!(text, "[{}]", section.name);
        for key in section.keys {
            for line in key.doc {
                let _ = writeln!(text, "#{line}");
            }
            let default = defaults.get(section.name).and_then(|keys| keys.get(key.name));
            let default = default.map_or_else(|| "\"\"".to_owned(), ToString::to_string);
            let _ = writeln!(text, "{} = {default}", key.name);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_itself_a_configuration_and_names_every_key() {
        let text = reference();
        Config::read(&text, []).unwrap();
        let defaults = toml::Table::try_from(Config::default()).unwrap();
        for (section, keys) in &defaults {
            for key in keys.as_table().unwrap().keys() {
                assert!(text.contains(&format!("\n{key} = ")), "{section}.{key} is missing");
            }
        }
        assert_eq!(defaults.len(), SECTIONS.len());
    }
}
