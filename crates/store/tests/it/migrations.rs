//! Opening again, opening twice at once, and opening what a newer version wrote.

use store::{Store, StoreError, sql};

on_both! {
    async fn opening_again_changes_nothing(place: &Place) {
        let scope = crate::frame::tenant(&place.store, "kept").await;
        let again = Store::open(&place.url).await.unwrap();
        assert_eq!(store::tenants::find(&again, &scope).await.unwrap().name, "kept");
        again.close().await;
    }

    async fn a_newer_schema_is_left_alone(place: &Place) {
        sql("INSERT INTO schema_migrations (number, name) VALUES (9999, 'from the future')")
            .run(&place.store).await.unwrap().whatever();
        let error = Store::open(&place.url).await.unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 9999, .. }), "{error}");
        assert!(model::Explained::hint(&error).unwrap().text().contains("newer version"));
    }

    async fn a_failed_start_leaves_nothing_half_done(place: &Place) {
        for table in ["schema_migrations", "mqtt_sessions"] {
            store::sql_composed(format!("DROP TABLE {table}")).run(&place.store).await.unwrap().whatever();
        }
        // Without the record of what ran, the first script fails for everybody: nothing half-done remains.
        assert!(Store::open(&place.url).await.is_err());
        let left = sql("SELECT number FROM schema_migrations").rows(&place.store).await;
        assert!(left.is_err(), "the failed start left its table behind");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_nodes_may_start_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("store.db").display());
    let opened = futures::future::join_all((0..4).map(|_| Store::open(&url))).await;
    for store in opened {
        store.unwrap().ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_damaged_file_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    std::fs::write(&path, "this was a database once".repeat(400)).unwrap();
    let error = Store::open(&format!("sqlite:{}", path.display())).await.err().unwrap();
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    assert!(error.to_string().contains("backup"), "{error}");
}
