//! Which targets are allowed.
//!
//! A webhook may go to addresses of the local network, because that is where the installation lives: a home controller,
//! a chat server. Refused are addresses that only machines talk to and that hold keys to more: link-local ones, where
//! clouds serve their metadata, and such as name no single host. The check is repeated on every address that a name
//! resolves to, at every delivery.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use model::{Phrase, phrase};
use reqwest::Url;

use super::ChannelKind;
use crate::error::RespondError;
use crate::notices::email;

/// Where AWS serves metadata over IPv6.
const AWS_METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
/// Where Alibaba's and Azure's clouds do, outside the link-local range.
const METADATA: [Ipv4Addr; 2] = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16)];

pub fn check(kind: ChannelKind, text: &str) -> Result<String, RespondError> {
    let text = text.trim();
    match kind {
        ChannelKind::Email => match email::address(text) {
            Some(address) => Ok(address.to_string()),
            None => Err(RespondError::invalid(
                "target",
                phrase!(
                    "target_not_a_mail_address",
                    "this is not one mail address, such as alarms@example.org"
                ),
            )),
        },
        ChannelKind::Webhook => url(text).map(|url| url.to_string()),
    }
}

/// A webhook's URL, if notices may go there.
pub fn url(text: &str) -> Result<Url, RespondError> {
    let refused = |detail: Phrase| RespondError::invalid("target", detail);
    let url = Url::parse(text).map_err(|_| {
        refused(phrase!("target_not_a_url", "this is not a URL, such as https://example.org/hooks/alarms"))
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused(phrase!("target_scheme", "a webhook's URL begins with https:// or http://")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(phrase!(
            "target_with_password",
            "a URL with a password in it would show it to everyone who sees the settings; deliveries are signed instead",
        )));
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    if host.is_empty() {
        return Err(refused(phrase!("target_without_host", "the URL names no host")));
    }
    if let Ok(address) = host.parse::<IpAddr>()
        && let Some(why) = refusal(address)
    {
        return Err(refused(why));
    }
    Ok(url)
}

/// Why notices may not go to this address.
pub fn refusal(address: IpAddr) -> Option<Phrase> {
    let refused = match address {
        IpAddr::V4(v4) => refused_v4(v4),
        IpAddr::V6(v6) => {
            v6.is_unicast_link_local()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6 == AWS_METADATA
                || within(v6).is_some_and(refused_v4)
        }
    };
    refused.then(|| {
        phrase!(
            "target_address_refused",
            "notices are not sent to {address}: link-local, metadata and group addresses are refused; other addresses of your network are allowed",
            address = address.to_string(),
        )
    })
}

/// The IPv4 address that an IPv6 one stands for: mapped and compatible (RFC 4291), translated (NAT64, RFC 6052), 6to4
/// (RFC 3056).
const fn within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let (high, low) = match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => (high, low),
        [0x64, 0xff9b, _, _, _, _, high, low] => (high, low),
        [0x2002, high, low, ..] => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from_bits((high as u32) << 16 | low as u32))
}

fn refused_v4(address: Ipv4Addr) -> bool {
    address.is_link_local()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_broadcast()
        || METADATA.contains(&address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_network_is_allowed_and_metadata_is_not() {
        for allowed in
            ["http://192.168.1.5:8123/hook", "https://example.org/x", "http://127.0.0.1:9/", "http://[::1]/"]
        {
            assert!(url(allowed).is_ok(), "{allowed}");
        }
        for refused in [
            "http://169.254.169.254/latest/meta-data/",
            "http://[fe80::1]/",
            "http://[::ffff:169.254.169.254]/",
            "http://[fd00:ec2::254]/",
            "http://[64:ff9b::a9fe:a9fe]/",
            "http://[2002:a9fe:a9fe::]/",
            "http://[::169.254.169.254]/",
            "http://100.100.100.200/",
            "http://2852039166/",
            "http://0.0.0.0/",
            "ftp://example.org/",
            "https://ada:secret@example.org/",
            "nonsense",
        ] {
            assert!(url(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_mail_address_is_one_address() {
        for taken in [" ada@example.org ", "o'hara+alarms@example.org", "ada@localhost", "ada@häuser.example"]
        {
            assert!(check(ChannelKind::Email, taken).is_ok(), "{taken}");
        }
        for refused in [
            "",
            "ada",
            "ada@example.org, bob@example.org",
            "ada@example.org\r\nBcc: eve@example.org",
            "\"q q\"@example.com",
            "\"a,b\"@example.com",
            "\"a@b\"@example.com",
            "\"<x>\"@example.com",
            "ada@[192.0.2.1]",
        ] {
            assert!(check(ChannelKind::Email, refused).is_err(), "{refused}");
        }
    }
}
