use std::path::PathBuf;

/// What is wrong with the configuration, and where.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the configuration is not TOML: {0}")]
    Syntax(Box<toml::de::Error>),
    #[error("the configuration has a wrong value: {0}")]
    Value(Box<toml::de::Error>),
    #[error(
        "there is no key `{key}` in the configuration{suggestion} (`smartsecurity config reference` lists them all)"
    )]
    Unknown { key: String, suggestion: String },
    #[error("{key} is wrong: {why}")]
    Wrong { key: String, why: String },
}

impl ConfigError {
    pub fn wrong(key: &str, why: impl Into<String>) -> Self {
        Self::Wrong { key: key.to_owned(), why: why.into() }
    }

    pub fn unknown(key: &str, known: impl Iterator<Item = String>) -> Self {
        let nearest = known
            .map(|candidate| (strsim::jaro_winkler(key, &candidate), candidate))
            .filter(|(likeness, _)| *likeness > 0.7)
            .max_by(|left, right| left.0.total_cmp(&right.0));
        let suggestion = nearest.map_or_else(String::new, |(_, name)| format!("; did you mean `{name}`?"));
        Self::Unknown { key: key.to_owned(), suggestion }
    }
}
