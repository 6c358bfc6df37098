//! Brings the schema up to date: numbered scripts, one text for both databases, all in one transaction.
//!
//! A script that shipped never changes; a later number repairs it. A schema that is newer than this binary is left
//! alone: an older binary would misread it.

use crate::{Result, Store, StoreError, sql};

/// Every script in the order of its number. Append only.
const SCRIPTS: &[Script] = &[
    Script { number: 1, name: "identity", text: include_str!("../migrations/0001_identity.sql") },
    Script { number: 2, name: "devices", text: include_str!("../migrations/0002_devices.sql") },
    Script { number: 3, name: "lake", text: include_str!("../migrations/0003_lake.sql") },
    Script {
        number: 4,
        name: "rules_incidents",
        text: include_str!("../migrations/0004_rules_incidents.sql"),
    },
    Script { number: 5, name: "mqtt_sessions", text: include_str!("../migrations/0005_mqtt_sessions.sql") },
];

struct Script {
    number: i64,
    name: &'static str,
    text: &'static str,
}

/// Any number that no other program uses: two nodes that start at once migrate one after the other.
const POSTGRES_LOCK: i64 = 0x5353_6D69_6772;

pub(crate) async fn run(store: &Store) -> Result<()> {
    let known = SCRIPTS.last().map_or(0, |script| script.number);
    let tx = store.begin().await?;
    if store.is_postgres() {
        sql("SELECT pg_advisory_xact_lock($1)").bind(POSTGRES_LOCK).rows(&tx).await?;
    }
    tx.script("CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)")
        .await?;
    let applied: Vec<i64> = sql("SELECT number AS n FROM schema_migrations").all(&tx).await?;
    if let Some(&found) = applied.iter().max().filter(|&&found| found > known) {
        return Err(StoreError::NewerSchema { found, known });
    }
    for script in SCRIPTS.iter().filter(|script| !applied.contains(&script.number)) {
        tx.script(script.text).await?;
        sql("INSERT INTO schema_migrations (number, name) VALUES ($1, $2)")
            .bind(script.number)
            .bind(script.name)
            .run(&tx)
            .await?
            .whatever();
        tracing::info!(number = script.number, name = script.name, "brought the store's schema up to date");
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise() {
        assert!(SCRIPTS.windows(2).all(|pair| pair[0].number < pair[1].number));
    }

    /// What one of the databases would take differently or not at all.
    #[test]
    fn scripts_keep_to_the_common_dialect() {
        for script in SCRIPTS {
            let text = script.text.to_uppercase();
            for word in [
                " INTEGER",
                " INT ",
                "SERIAL",
                "AUTOINCREMENT",
                "TIMESTAMP",
                "JSONB",
                " BLOB",
                "VARCHAR",
                "NOW(",
            ] {
                assert!(!text.contains(word), "{} uses {word}", script.name);
            }
        }
    }
}
