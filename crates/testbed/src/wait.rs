//! Waiting for a condition instead of a time.

use std::time::{Duration, Instant};

use crate::{Error, Result};

/// Far more than anything needs that works, even on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Asks again and again until there is an answer; [`Error::TooLate`] names `what` if there is none within `deadline`.
///
/// # Errors
/// Too late.
pub async fn eventually<T>(
    what: &str,
    deadline: Duration,
    mut ask: impl AsyncFnMut() -> Option<T>,
) -> Result<T> {
    let started = Instant::now();
    let mut pause = Duration::from_millis(5);
    loop {
        if let Some(answer) = ask().await {
            return Ok(answer);
        }
        if started.elapsed() > deadline {
            return Err(Error::TooLate(what.to_owned()));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(200));
    }
}
