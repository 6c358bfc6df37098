use super::section::section;

section! {
    /// Signing in.
    Auth {
        /// How long an access token is good for.
        access_minutes: u64 = 15,
        /// How long a session lives without use.
        session_days: u64 = 30,
    }
}
