use super::section::section;

section! {
    /// What the server writes to standard error.
    Log {
        /// `text` or `json`.
        format: String = "text".to_owned(),
        /// How much: `error`, `warn`, `info`, `debug`, or directives such as `info,broker=debug`.
        level: String = "info".to_owned(),
    }
}
