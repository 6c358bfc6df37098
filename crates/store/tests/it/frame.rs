//! What every domain leans on: values, conflicts, transactions and concurrency mean the same on both databases.

use model::{SystemScope, TenantId, Timestamp};
use store::{FromRow, Result, Row, Store, StoreError, sql, tenants};

const SYSTEM: SystemScope = SystemScope::because("test");

pub async fn tenant(store: &Store, name: &str) -> model::Scope {
    let id = TenantId::generate();
    let tenant = tenants::Tenant { id, name: name.into(), created_at: Timestamp::EPOCH };
    tenants::create(store, &SYSTEM, &tenant).await.unwrap();
    SYSTEM.within(id)
}

#[derive(Debug, PartialEq, Clone)]
struct Sample {
    text: Option<String>,
    number: Option<i64>,
    flag: Option<bool>,
    fraction: Option<f64>,
    bytes: Option<Vec<u8>>,
}

impl FromRow for Sample {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            text: row.get("t")?,
            number: row.get("n")?,
            flag: row.get("b")?,
            fraction: row.get("f")?,
            bytes: row.get("y")?,
        })
    }
}

async fn sample_table(store: &Store) {
    sql("CREATE TABLE samples (id BIGINT PRIMARY KEY, t TEXT, n BIGINT, b BOOLEAN, f DOUBLE PRECISION, y BYTEA)")
        .run(store)
        .await
        .unwrap()
        .whatever();
}

async fn round_trip(store: &Store, id: i64, sample: &Sample) -> Sample {
    sql("INSERT INTO samples (id, t, n, b, f, y) VALUES ($1, $2, $3, $4, $5, $6) RETURNING t, n, b, f, y")
        .bind(id)
        .bind(sample.text.clone())
        .bind(sample.number)
        .bind(sample.flag)
        .bind(sample.fraction)
        .bind(sample.bytes.clone())
        .one(store, "sample")
        .await
        .unwrap()
}

on_both! {
    async fn values_come_back_as_they_went(place: &Place) {
        sample_table(&place.store).await;
        let full = Sample {
            text: Some("Zürich 🔒 'quoted'".into()),
            number: Some(i64::MIN),
            flag: Some(true),
            fraction: Some(-0.1),
            bytes: Some(vec![0, 255, 0]),
        };
        let none = Sample { text: None, number: None, flag: None, fraction: None, bytes: None };
        let edge = Sample {
            text: Some(String::new()),
            number: Some(i64::MAX),
            flag: Some(false),
            fraction: Some(f64::MAX),
            bytes: Some(Vec::new()),
        };
        // The one without values goes first: a prepared statement must not learn its types from NULLs.
        for (id, sample) in (0..).zip([&none, &full, &edge, &none, &full]) {
            assert_eq!(&round_trip(&place.store, id, sample).await, sample);
        }
        let truths: i64 = sql("SELECT COUNT(*) AS n FROM samples WHERE b = TRUE").one(&place.store, "n").await.unwrap();
        assert_eq!(truths, 2);
    }

    async fn a_conflict_names_its_index(place: &Place) {
        sql("CREATE TABLE things (id TEXT PRIMARY KEY, a TEXT NOT NULL, b TEXT NOT NULL)")
            .run(&place.store).await.unwrap().whatever();
        sql("CREATE UNIQUE INDEX things_a_b ON things (a, b)").run(&place.store).await.unwrap().whatever();
        let add = |id: &'static str, a: &'static str| {
            sql("INSERT INTO things (id, a, b) VALUES ($1, $2, 'b')").bind(id).bind(a).run(&place.store)
        };
        add("1", "x").await.unwrap().whatever();
        assert!(add("2", "x").await.unwrap_err().is_conflict("things_a_b"));
        assert!(add("1", "y").await.unwrap_err().is_conflict("things_pkey"));
    }

    async fn an_upsert_keeps_one_row(place: &Place) {
        sample_table(&place.store).await;
        for n in 1..=3_i64 {
            sql("INSERT INTO samples (id, n) VALUES (7, $1) ON CONFLICT (id) DO UPDATE SET n = samples.n + excluded.n")
                .bind(n).run(&place.store).await.unwrap().whatever();
        }
        let n: i64 = sql("SELECT n FROM samples WHERE id = 7").one(&place.store, "sample").await.unwrap();
        assert_eq!(n, 6);
    }

    async fn a_dropped_transaction_never_happened(place: &Place) {
        let scope = {
            let tx = place.store.begin().await.unwrap();
            let id = TenantId::generate();
            let gone = tenants::Tenant { id, name: "gone".into(), created_at: Timestamp::EPOCH };
            tenants::create(&tx, &SYSTEM, &gone).await.unwrap();
            let scope = SYSTEM.within(id);
            assert_eq!(tenants::find(&tx, &scope).await.unwrap(), gone);
            scope
        };
        assert!(tenants::find(&place.store, &scope).await.unwrap_err().is_not_found());
        // The writing connection is free again.
        tenant(&place.store, "next").await;
    }

    async fn what_is_read_within_a_transaction_includes_its_own_writes(place: &Place) {
        let scope = tenant(&place.store, "before").await;
        let tx = place.store.begin().await.unwrap();
        tenants::rename(&tx, &scope, "after").await.unwrap();
        assert_eq!(tenants::find(&tx, &scope).await.unwrap().name, "after");
        assert_eq!(tenants::find(&place.store, &scope).await.unwrap().name, "before");
        tx.commit().await.unwrap();
        assert_eq!(tenants::find(&place.store, &scope).await.unwrap().name, "after");
    }

    async fn many_writers_lose_nothing(place: &Place) {
        sample_table(&place.store).await;
        let scope = tenant(&place.store, "busy").await;
        sql("INSERT INTO samples (id, n) VALUES (1, 0)").run(&place.store).await.unwrap().whatever();
        let writers = (0..40).map(|_| {
            let (store, scope) = (place.store.clone(), scope.clone());
            tokio::spawn(async move {
                let tx = store.begin().await.unwrap();
                tenants::lock(&tx, &scope).await.unwrap();
                // Read, then write: without the lock two of them would read the same number.
                let n: i64 = sql("SELECT n FROM samples WHERE id = 1").one(&tx, "sample").await.unwrap();
                sql("UPDATE samples SET n = $1 WHERE id = 1").bind(n + 1).run(&tx).await.unwrap().whatever();
                tx.commit().await.unwrap();
            })
        });
        for writer in futures::future::join_all(writers).await {
            writer.unwrap();
        }
        let n: i64 = sql("SELECT n FROM samples WHERE id = 1").one(&place.store, "sample").await.unwrap();
        assert_eq!(n, 40);
    }

    async fn a_broken_reference_is_a_conflict(place: &Place) {
        let nowhere = SYSTEM.within(TenantId::generate());
        let lost = store::memberships::add(
            &place.store, &nowhere, model::UserId::generate(), model::Role::Viewer, Timestamp::EPOCH,
        ).await;
        assert!(lost.unwrap_err().is_conflict("foreign_key"));
    }
}

#[tokio::test]
async fn an_unknown_database_is_refused_without_repeating_the_url() {
    let error = Store::open("mysql://root:secret@localhost/x").await.unwrap_err();
    assert!(matches!(&error, StoreError::BadUrl(text) if !text.contains("secret")));
    assert!(matches!(Store::open("sqlite::memory:").await, Err(StoreError::BadUrl(_))));
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_unavailable() {
    let error = Store::open("sqlite:/nonexistent/store.db").await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    assert!(error.to_string().contains("/nonexistent/store.db"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_nobody_elses() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = Store::open(&format!("sqlite:{}", path.display())).await.unwrap();
    for file in std::fs::read_dir(directory.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", file.file_name());
    }
    store.close().await;
}
