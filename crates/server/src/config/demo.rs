use super::section::section;

section! {
    /// A demonstration with simulated devices.
    Demo {
        /// Labels the installation as a demonstration, on every screen.
        enabled: bool = false,
    }
}
