//! One account in several tenants: into which one it signs in, and how it gets to the others.

use identity::{Error, PersonChange};
use model::{ErrorKind, Explained as _, Role};

use crate::world::{ADA, PASSWORD, World, origin, owner};

const BOB: &str = "bob@example.com";

on_both! {
    async fn an_account_reaches_each_of_its_tenants(place: &Place) {
        let (world, _, acme) = World::with_ada(place).await;
        let (second, user) = world.identity.create_owner(owner(ADA, "Beta Works")).await.unwrap();
        assert_eq!(user, acme.user, "the same account");

        // The one used last, which the new one was not yet.
        let here = world.sign_in(ADA).await;
        assert_eq!(world.who(&here).await.tenant, acme.tenant);
        let id = second.to_string();
        for name in [id.as_str(), "Beta Works", " beta works "] {
            let tokens = world.identity.sign_in_to(Some(name), ADA, PASSWORD, &origin()).await.unwrap();
            assert_eq!(world.who(&tokens).await.tenant, second, "{name:?}");
            world.wait_seconds(1);
        }
        let again = world.who(&world.sign_in(ADA).await).await;
        assert_eq!(again.tenant, second, "without a name, where they were last");

        let me = world.identity.me(&again.scope()).await.unwrap();
        let listed: Vec<_> = me.tenants.iter().map(|own| (own.name.as_str(), own.role, own.current)).collect();
        assert_eq!(listed, [("Acme", Role::Owner, false), ("Beta Works", Role::Owner, true)]);
    }

    async fn switching_starts_a_session_there_and_keeps_this_one(place: &Place) {
        let (world, tokens, acme) = World::with_ada(place).await;
        let (second, _) = world.identity.create_owner(owner(ADA, "Beta")).await.unwrap();
        let there = world.identity.switch_tenant(&acme.scope(), "Beta", &origin()).await.unwrap();
        let there = world.who(&there).await;
        assert_eq!((there.tenant, there.user), (second, acme.user));
        assert_ne!(there.session, acme.session);
        assert_eq!(world.who(&tokens).await, acme);
        let back = world.identity.switch_tenant(&there.scope(), &acme.tenant.to_string(), &origin()).await.unwrap();
        assert_eq!(world.who(&back).await.tenant, acme.tenant);
    }

    async fn a_tenant_of_others_is_not_found(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let (evil, _) = world.identity.create_owner(owner("eve@example.com", "Evil")).await.unwrap();
        for tenant in ["Evil", &evil.to_string(), "Nowhere", "00000000-0000-0000-0000-000000000000"] {
            for refused in [
                world.identity.switch_tenant(&ada.scope(), tenant, &origin()).await,
                world.identity.sign_in_to(Some(tenant), ADA, PASSWORD, &origin()).await,
            ] {
                let error = refused.unwrap_err();
                assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, "tenant_not_found"));
            }
        }
        // Without the password nobody learns even that much.
        let error = world.identity.sign_in_to(Some("Acme"), ADA, "wrong password here", &origin()).await.unwrap_err();
        assert!(matches!(error, Error::WrongCredentials), "{error}");
        let error = world.identity.switch_tenant(&ada.scope(), " ", &origin()).await.unwrap_err();
        assert_eq!(error.field(), Some("tenant"));
    }

    async fn who_is_suspended_in_one_tenant_still_reaches_the_other(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let (own, _) = world.identity.create_owner(owner(BOB, "Bobs")).await.unwrap();
        let invited = world.identity.invite(&ada.scope(), BOB, Role::Viewer).await.unwrap();
        let joined = world.identity.accept_invitation(&invited.token, None, None, PASSWORD, &origin()).await.unwrap();
        let bob = world.who(&joined).await;
        assert_eq!(world.identity.me(&bob.scope()).await.unwrap().tenants.len(), 2);
        let out = PersonChange { role: None, suspended: Some(true) };
        world.identity.change_person(&ada.scope(), bob.user, out).await.unwrap();

        let home = world.who(&world.sign_in(BOB).await).await;
        assert_eq!(home.tenant, own);
        let tenants = world.identity.me(&home.scope()).await.unwrap().tenants;
        assert_eq!(tenants.iter().map(|own| own.name.as_str()).collect::<Vec<_>>(), ["Bobs"]);
        let error = world.identity.switch_tenant(&home.scope(), "Acme", &origin()).await.unwrap_err();
        assert!(matches!(error, Error::Suspended), "{error}");
    }
}
