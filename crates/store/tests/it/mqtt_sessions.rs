//! Persistent MQTT sessions: tenants with the same client id never meet.

use model::{DeviceId, SystemScope, Timestamp};
use store::mqtt_sessions::{delete, list_all, load, prune, save};

use crate::frame::tenant;

const SYSTEM: SystemScope = SystemScope::because("test");

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

on_both! {
    async fn a_session_is_replaced_and_expires(place: &Place) {
        let store = &place.store;
        let scope = tenant(store, "a").await;
        let device = DeviceId::generate();
        save(store, &scope, device, "c", b"one", at(1), Some(at(10))).await.unwrap();
        save(store, &scope, device, "c", b"two", at(2), None).await.unwrap();
        save(store, &scope, device, "d", b"short", at(2), Some(at(10))).await.unwrap();
        let session = load(store, &scope, device, "c", at(5)).await.unwrap().unwrap();
        assert_eq!((session.state.as_slice(), session.expires_at), (&b"two"[..], None));
        assert_eq!(list_all(store, &SYSTEM, at(5)).await.unwrap().len(), 2);
        assert_eq!(load(store, &scope, device, "d", at(10)).await.unwrap(), None);
        assert_eq!(list_all(store, &SYSTEM, at(10)).await.unwrap().len(), 1);
        assert_eq!(prune(store, &SYSTEM, at(10)).await.unwrap(), 1);
        delete(store, &scope, device, "c").await.unwrap();
        assert_eq!(load(store, &scope, device, "c", at(5)).await.unwrap(), None);
    }

    async fn another_tenant_has_a_session_of_its_own(place: &Place) {
        let store = &place.store;
        let ours = tenant(store, "ours").await;
        let theirs = tenant(store, "theirs").await;
        let device = DeviceId::generate();
        save(store, &ours, device, "c", b"ours", at(1), None).await.unwrap();
        assert_eq!(load(store, &theirs, device, "c", at(1)).await.unwrap(), None);
        delete(store, &theirs, device, "c").await.unwrap();
        save(store, &theirs, device, "c", b"theirs", at(1), None).await.unwrap();
        assert_eq!(load(store, &ours, device, "c", at(1)).await.unwrap().unwrap().state, b"ours");
    }
}
