//! The figures of sign-in, with defaults that suit an installation of any size.

use std::time::Duration;

use backplane::limits::Quota;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Clone, Debug)]
pub struct IdentityConfig {
    /// Names this installation in access tokens; its public URL is a good choice.
    pub issuer: String,
    /// How long an access token works. Short: others who verify it by its signature alone learn of an ended session
    /// only when it expires.
    pub access_lifetime: Duration,
    /// A session ends when it was not used for this long.
    pub session_idle: Duration,
    /// How long after its use a refresh token gives the same answer again to the attempt that used it.
    pub refresh_repeat: Duration,
    pub invitation_lifetime: Duration,
    pub setup_lifetime: Duration,
    /// A signing key is replaced at this age.
    pub key_lifetime: Duration,
    pub password_cost: PasswordCost,
    /// How many passwords are hashed at the same time: each takes the cost's memory.
    pub hashing_at_once: usize,
    /// How many more may wait for that before sign-ins are refused as busy.
    pub hashing_queue: usize,
    pub throttling: Throttling,
}

impl Default for IdentityConfig {
    fn default() -> Self {
        Self {
            issuer: "smartsecurity".to_owned(),
            access_lifetime: 10 * MINUTE,
            session_idle: 30 * DAY,
            refresh_repeat: 10 * MINUTE,
            invitation_lifetime: 7 * DAY,
            setup_lifetime: DAY,
            key_lifetime: 30 * DAY,
            password_cost: PasswordCost::default(),
            hashing_at_once: std::thread::available_parallelism().map_or(2, |cores| cores.get().min(4)),
            hashing_queue: 64,
            throttling: Throttling::default(),
        }
    }
}

/// What one Argon2id hash costs. Hashes that were made cheaper are renewed when their person signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub iterations: u32,
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// OWASP's recommendation for Argon2id.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, iterations: 2, lanes: 1 }
    }
}

/// How often somebody may try.
#[derive(Clone, Copy, Debug)]
pub struct Throttling {
    /// One account from one address: someone guessing, or someone who forgot.
    pub account_from_address: Quota,
    /// One account from anywhere: guessing spread over many addresses. Wide, since strangers could use it to keep
    /// the account's owner out.
    pub account: Quota,
    /// One address, whatever the account: trying many accounts. Wide, since an office shares one address.
    pub address: Quota,
}

impl Default for Throttling {
    fn default() -> Self {
        Self {
            account_from_address: Quota::new(5, Duration::from_secs(5 * 60)),
            account: Quota::new(50, Duration::from_secs(60 * 60)),
            address: Quota::new(100, Duration::from_secs(10 * 60)),
        }
    }
}
