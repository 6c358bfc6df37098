//! Invitations, roles, suspension, and the walls between tenants.

use identity::{Error, PersonChange};
use model::{ErrorKind, Explained as _, Role, UserId};
use store::PageRequest;

use crate::world::{ADA, PASSWORD, World, origin, owner};

const BOB: &str = "bob@example.com";

fn role(role: Role) -> PersonChange {
    PersonChange { role: Some(role), suspended: None }
}

fn suspended(suspended: bool) -> PersonChange {
    PersonChange { role: None, suspended: Some(suspended) }
}

on_both! {
    async fn an_invitation_lets_somebody_in_once(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let invited = world.identity.invite(&ada.scope(), " Bob@Example.com", Role::Operator).await.unwrap();
        let seen = world.identity.invitation(&invited.token).await.unwrap();
        assert_eq!((seen.email.as_str(), seen.tenant.as_str(), seen.role, seen.known), (BOB, "Acme", Role::Operator, false));
        assert_eq!(world.identity.invitations(&ada.scope()).await.unwrap().len(), 1);

        let weak = world.identity.accept_invitation(&invited.token, Some("Bob"), None, "password1234", &origin()).await;
        assert_eq!(weak.unwrap_err().field(), Some("password"));
        let tokens = world.identity.accept_invitation(&invited.token, None, None, PASSWORD, &origin()).await.unwrap();
        let bob = world.who(&tokens).await;
        assert_eq!((bob.tenant, bob.role), (ada.tenant, Role::Operator));
        assert_eq!(world.identity.me(&bob.scope()).await.unwrap().user.name, "bob");

        let error = world.identity.accept_invitation(&invited.token, None, None, PASSWORD, &origin()).await.unwrap_err();
        assert!(matches!(error, Error::BadInvitation), "{error}");
        assert!(world.identity.invitations(&ada.scope()).await.unwrap().is_empty());
        let error = world.identity.invite(&ada.scope(), BOB, Role::Viewer).await.unwrap_err();
        assert!(matches!(error, Error::AlreadyMember { .. }), "{error}");
    }

    async fn an_invitation_expires_is_taken_back_or_replaced(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let replaced = world.identity.invite(&ada.scope(), BOB, Role::Owner).await.unwrap();
        let revoked = world.identity.invite(&ada.scope(), BOB, Role::Viewer).await.unwrap();
        world.identity.revoke_invitation(&ada.scope(), revoked.id).await.unwrap();
        let expired = world.identity.invite(&ada.scope(), BOB, Role::Viewer).await.unwrap();
        world.wait_seconds(7 * 24 * 3600);
        for token in [&replaced.token, &revoked.token, &expired.token, &String::new()] {
            let error = world.identity.invitation(token).await.unwrap_err();
            assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, "invitation_invalid"));
            assert!(world.identity.accept_invitation(token, None, None, PASSWORD, &origin()).await.is_err());
        }
    }

    async fn who_has_an_account_joins_with_its_password(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        world.identity.create_owner(owner(BOB, "Bobs")).await.unwrap();
        let invited = world.identity.invite(&ada.scope(), BOB, Role::Viewer).await.unwrap();
        assert!(world.identity.invitation(&invited.token).await.unwrap().known);
        let other = "an entirely other password";
        let error = world.identity.accept_invitation(&invited.token, None, None, other, &origin()).await.unwrap_err();
        assert!(matches!(error, Error::WrongCredentials), "{error}");
        let tokens = world.identity.accept_invitation(&invited.token, None, None, PASSWORD, &origin()).await.unwrap();
        assert_eq!(world.who(&tokens).await.role, Role::Viewer);
        // They come back to where they were last.
        assert_eq!(world.who(&world.sign_in(BOB).await).await.tenant, ada.tenant);
    }

    async fn an_invitation_ends_with_its_authors_right_to_invite(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let (_, bob) = world.join(&ada, BOB, Role::Owner).await;
        let invited = world.identity.invite(&bob.scope(), "carol@example.org", Role::Owner).await.unwrap();
        world.identity.invitation(&invited.token).await.unwrap();
        for change in [suspended(true), role(Role::Operator)] {
            world.identity.change_person(&ada.scope(), bob.user, change).await.unwrap();
            let name = Some("Carol");
            let accepted = world.identity.accept_invitation(&invited.token, name, None, PASSWORD, &origin()).await;
            assert!(matches!(accepted, Err(Error::BadInvitation)));
            world.identity.change_person(&ada.scope(), bob.user, suspended(false)).await.unwrap();
        }
        world.identity.change_person(&ada.scope(), bob.user, role(Role::Owner)).await.unwrap();
        world.identity.accept_invitation(&invited.token, Some("Carol"), None, PASSWORD, &origin()).await.unwrap();
    }

    async fn a_new_role_counts_at_once(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let (tokens, bob) = world.join(&ada, BOB, Role::Viewer).await;
        let person = world.identity.change_person(&ada.scope(), bob.user, role(Role::Operator)).await.unwrap();
        assert_eq!((person.role, person.email.as_str(), person.suspended), (Role::Operator, BOB, false));
        assert_eq!(world.who(&tokens).await.role, Role::Operator);
    }

    async fn the_suspended_are_out_at_once(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let (tokens, bob) = world.join(&ada, BOB, Role::Operator).await;
        world.identity.change_person(&ada.scope(), bob.user, suspended(true)).await.unwrap();
        assert!(world.identity.authenticate(&tokens.access_token).await.is_err());
        assert!(world.identity.refresh(&tokens.refresh_token, &origin()).await.is_err());
        let error = world.identity.sign_in(BOB, PASSWORD, &origin()).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Denied, "account_suspended"));
        let wrong = world.identity.sign_in(BOB, "wrong password here", &origin()).await.unwrap_err();
        assert!(matches!(wrong, Error::WrongCredentials), "only who knows the password learns of it");
        world.identity.change_person(&ada.scope(), bob.user, suspended(false)).await.unwrap();
        world.sign_in(BOB).await;
        assert!(world.identity.authenticate(&tokens.access_token).await.is_err(), "the old session stays ended");
    }

    async fn the_last_owner_stays(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let error = world.identity.change_person(&ada.scope(), ada.user, role(Role::Viewer)).await.unwrap_err();
        assert!(matches!(error, Error::LastOwner), "{error}");
        let error = world.identity.change_person(&ada.scope(), ada.user, suspended(true)).await.unwrap_err();
        assert!(matches!(error, Error::OwnAccount), "{error}");
        let (_, bob) = world.join(&ada, BOB, Role::Owner).await;
        world.identity.change_person(&ada.scope(), bob.user, suspended(true)).await.unwrap();
        let error = world.identity.change_person(&ada.scope(), ada.user, role(Role::Viewer)).await.unwrap_err();
        assert!(matches!(error, Error::LastOwner), "a suspended owner does not count: {error}");
        world.identity.change_person(&ada.scope(), bob.user, suspended(false)).await.unwrap();
        world.identity.change_person(&ada.scope(), ada.user, role(Role::Viewer)).await.unwrap();
    }

    async fn two_owners_cannot_depose_each_other(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let (_, bob) = world.join(&ada, BOB, Role::Owner).await;
        let (of_ada, of_bob) = (ada.scope(), bob.scope());
        let (one, other) = futures::join!(
            world.identity.change_person(&of_ada, bob.user, role(Role::Viewer)),
            world.identity.change_person(&of_bob, ada.user, role(Role::Viewer)),
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    }

    async fn only_owners_manage_people(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let (_, bob) = world.join(&ada, BOB, Role::Operator).await;
        let scope = bob.scope();
        let refusals = [
            world.identity.invite(&scope, "eve@example.com", Role::Owner).await.err(),
            world.identity.invitations(&scope).await.err(),
            world.identity.revoke_invitation(&scope, uuid::Uuid::nil()).await.err(),
            world.identity.change_person(&scope, bob.user, role(Role::Owner)).await.err(),
            world.identity.rename_tenant(&scope, "Bobs").await.err(),
        ];
        for error in refusals {
            let error = error.unwrap();
            assert_eq!((error.kind(), error.code()), (ErrorKind::Denied, "permission_denied"));
        }
        assert_eq!(world.identity.people(&scope, &PageRequest::default()).await.unwrap().items.len(), 2);
    }

    async fn another_tenant_sees_and_reaches_nobody(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let (_, bob) = world.join(&ada, BOB, Role::Viewer).await;
        let invited = world.identity.invite(&ada.scope(), "carl@example.com", Role::Viewer).await.unwrap();
        world.identity.create_owner(owner("eve@example.com", "Evil")).await.unwrap();
        let eve = world.who(&world.sign_in("eve@example.com").await).await.scope();
        let people = world.identity.people(&eve, &PageRequest::default()).await.unwrap().items;
        assert_eq!(people.iter().map(|person| person.email.as_str()).collect::<Vec<_>>(), ["eve@example.com"]);
        assert!(world.identity.invitations(&eve).await.unwrap().is_empty());
        for error in [
            world.identity.change_person(&eve, bob.user, suspended(true)).await.err(),
            world.identity.change_person(&eve, UserId::generate(), suspended(true)).await.err(),
            world.identity.revoke_invitation(&eve, invited.id).await.err(),
            world.identity.end_session(&eve, bob.session).await.err(),
        ] {
            let error = error.unwrap();
            assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, "not_found"));
        }
        // Inviting an address of another tenant tells nothing about it.
        world.identity.invite(&eve, ADA, Role::Viewer).await.unwrap();
        world.who(&world.sign_in(BOB).await).await;
    }
}
