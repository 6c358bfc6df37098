//! The headers of an answer 429, as draft-ietf-httpapi-ratelimit-headers names them: which policy, how much it allows,
//! how much is left (nothing) and when to come back.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use model::{Quota, RateLimit};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Adds both; `seconds` is when another attempt makes sense.
pub fn explain(headers: &mut HeaderMap, limit: RateLimit, seconds: u64) {
    let RateLimit { policy, quota } = limit;
    let (left, allowed) = match quota {
        Quota::PerWindow { most, seconds: window } => {
            (format!("\"{policy}\";r=0;t={seconds}"), format!("\"{policy}\";q={most};w={window}"))
        }
        Quota::AtOnce { most } => {
            (format!("\"{policy}\";r=0"), format!("\"{policy}\";q={most};qu=\"concurrent-requests\""))
        }
        Quota::PerRequest { most, unit } => {
            (format!("\"{policy}\";r=0"), format!("\"{policy}\";q={most};qu=\"{unit}\""))
        }
    };
    for (name, value) in [(RATE_LIMIT, left), (RATE_LIMIT_POLICY, allowed)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(quota: Quota) -> (String, String) {
        let mut headers = HeaderMap::new();
        explain(&mut headers, RateLimit { policy: "sign-in", quota }, 59);
        let text = |name| headers[name].to_str().unwrap().to_owned();
        (text("ratelimit"), text("ratelimit-policy"))
    }

    #[test]
    fn each_kind_of_limit_says_what_it_counts() {
        let said = |left: &str, allowed: &str| (left.to_owned(), allowed.to_owned());
        assert_eq!(
            headers(Quota::PerWindow { most: 5, seconds: 60 }),
            said("\"sign-in\";r=0;t=59", "\"sign-in\";q=5;w=60")
        );
        assert_eq!(
            headers(Quota::AtOnce { most: 3 }),
            said("\"sign-in\";r=0", "\"sign-in\";q=3;qu=\"concurrent-requests\"")
        );
        assert_eq!(
            headers(Quota::PerRequest { most: 10, unit: "seconds" }),
            said("\"sign-in\";r=0", "\"sign-in\";q=10;qu=\"seconds\"")
        );
    }
}
