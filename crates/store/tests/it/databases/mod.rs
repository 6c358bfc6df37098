//! An empty, migrated store for a test, on either database. Other crates' suites include this folder by path.

mod postgres;

use store::Store;
use tempfile::TempDir;

/// A store of its own for one test.
pub struct Place {
    pub store: Store,
    #[allow(dead_code, reason = "not every suite opens it again")]
    pub url: String,
    _directory: Option<TempDir>,
}

pub async fn sqlite() -> Place {
    let directory = TempDir::new().unwrap();
    let url = format!("sqlite:{}", directory.path().join("store.db").display());
    Place { store: Store::open(&url).await.unwrap(), url, _directory: Some(directory) }
}

pub async fn postgres() -> Place {
    let url = tokio::task::spawn_blocking(postgres::new_database).await.unwrap();
    Place { store: Store::open(&url).await.unwrap(), url, _directory: None }
}

/// Makes two tests of one: `mod name { fn sqlite(), fn postgres() }`.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($place:ident: &Place) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every test needs all")]
            use super::*;
            use crate::databases::Place;

            $(#[$meta])*
            async fn check($place: &Place) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let place = crate::databases::sqlite().await;
                check(&place).await;
                place.store.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let place = crate::databases::postgres().await;
                check(&place).await;
                place.store.close().await;
            }
        }
    )+};
}
