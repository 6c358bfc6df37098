//! A person's own account.

use identity::{Error, ProfileChange};
use model::{Actor, DeviceId, ErrorKind, Explained as _, Role, Scope};

use crate::world::{ADA, PASSWORD, World, origin};

const NEW: &str = "seven wild geese over the fjord";

on_both! {
    async fn me_says_who_where_and_what(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let me = world.identity.me(&ada.scope()).await.unwrap();
        assert_eq!((me.user.email.as_str(), me.user.name.as_str(), me.user.language.as_str()), (ADA, "Ada", "en"));
        assert_eq!((me.tenant.name.as_str(), me.role), ("Acme", Role::Owner));
        assert_eq!(me.permissions.len(), 7);
        let (_, bob) = world.join(&ada, "bob@example.com", Role::Viewer).await;
        assert_eq!(world.identity.me(&bob.scope()).await.unwrap().permissions, ["read_all"]);
    }

    async fn a_profile_changes_in_part(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let french = ProfileChange { name: None, language: Some("fr".into()) };
        assert_eq!(world.identity.update_me(&ada.scope(), french).await.unwrap().user.language, "fr");
        let renamed = ProfileChange { name: Some(" Ada King ".into()), language: None };
        let me = world.identity.update_me(&ada.scope(), renamed).await.unwrap();
        assert_eq!((me.user.name.as_str(), me.user.language.as_str()), ("Ada King", "fr"));
        let empty = ProfileChange { name: Some("  ".into()), language: None };
        assert_eq!(world.identity.update_me(&ada.scope(), empty).await.unwrap_err().field(), Some("name"));
    }

    async fn a_new_password_ends_the_other_sessions(place: &Place) {
        let (world, tokens, ada) = World::with_ada(place).await;
        let phone = world.sign_in(ADA).await;
        world.who(&phone).await;
        world.identity.change_password(&ada.scope(), PASSWORD, NEW, &origin()).await.unwrap();
        world.who(&tokens).await;
        assert!(world.identity.authenticate(&phone.access_token).await.is_err());
        assert!(world.identity.refresh(&phone.refresh_token, &origin()).await.is_err());
        assert!(world.identity.sign_in(ADA, PASSWORD, &origin()).await.is_err());
        world.identity.sign_in(ADA, NEW, &origin()).await.unwrap();
    }

    async fn a_forgotten_password_is_set_anew_and_ends_every_session(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        world.who(&tokens).await;
        world.identity.set_password(" Ada@Example.com ", NEW).await.unwrap();
        assert!(world.identity.authenticate(&tokens.access_token).await.is_err());
        assert!(world.identity.refresh(&tokens.refresh_token, &origin()).await.is_err());
        assert!(world.identity.sign_in(ADA, PASSWORD, &origin()).await.is_err());
        world.identity.sign_in(ADA, NEW, &origin()).await.unwrap();
        assert!(world.identity.set_password(ADA, "short").await.is_err());
        let nobody = world.identity.set_password("nobody@example.com", NEW).await.unwrap_err();
        assert_eq!(nobody.kind(), ErrorKind::NotFound);
    }

    async fn a_new_password_needs_the_current_one_and_the_policy(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let change = |current: &'static str, new: &'static str| {
            let (identity, scope) = (world.identity.clone(), ada.scope());
            async move { identity.change_password(&scope, current, new, &origin()).await.unwrap_err() }
        };
        assert_eq!(change("wrong password here", NEW).await.field(), Some("current"));
        assert_eq!(change(PASSWORD, "short").await.field(), Some("new"));
        assert_eq!(change(PASSWORD, PASSWORD).await.field(), Some("new"));
        for _ in 0..5 {
            change("wrong password here", NEW).await;
        }
        assert!(matches!(change(PASSWORD, NEW).await, Error::TooManyAttempts { .. }));
    }

    async fn a_device_has_no_account(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let device = Scope::authenticated(ada.tenant, Actor::Device(DeviceId::generate()));
        assert!(matches!(world.identity.me(&device).await, Err(Error::NotAPerson)));
        assert!(matches!(world.identity.sessions(&device).await, Err(Error::NotAPerson)));
        let people = world.identity.people(&device, &store::PageRequest::default()).await;
        assert!(matches!(people, Err(Error::Denied(_))));
    }
}
