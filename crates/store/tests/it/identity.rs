//! Sessions, refresh tokens, signing keys, invitations and the setup token.

use model::{Role, Scope, SessionId, SystemScope, Timestamp, UserId};
use store::{Store, invitations, sessions, setup_tokens, signing_keys};
use uuid::Uuid;

use crate::frame::tenant;
use crate::people::person;

const SYSTEM: SystemScope = SystemScope::because("test");

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

async fn session(store: &Store, scope: &Scope, user: UserId) -> SessionId {
    let id = SessionId::generate();
    let session = sessions::Session {
        id,
        tenant: scope.tenant(),
        user,
        chain_secret: vec![7; 32],
        client: "curl".into(),
        address: "192.0.2.1".into(),
        created_at: at(10),
        last_used_at: at(10),
        expires_at: at(1000),
        ended_at: None,
        end_reason: None,
    };
    sessions::start(store, scope, &session).await.unwrap();
    assert_eq!(sessions::find(store, scope, id).await.unwrap(), session);
    id
}

on_both! {
    async fn a_session_ends_once(place: &Place) {
        let store = &place.store;
        let scope = tenant(store, "a").await;
        let user = person(store, &scope, "ada@example.com", Role::Owner).await;
        let id = session(store, &scope, user).await;
        sessions::touch(store, &scope, id, at(20), at(2000)).await.unwrap();
        assert!(sessions::find(store, &scope, id).await.unwrap().is_live(at(1500)));
        sessions::end(store, &scope, id, at(30), "signed out").await.unwrap();
        sessions::end(store, &scope, id, at(40), "again").await.unwrap();
        let ended = sessions::find(store, &scope, id).await.unwrap();
        assert_eq!((ended.ended_at, ended.end_reason.as_deref()), (Some(at(30)), Some("signed out")));
        assert!(sessions::touch(store, &scope, id, at(50), at(3000)).await.unwrap_err().is_not_found());
        assert!(sessions::list_of_user(store, &scope, user, at(31)).await.unwrap().is_empty());
    }

    async fn all_but_one_session_end(place: &Place) {
        let store = &place.store;
        let scope = tenant(store, "a").await;
        let user = person(store, &scope, "ada@example.com", Role::Owner).await;
        let keep = session(store, &scope, user).await;
        let other = session(store, &scope, user).await;
        let ended = sessions::end_all_of_user(store, &scope, user, Some(keep), at(20), "password").await.unwrap();
        assert_eq!(ended, [other]);
        let ended = sessions::end_all_of_user(store, &scope, user, None, at(20), "suspended").await.unwrap();
        assert_eq!(ended, [keep]);
    }

    async fn a_refresh_token_is_used_once(place: &Place) {
        let store = &place.store;
        let scope = tenant(store, "a").await;
        let user = person(store, &scope, "ada@example.com", Role::Owner).await;
        let id = session(store, &scope, user).await;
        sessions::add_refresh_token(store, &scope, id, "h0", 0, at(10)).await.unwrap();
        sessions::add_refresh_token(store, &scope, id, "h1", 1, at(11)).await.unwrap();
        assert_eq!(sessions::latest_sequence(store, &scope, id).await.unwrap(), 1);
        assert!(sessions::use_refresh_token(store, &scope, "h0", at(12)).await.unwrap());
        assert!(!sessions::use_refresh_token(store, &scope, "h0", at(13)).await.unwrap());
        let token = sessions::by_refresh_token(store, &SYSTEM, "h0").await.unwrap().unwrap();
        assert_eq!((token.session, token.used_at), (id, Some(at(12))));
        assert_eq!(sessions::by_refresh_token(store, &SYSTEM, "h9").await.unwrap(), None);
        assert_eq!(sessions::prune(store, &SYSTEM, at(5000)).await.unwrap(), 1);
        assert_eq!(sessions::by_refresh_token(store, &SYSTEM, "h0").await.unwrap(), None);
    }

    async fn another_tenant_reaches_no_session(place: &Place) {
        let store = &place.store;
        let ours = tenant(store, "ours").await;
        let theirs = tenant(store, "theirs").await;
        let user = person(store, &ours, "ada@example.com", Role::Owner).await;
        let id = session(store, &ours, user).await;
        sessions::add_refresh_token(store, &ours, id, "h0", 0, at(10)).await.unwrap();
        assert!(sessions::find(store, &theirs, id).await.unwrap_err().is_not_found());
        assert!(sessions::touch(store, &theirs, id, at(1), at(2)).await.unwrap_err().is_not_found());
        assert!(sessions::end(store, &theirs, id, at(1), "x").await.unwrap_err().is_not_found());
        assert!(sessions::list_of_user(store, &theirs, user, at(0)).await.unwrap().is_empty());
        assert!(sessions::end_all_of_user(store, &theirs, user, None, at(1), "x").await.unwrap().is_empty());
        assert!(sessions::add_refresh_token(store, &theirs, id, "h1", 1, at(1)).await.unwrap_err().is_not_found());
        assert!(!sessions::use_refresh_token(store, &theirs, "h0", at(1)).await.unwrap());
        assert!(sessions::latest_sequence(store, &theirs, id).await.unwrap_err().is_not_found());
        let stray = sessions::Session { id: SessionId::generate(), ..sessions::find(store, &ours, id).await.unwrap() };
        assert!(sessions::start(store, &theirs, &stray).await.unwrap_err().is_not_found());
        assert!(sessions::find(store, &ours, id).await.unwrap().is_live(at(500)));
    }

    async fn the_newest_signing_key_comes_first(place: &Place) {
        let store = &place.store;
        let key = |kid: &str, signs_from| signing_keys::SigningKey {
            kid: kid.into(),
            private_key: vec![1, 2, 3],
            public_key: vec![0; 32],
            created_at: at(1),
            signs_from: at(signs_from),
        };
        signing_keys::add(store, &SYSTEM, &key("old", 1)).await.unwrap();
        signing_keys::add(store, &SYSTEM, &key("new", 9)).await.unwrap();
        let twice = signing_keys::add(store, &SYSTEM, &key("new", 9)).await.unwrap_err();
        assert!(twice.is_conflict("signing_keys_pkey"), "{twice}");
        assert_eq!(signing_keys::list(store, &SYSTEM).await.unwrap(), [key("new", 9), key("old", 1)]);
        signing_keys::remove(store, &SYSTEM, "old").await.unwrap();
        assert!(signing_keys::remove(store, &SYSTEM, "old").await.unwrap_err().is_not_found());
    }

    async fn an_invitation_is_replaced_and_used_once(place: &Place) {
        let store = &place.store;
        let ours = tenant(store, "ours").await;
        let theirs = tenant(store, "theirs").await;
        let invitation = |hash: &str| invitations::Invitation {
            id: Uuid::now_v7(),
            tenant: ours.tenant(),
            email: "bob@example.com".into(),
            role: Role::Operator,
            token_hash: hash.into(),
            invited_by: UserId::generate(),
            created_at: at(1),
            expires_at: at(100),
        };
        invitations::put(store, &ours, &invitation("first")).await.unwrap();
        let second = invitation("second");
        invitations::put(store, &ours, &second).await.unwrap();
        assert!(invitations::put(store, &theirs, &second).await.unwrap_err().is_not_found());
        assert_eq!(invitations::by_token(store, &SYSTEM, "first").await.unwrap(), None);
        assert_eq!(invitations::by_token(store, &SYSTEM, "second").await.unwrap(), Some(second.clone()));
        assert_eq!(invitations::list(store, &ours, at(50)).await.unwrap(), std::slice::from_ref(&second));
        assert!(invitations::list(store, &ours, at(100)).await.unwrap().is_empty());
        assert!(invitations::list(store, &theirs, at(50)).await.unwrap().is_empty());
        assert!(invitations::remove(store, &theirs, second.id).await.unwrap_err().is_not_found());
        invitations::remove(store, &ours, second.id).await.unwrap();
        assert!(invitations::remove(store, &ours, second.id).await.unwrap_err().is_not_found());
    }

    async fn a_setup_token_works_once(place: &Place) {
        let store = &place.store;
        setup_tokens::put(store, &SYSTEM, "old", at(100)).await.unwrap();
        setup_tokens::put(store, &SYSTEM, "new", at(100)).await.unwrap();
        assert!(!setup_tokens::is_valid(store, &SYSTEM, "old", at(1)).await.unwrap());
        assert!(setup_tokens::is_valid(store, &SYSTEM, "new", at(1)).await.unwrap());
        assert!(!setup_tokens::consume(store, &SYSTEM, "new", at(100)).await.unwrap());
        assert!(setup_tokens::consume(store, &SYSTEM, "new", at(99)).await.unwrap());
        assert!(!setup_tokens::consume(store, &SYSTEM, "new", at(99)).await.unwrap());
        setup_tokens::put(store, &SYSTEM, "x", at(100)).await.unwrap();
        setup_tokens::clear(store, &SYSTEM).await.unwrap();
        assert!(!setup_tokens::is_valid(store, &SYSTEM, "x", at(1)).await.unwrap());
    }
}
