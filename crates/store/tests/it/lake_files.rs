//! The lake's catalog: a change is whole or not there.

use model::{DeviceId, SystemScope, TenantId, Timestamp};
use store::lake_files::{
    LakeFile, LakeSchema, add, files, progress, quarantine, remove, save_progress, save_schema, schemas,
};
use uuid::Uuid;

const SYSTEM: SystemScope = SystemScope::because("test");

fn file(tenant: TenantId) -> LakeFile {
    let id = Uuid::now_v7();
    LakeFile {
        id,
        tenant,
        table: "thermostat".into(),
        day: 20_000,
        path: format!("lake/{id}.parquet"),
        rows: 5,
        bytes: 1_000,
        min_ts: Timestamp::from_millis(1),
        max_ts: Timestamp::from_millis(2),
        min_device: DeviceId::generate(),
        max_device: DeviceId::generate(),
        checksum: u64::from(u32::MAX),
        quarantined: None,
    }
}

on_both! {
    async fn what_is_committed_is_loaded_again(place: &Place) {
        let store = &place.store;
        let tenant = TenantId::generate();
        let (kept, gone) = (file(tenant), file(tenant));
        assert_eq!(progress(store, &SYSTEM).await.unwrap(), None);
        let tx = store.begin().await.unwrap();
        add(&tx, &SYSTEM, &kept).await.unwrap();
        add(&tx, &SYSTEM, &gone).await.unwrap();
        for definition in ["{}", "{\"fields\":[]}"] {
            let schema = LakeSchema { tenant, table: "thermostat".into(), definition: definition.into() };
            save_schema(&tx, &SYSTEM, &schema).await.unwrap();
        }
        save_progress(&tx, &SYSTEM, 7).await.unwrap();
        tx.commit().await.unwrap();
        let tx = store.begin().await.unwrap();
        remove(&tx, &SYSTEM, gone.id).await.unwrap();
        quarantine(&tx, &SYSTEM, kept.id, "it is missing").await.unwrap();
        save_progress(&tx, &SYSTEM, 9).await.unwrap();
        tx.commit().await.unwrap();
        let kept = LakeFile { quarantined: Some("it is missing".into()), ..kept };
        assert_eq!(files(store, &SYSTEM).await.unwrap(), [kept]);
        assert_eq!(schemas(store, &SYSTEM).await.unwrap()[0].definition, "{\"fields\":[]}");
        assert_eq!(progress(store, &SYSTEM).await.unwrap(), Some(9));
    }

    async fn a_change_that_fails_leaves_nothing(place: &Place) {
        let store = &place.store;
        let one = file(TenantId::generate());
        let tx = store.begin().await.unwrap();
        add(&tx, &SYSTEM, &one).await.unwrap();
        save_progress(&tx, &SYSTEM, 7).await.unwrap();
        assert!(remove(&tx, &SYSTEM, Uuid::now_v7()).await.unwrap_err().is_not_found());
        drop(tx);
        assert!(files(store, &SYSTEM).await.unwrap().is_empty());
        assert_eq!(progress(store, &SYSTEM).await.unwrap(), None);
    }
}
