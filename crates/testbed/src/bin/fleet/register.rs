//! Makes the fleet's devices over the API. Those that exist get new credentials, since old ones were shown only once.

use std::collections::HashMap;

use futures::{StreamExt, TryStreamExt};
use model::Timestamp;
use serde_json::Value as Json;
use testbed::{Api, NewDevice, Result};

use crate::roster::Member;

const AT_ONCE: usize = 8;

/// A member of the fleet that can speak.
#[derive(Clone, Debug)]
pub struct Registered {
    pub member: Member,
    pub device: NewDevice,
    /// When the server last heard of it, in an earlier run.
    pub last_seen: Option<Timestamp>,
}

pub async fn register(api: &Api, roster: Vec<Member>) -> Result<Vec<Registered>> {
    let known: HashMap<String, Json> = api
        .all("/devices")
        .await?
        .into_iter()
        .filter_map(|device| Some((device.get("name")?.as_str()?.to_owned(), device)))
        .collect();
    futures::stream::iter(roster)
        .map(|member| {
            let known = known.get(&member.name);
            async move {
                let Some(known) = known else {
                    let device = api.create_device(&member.name, member.kind.slug()).await?;
                    return Ok(Registered { member, device, last_seen: None });
                };
                let id = known.get("id").and_then(Json::as_str).unwrap_or_default();
                let device = api.renew_credentials(id, &member.name).await?;
                let last_seen = known.get("last_seen").and_then(Json::as_str);
                let last_seen = last_seen.and_then(|text| Timestamp::parse_rfc3339(text).ok());
                Ok(Registered { member, device, last_seen })
            }
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await
}
