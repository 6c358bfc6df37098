//! A full disk is said as such, and the store goes on by itself once there is room.

use model::{ErrorKind, Explained as _, SystemScope, TenantId, Timestamp};
use store::{Store, StoreError, sql, tenants};

use crate::databases;

const SYSTEM: SystemScope = SystemScope::because("test");

async fn add(store: &Store, name: &str) -> Result<(), StoreError> {
    let tenant =
        tenants::Tenant { id: TenantId::generate(), name: name.to_owned(), created_at: Timestamp::EPOCH };
    let tx = store.begin().await?;
    tenants::create(&tx, &SYSTEM, &tenant).await?;
    tx.commit().await
}

/// As large as it is now, the file must do: SQLite answers as on a full disk.
async fn fill(store: &Store) {
    sql("PRAGMA max_page_count = 1").rows(store).await.unwrap();
    sql("PRAGMA max_page_count = 1").run(store).await.unwrap().whatever();
}

#[tokio::test]
async fn a_transaction_that_a_full_disk_ended_does_not_block_the_next() {
    let place = databases::sqlite().await;
    for _ in 0..3 {
        fill(&place.store).await;
        let refused = add(&place.store, &"x".repeat(100_000)).await.unwrap_err();
        assert!(matches!(refused, StoreError::Full { .. }), "{refused}");
        assert_eq!((refused.kind(), refused.code()), (ErrorKind::Unavailable, "store_full"));
        assert!(refused.hint().unwrap().text().contains("free space"));
        // The limit went with the connection: there is room again.
        add(&place.store, &"x".repeat(100_000)).await.unwrap();
    }
}
