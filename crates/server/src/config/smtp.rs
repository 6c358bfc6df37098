use super::section::section;
use crate::config::Secret;

section! {
    /// The mail server that notices are sent through. Without `host`, e-mail channels are refused with an explanation.
    Smtp {
        /// Host name; empty means that no mail is sent.
        host: String = String::new(),
        /// Port: 587 for `starttls`, 465 for `tls`, 25 for `none` are usual.
        port: u16 = 587,
        /// User name; empty means no sign-in.
        username: String = String::new(),
        /// Password.
        password: Secret = Secret::default(),
        /// Sender of the notices: `SmartSecurity <alerts@example.com>`.
        from: String = String::new(),
        /// `none`, `starttls` or `tls`.
        tls: String = "starttls".to_owned(),
    }
}
