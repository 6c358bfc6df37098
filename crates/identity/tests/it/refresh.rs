//! The chain of refresh tokens, and the end of sessions.

use identity::{Error, Tokens};
use model::SessionId;

use crate::world::{ADA, World, origin};

async fn refresh(world: &World, tokens: &Tokens) -> identity::Result<Tokens> {
    world.identity.refresh(&tokens.refresh_token, &origin()).await
}

on_both! {
    async fn a_session_goes_on_through_its_chain(place: &Place) {
        let (world, mut tokens, ada) = World::with_ada(place).await;
        for _ in 0..5 {
            world.wait_seconds(600);
            let next = refresh(&world, &tokens).await.unwrap();
            assert_ne!(next.refresh_token, tokens.refresh_token);
            assert_eq!(world.who(&next).await, ada);
            tokens = next;
        }
    }

    async fn a_lost_answer_may_be_asked_for_again(place: &Place) {
        let (world, tokens, ada) = World::with_ada(place).await;
        let lost = refresh(&world, &tokens).await.unwrap();
        world.wait_seconds(10);
        let again = refresh(&world, &tokens).await.unwrap();
        // The same successor: the chain stays a chain.
        assert_eq!(again.refresh_token, lost.refresh_token);
        assert_eq!(world.who(&again).await, ada);
        refresh(&world, &again).await.unwrap();
    }

    async fn two_tabs_may_ask_at_the_same_time(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        let (one, other) = futures::join!(refresh(&world, &tokens), refresh(&world, &tokens));
        assert_eq!(one.unwrap().refresh_token, other.unwrap().refresh_token);
    }

    async fn a_token_that_is_used_late_again_ends_the_session(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        let next = refresh(&world, &tokens).await.unwrap();
        world.who(&next).await;
        world.wait_seconds(11);
        let error = refresh(&world, &tokens).await.unwrap_err();
        assert!(matches!(error, Error::ReusedRefreshToken), "{error}");
        for error in [refresh(&world, &next).await.unwrap_err(), refresh(&world, &tokens).await.unwrap_err()] {
            assert!(matches!(error, Error::SessionEnded), "{error}");
        }
        let error = world.identity.authenticate(&next.access_token).await.unwrap_err();
        assert!(matches!(error, Error::SessionEnded), "{error}");
    }

    async fn a_copy_is_noticed_even_within_the_grace_time(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        let next = refresh(&world, &tokens).await.unwrap();
        refresh(&world, &next).await.unwrap();
        let error = refresh(&world, &tokens).await.unwrap_err();
        assert!(matches!(error, Error::ReusedRefreshToken), "{error}");
    }

    async fn an_unknown_token_is_refused(place: &Place) {
        let (world, _, _) = World::with_ada(place).await;
        for token in ["", "ssr_nothing", &"x".repeat(10_000)] {
            let error = world.identity.refresh(token, &origin()).await.unwrap_err();
            assert!(matches!(error, Error::BadRefreshToken), "{error}");
        }
    }

    async fn a_session_that_is_not_used_expires(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        world.wait_seconds(29 * 24 * 3600);
        let tokens = refresh(&world, &tokens).await.unwrap();
        world.wait_seconds(29 * 24 * 3600);
        let tokens = refresh(&world, &tokens).await.unwrap();
        world.wait_seconds(30 * 24 * 3600);
        let error = refresh(&world, &tokens).await.unwrap_err();
        assert!(matches!(error, Error::SessionEnded), "{error}");
        world.wait_seconds(31 * 24 * 3600);
        world.identity.maintain().await.unwrap();
        let error = refresh(&world, &tokens).await.unwrap_err();
        assert!(matches!(error, Error::BadRefreshToken), "{error}");
    }

    async fn signing_out_ends_access_at_once(place: &Place) {
        let (world, tokens, ada) = World::with_ada(place).await;
        assert!(world.identity.is_alive(&ada.scope(), ada.session).await);
        world.identity.sign_out(&tokens.refresh_token).await.unwrap();
        world.identity.sign_out(&tokens.refresh_token).await.unwrap();
        world.identity.sign_out("nothing").await.unwrap();
        assert!(!world.identity.is_alive(&ada.scope(), ada.session).await);
        let error = world.identity.authenticate(&tokens.access_token).await.unwrap_err();
        assert!(matches!(error, Error::SessionEnded), "{error}");
    }

    async fn another_node_learns_of_the_end_within_seconds(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        let node = World::node(&world.store, &world.clock, crate::world::config()).await;
        node.authenticate(&tokens.access_token).await.unwrap();
        world.identity.sign_out(&tokens.refresh_token).await.unwrap();
        world.wait_seconds(10);
        let error = node.authenticate(&tokens.access_token).await.unwrap_err();
        assert!(matches!(error, Error::SessionEnded), "{error}");
    }

    async fn people_see_and_end_their_own_sessions_only(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let phone = world.sign_in(ADA).await;
        let phone_session = world.who(&phone).await.session;
        let (_, bob) = world.join(&ada, "bob@example.com", model::Role::Viewer).await;
        let sessions = world.identity.sessions(&ada.scope()).await.unwrap();
        assert_eq!(sessions.len(), 2);
        let current: Vec<_> = sessions.iter().filter(|session| session.current).map(|session| session.id).collect();
        assert_eq!(current, [ada.session]);
        assert_eq!((sessions[0].client.as_str(), sessions[0].address.as_str()), ("Firefox", "192.0.2.7"));

        for id in [phone_session, SessionId::generate()] {
            let error = world.identity.end_session(&bob.scope(), id).await.unwrap_err();
            assert_eq!(model::Explained::kind(&error), model::ErrorKind::NotFound);
        }
        world.identity.end_session(&ada.scope(), phone_session).await.unwrap();
        assert!(world.identity.authenticate(&phone.access_token).await.is_err());
        assert_eq!(world.identity.sessions(&ada.scope()).await.unwrap().len(), 1);
    }
}
