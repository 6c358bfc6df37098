//! Tenants, users and memberships.

use model::{Role, Scope, SystemScope, Timestamp, UserId};
use store::{Page, PageRequest, Store, memberships, tenants, users};

use crate::frame::tenant;

const SYSTEM: SystemScope = SystemScope::because("test");

pub async fn person(store: &Store, scope: &Scope, email: &str, role: Role) -> UserId {
    let id = UserId::generate();
    let user = users::User {
        id,
        email: email.into(),
        name: "Ada".into(),
        language: "en".into(),
        password_hash: "$hash".into(),
        created_at: Timestamp::from_millis(5),
    };
    users::create(store, &SYSTEM, &user).await.unwrap();
    memberships::add(store, scope, id, role, Timestamp::from_millis(6)).await.unwrap();
    assert_eq!(users::find(store, scope, id).await.unwrap(), user);
    id
}

on_both! {
    async fn an_address_belongs_to_one_person(place: &Place) {
        let scope = tenant(&place.store, "a").await;
        let id = person(&place.store, &scope, "ada@example.com", Role::Owner).await;
        let mut twin = users::find(&place.store, &scope, id).await.unwrap();
        twin.id = UserId::generate();
        let refused = users::create(&place.store, &SYSTEM, &twin).await.unwrap_err();
        assert!(refused.is_conflict("users_email"), "{refused}");
        assert_eq!(users::by_email(&place.store, &SYSTEM, "ada@example.com").await.unwrap().unwrap().id, id);
        assert_eq!(users::by_email(&place.store, &SYSTEM, "bob@example.com").await.unwrap(), None);
    }

    async fn another_tenant_finds_nobody(place: &Place) {
        let store = &place.store;
        let ours = tenant(store, "ours").await;
        let theirs = tenant(store, "theirs").await;
        let id = person(store, &ours, "ada@example.com", Role::Owner).await;
        assert!(users::find(store, &theirs, id).await.unwrap_err().is_not_found());
        assert!(users::update_profile(store, &theirs, id, Some("Eve"), None).await.unwrap_err().is_not_found());
        assert!(users::set_password_hash(store, &theirs, id, "x").await.unwrap_err().is_not_found());
        assert!(memberships::find(store, &theirs, id).await.unwrap_err().is_not_found());
        assert!(memberships::set_role(store, &theirs, id, Role::Viewer).await.unwrap_err().is_not_found());
        assert!(memberships::set_suspended(store, &theirs, id, true).await.unwrap_err().is_not_found());
        assert!(memberships::signed_in(store, &theirs, id, Timestamp::EPOCH).await.unwrap_err().is_not_found());
        assert_eq!(memberships::active_owners(store, &theirs).await.unwrap(), 0);
        let page = memberships::list(store, &theirs, &PageRequest::default()).await.unwrap();
        assert_eq!(page, Page { items: vec![], next_cursor: None });
        assert_eq!(users::find(store, &ours, id).await.unwrap().name, "Ada");
    }

    async fn a_profile_changes_in_part(place: &Place) {
        let store = &place.store;
        let scope = tenant(store, "a").await;
        let id = person(store, &scope, "ada@example.com", Role::Owner).await;
        users::update_profile(store, &scope, id, None, Some("fr")).await.unwrap();
        users::set_password_hash(store, &scope, id, "$other").await.unwrap();
        let user = users::find(store, &scope, id).await.unwrap();
        assert_eq!((user.name.as_str(), user.language.as_str()), ("Ada", "fr"));
        assert_eq!(user.password_hash, "$other");
    }

    async fn roles_and_suspension_are_kept(place: &Place) {
        let store = &place.store;
        let scope = tenant(store, "a").await;
        assert!(!tenants::any_owner(store, &SYSTEM).await.unwrap());
        let id = person(store, &scope, "ada@example.com", Role::Owner).await;
        assert!(tenants::any_owner(store, &SYSTEM).await.unwrap());
        assert_eq!(memberships::active_owners(store, &scope).await.unwrap(), 1);
        memberships::set_suspended(store, &scope, id, true).await.unwrap();
        assert_eq!(memberships::active_owners(store, &scope).await.unwrap(), 0);
        memberships::set_role(store, &scope, id, Role::Operator).await.unwrap();
        memberships::signed_in(store, &scope, id, Timestamp::from_millis(9)).await.unwrap();
        let membership = memberships::find(store, &scope, id).await.unwrap();
        assert!(membership.suspended);
        assert_eq!(membership.role, Role::Operator);
        assert_eq!(membership.last_sign_in_at, Some(Timestamp::from_millis(9)));
    }

    async fn the_tenant_used_last_comes_first(place: &Place) {
        let store = &place.store;
        let first = tenant(store, "first").await;
        let second = tenant(store, "second").await;
        let id = person(store, &first, "ada@example.com", Role::Owner).await;
        memberships::add(store, &second, id, Role::Viewer, Timestamp::from_millis(7)).await.unwrap();
        memberships::signed_in(store, &second, id, Timestamp::from_millis(9)).await.unwrap();
        let order: Vec<_> = memberships::of_user(store, &SYSTEM, id).await.unwrap();
        assert_eq!(order.iter().map(|m| m.tenant).collect::<Vec<_>>(), [second.tenant(), first.tenant()]);
        let twice = memberships::add(store, &second, id, Role::Viewer, Timestamp::EPOCH).await.unwrap_err();
        assert!(twice.is_conflict("memberships_pkey"), "{twice}");
    }

    async fn people_come_in_pages(place: &Place) {
        let store = &place.store;
        let scope = tenant(store, "a").await;
        for n in 0..5 {
            person(store, &scope, &format!("p{n}@example.com"), Role::Viewer).await;
        }
        let mut seen = Vec::new();
        let mut request = PageRequest::first(2);
        loop {
            let page = memberships::list(store, &scope, &request).await.unwrap();
            seen.extend(page.items.into_iter().map(|member| member.email));
            match page.next_cursor {
                Some(cursor) => request.cursor = Some(cursor),
                None => break,
            }
        }
        assert_eq!(seen, (0..5).map(|n| format!("p{n}@example.com")).collect::<Vec<_>>());
    }
}
