//! The first owner, and further tenants.

use identity::{Error, NewOwner};
use model::Role;

use crate::world::{ADA, PASSWORD, World, origin, owner};

on_both! {
    async fn the_printed_token_makes_the_first_owner_once(place: &Place) {
        let world = World::new(place).await;
        assert!(world.identity.needs_setup().await.unwrap());
        let offer = world.identity.offer_setup().await.unwrap().unwrap();
        let tokens = world.identity.setup(&offer.token, owner(ADA, "Acme"), &origin()).await.unwrap();
        assert_eq!(world.who(&tokens).await.role, Role::Owner);
        assert!(!world.identity.needs_setup().await.unwrap());
        assert!(world.identity.offer_setup().await.unwrap().is_none());
        let error = world.identity.setup(&offer.token, owner("eve@example.com", "Evil"), &origin()).await.unwrap_err();
        assert!(matches!(error, Error::AlreadySetUp), "{error}");
    }

    async fn two_who_come_at_once_make_one_owner(place: &Place) {
        let world = World::new(place).await;
        let token = world.identity.offer_setup().await.unwrap().unwrap().token;
        let (from, ada, bob) = (origin(), owner(ADA, "Acme"), owner("bob@example.com", "Bobs"));
        let (one, other) =
            futures::join!(world.identity.setup(&token, ada, &from), world.identity.setup(&token, bob, &from));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    }

    async fn a_restart_replaces_the_token(place: &Place) {
        let world = World::new(place).await;
        let old = world.identity.offer_setup().await.unwrap().unwrap();
        let new = world.identity.offer_setup().await.unwrap().unwrap();
        for token in [old.token.as_str(), "setup_guess", ""] {
            let error = world.identity.setup(token, owner(ADA, "Acme"), &origin()).await.unwrap_err();
            assert!(matches!(error, Error::BadSetupToken), "{error}");
        }
        world.wait_seconds(24 * 3600);
        let error = world.identity.setup(&new.token, owner(ADA, "Acme"), &origin()).await.unwrap_err();
        assert!(matches!(error, Error::BadSetupToken), "{error}");
    }

    async fn a_mistake_leaves_the_token_valid(place: &Place) {
        let world = World::new(place).await;
        let token = world.identity.offer_setup().await.unwrap().unwrap().token;
        let good = owner(ADA, "Acme");
        for (wrong, field) in [
            (NewOwner { password: "short".into(), ..good.clone() }, "password"),
            (NewOwner { email: "ada".into(), ..good.clone() }, "email"),
            (NewOwner { tenant: " ".into(), ..good.clone() }, "tenant"),
            (NewOwner { language: Some("tlh".into()), ..good.clone() }, "language"),
        ] {
            let error = world.identity.setup(&token, wrong, &origin()).await.unwrap_err();
            assert_eq!(error.field(), Some(field), "{error}");
        }
        world.identity.setup(&token, good, &origin()).await.unwrap();
    }

    async fn an_owner_made_on_the_command_line_ends_the_setup(place: &Place) {
        let world = World::new(place).await;
        let token = world.identity.offer_setup().await.unwrap().unwrap().token;
        world.identity.create_owner(owner(ADA, "Acme")).await.unwrap();
        let error = world.identity.setup(&token, owner("eve@example.com", "Evil"), &origin()).await.unwrap_err();
        assert!(matches!(error, Error::AlreadySetUp), "{error}");
    }

    async fn one_person_may_own_two_tenants(place: &Place) {
        let (world, tokens, ada) = World::with_ada(place).await;
        let (second, user) = world.identity.create_owner(owner(ADA, "Second")).await.unwrap();
        assert_eq!(user, ada.user);
        assert_ne!(second, ada.tenant);
        // A session stays in its tenant, and the next sign-in leads to the one used last.
        assert_eq!(world.who(&tokens).await.tenant, ada.tenant);
        assert_eq!(world.who(&world.sign_in(ADA).await).await.tenant, ada.tenant);
        let wrong = NewOwner { password: "another password, quite long".into(), ..owner(ADA, "Third") };
        let error = world.identity.create_owner(wrong).await.unwrap_err();
        assert!(matches!(error, Error::EmailTaken { .. }), "{error}");
        assert!(world.identity.sign_in(ADA, PASSWORD, &origin()).await.is_ok());
    }
}
