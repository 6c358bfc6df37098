//! A notice as mail: plain text and HTML.

use std::fmt::Write as _;

use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use model::{Phrase, phrase};

use super::Failure;
use super::wording::{Story, Text};

/// The address, if a mail to it can be written. Some that are addresses by themselves (`"q q"@example.org`) cannot stand in
/// a mail's head, from which the mail server is told whom it is for.
pub fn address(text: &str) -> Option<Address> {
    let address: Address = text.parse().ok()?;
    let mailbox = Mailbox::new(None, address.clone());
    let mail = Message::builder().from(mailbox.clone()).to(mailbox).body(String::new()).ok()?;
    (mail.envelope().to() == [address.clone()]).then_some(address)
}

pub fn compose(from: &Mailbox, to: &str, id: &str, story: &Story<'_>) -> Result<Message, Failure> {
    let to = address(to).ok_or_else(|| Failure::permanent(not_an_address()))?;
    let text = story.tell();
    let domain = from.email.domain();
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(text.subject.clone())
        .message_id(Some(format!("<{id}@{domain}>")))
        .multipart(MultiPart::alternative_plain_html(plain(&text, story.link), html(&text, story)))
        .map_err(|error| {
            Failure::permanent(phrase!(
                "mail_unwritable",
                "the mail cannot be written: {error}",
                error = error.to_string(),
            ))
        })
}

fn not_an_address() -> Phrase {
    phrase!("channel_target", "the channel's target is not a mail address")
}

fn plain(text: &Text, link: Option<&str>) -> String {
    let mut body = format!("{}\n\n", text.greeting);
    for (label, value) in &text.facts {
        let _ = writeln!(body, "{label}{}: {value}", text.before_colon);
    }
    if let Some(link) = link {
        let _ = write!(body, "\n{}{}: {link}\n", text.button, text.before_colon);
    }
    let _ = write!(body, "\n--\n{}\n", text.footer);
    body
}

fn html(text: &Text, story: &Story<'_>) -> String {
    let mut rows = String::new();
    for (label, value) in &text.facts {
        let _ = write!(
            rows,
            "<tr><td style=\"padding:4px 16px 4px 0;color:#5b6472\">{}</td><td style=\"padding:4px 0\">{}</td></tr>",
            escape(label),
            escape(value)
        );
    }
    let button = story.link.map_or_else(String::new, |link| {
        format!(
            "<p style=\"margin:24px 0\"><a href=\"{}\" style=\"background:#2f5bea;color:#ffffff;padding:10px 16px;border-radius:6px;text-decoration:none\">{}</a></p>",
            escape(link),
            escape(text.button)
        )
    });
    format!(
        "<!doctype html><html lang=\"{}\"><body style=\"font-family:system-ui,sans-serif;font-size:15px;color:#1c2330\"><p>{}</p><table style=\"border-collapse:collapse\">{rows}</table>{button}<p style=\"color:#5b6472;font-size:13px\">{}</p></body></html>",
        story.language.as_str(),
        escape(&text.greeting),
        escape(text.footer)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
