//! The chain of refresh tokens, and the end of sessions.

use identity::{Error, Tokens};
use model::SessionId;

use crate::world::{ADA, World, origin};

async fn refresh(world: &World, tokens: &Tokens) -> identity::Result<Tokens> {
    world.identity.refresh(&tokens.refresh_token, &origin()).await
}

const ATTEMPT: &str = "aaaaaaaaaaaaaaaaaaaaaa";
const OTHER_ATTEMPT: &str = "bbbbbbbbbbbbbbbbbbbbbb";

async fn in_attempt(world: &World, tokens: &Tokens, attempt: &str) -> identity::Result<Tokens> {
    world.identity.refresh_in_attempt(&tokens.refresh_token, Some(attempt), &origin()).await
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

    async fn a_token_works_once_and_a_second_use_ends_the_session_at_once(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        let other = world.sign_in(ADA).await;
        let next = refresh(&world, &tokens).await.unwrap();
        world.who(&next).await;
        let error = refresh(&world, &tokens).await.unwrap_err();
        assert!(matches!(error, Error::ReusedRefreshToken), "{error}");
        for error in [refresh(&world, &next).await.unwrap_err(), refresh(&world, &tokens).await.unwrap_err()] {
            assert!(matches!(error, Error::SessionEnded), "{error}");
        }
        let error = world.identity.authenticate(&next.access_token).await.unwrap_err();
        assert!(matches!(error, Error::SessionEnded), "{error}");
        // The person's other sessions are not concerned.
        refresh(&world, &other).await.unwrap();
    }

    async fn of_two_at_the_same_time_none_keeps_the_session(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        let (one, other) = futures::join!(refresh(&world, &tokens), refresh(&world, &tokens));
        assert!(one.is_ok() != other.is_ok(), "one was first");
        let winner = one.or(other).unwrap();
        assert!(refresh(&world, &winner).await.is_err());
    }

    async fn the_same_attempt_gets_the_same_answer_again(place: &Place) {
        let (world, tokens, ada) = World::with_ada(place).await;
        let lost = in_attempt(&world, &tokens, ATTEMPT).await.unwrap();
        world.wait_seconds(600);
        let again = in_attempt(&world, &tokens, ATTEMPT).await.unwrap();
        // The same successor: the chain stays a chain.
        assert_eq!(again.refresh_token, lost.refresh_token);
        assert_eq!(world.who(&again).await, ada);
        refresh(&world, &again).await.unwrap();
    }

    async fn two_tabs_with_one_attempt_may_ask_at_the_same_time(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        let (one, other) =
            futures::join!(in_attempt(&world, &tokens, ATTEMPT), in_attempt(&world, &tokens, ATTEMPT));
        assert_eq!(one.unwrap().refresh_token, other.unwrap().refresh_token);
    }

    async fn another_attempt_a_late_one_or_none_is_a_second_use(place: &Place) {
        for (wait, second) in [(0, Some(OTHER_ATTEMPT)), (0, None), (601, Some(ATTEMPT))] {
            let (world, tokens, _) = World::with_ada(place).await;
            in_attempt(&world, &tokens, ATTEMPT).await.unwrap();
            world.wait_seconds(wait);
            let again = world.identity.refresh_in_attempt(&tokens.refresh_token, second, &origin()).await;
            assert!(matches!(again, Err(Error::ReusedRefreshToken)), "{second:?}");
        }
    }

    async fn an_attempt_ends_when_its_answer_was_used(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        let next = in_attempt(&world, &tokens, ATTEMPT).await.unwrap();
        refresh(&world, &next).await.unwrap();
        let error = in_attempt(&world, &tokens, ATTEMPT).await.unwrap_err();
        assert!(matches!(error, Error::ReusedRefreshToken), "{error}");
    }

    async fn an_attempt_that_could_be_guessed_is_refused_and_costs_nothing(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        for attempt in ["", "1", "attempt attempt attempt attempt", &"x".repeat(65)] {
            let error = in_attempt(&world, &tokens, attempt).await.unwrap_err();
            assert_eq!(error.field(), Some("attempt"), "{attempt:?}");
        }
        refresh(&world, &tokens).await.unwrap();
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
