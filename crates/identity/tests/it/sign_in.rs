//! Passwords, throttling, and what a stranger can learn: nothing.

use std::time::Duration;

use identity::{Error, IdentityConfig, PasswordCost};
use model::{ErrorKind, Explained as _, Quota, Role};

use crate::world::{ADA, PASSWORD, World, config, origin, origin_at};

on_both! {
    async fn the_right_password_opens(place: &Place) {
        let (world, tokens, ada) = World::with_ada(place).await;
        assert_eq!(ada.role, Role::Owner);
        assert_eq!((tokens.token_type, tokens.expires_in), ("Bearer", 600));
        let shouted = world.identity.sign_in("  ADA@Example.Com ", PASSWORD, &origin()).await.unwrap();
        assert_eq!(world.who(&shouted).await.user, ada.user);
    }

    async fn a_stranger_learns_nothing(place: &Place) {
        let (world, _, _) = World::with_ada(place).await;
        let wrong = world.identity.sign_in(ADA, "wrong password here", &origin()).await.unwrap_err();
        let unknown = world.identity.sign_in("eve@example.com", "wrong password here", &origin()).await.unwrap_err();
        let nonsense = world.identity.sign_in("", "", &origin()).await.unwrap_err();
        let endless = world.identity.sign_in(ADA, &"x".repeat(100_000), &origin()).await.unwrap_err();
        for error in [&unknown, &nonsense, &endless] {
            assert_eq!(error.to_string(), wrong.to_string());
            assert_eq!((error.code(), error.hint()), (wrong.code(), wrong.hint()));
        }
    }

    async fn an_address_that_cannot_be_looked_for_is_refused(place: &Place) {
        let (world, _, _) = World::with_ada(place).await;
        for email in ["ada\0@example.com", "ada@example.com\r\nX: y@z"] {
            let error = world.identity.sign_in(email, PASSWORD, &origin()).await.unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some("email")), "{email:?}");
        }
    }

    async fn guessing_is_slowed_down_alike_for_known_and_unknown(place: &Place) {
        let (world, _, _) = World::with_ada(place).await;
        for email in [ADA, "eve@example.com"] {
            for _ in 0..5 {
                let error = world.identity.sign_in(email, "wrong password here", &origin()).await.unwrap_err();
                assert!(matches!(error, Error::WrongCredentials), "{error}");
            }
            // Even the right one, or it would tell.
            let error = world.identity.sign_in(email, PASSWORD, &origin()).await.unwrap_err();
            assert!(matches!(error, Error::TooManyAttempts { .. }), "{error}");
            assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
            let limit = error.limit().unwrap();
            assert_eq!((limit.policy, limit.quota), ("sign-in", Quota::PerWindow { most: 5, seconds: 300 }));
        }
        // The person is not locked out from elsewhere, nor here for long.
        world.identity.sign_in(ADA, PASSWORD, &origin_at(8)).await.unwrap();
        world.wait_seconds(60);
        world.identity.sign_in(ADA, PASSWORD, &origin()).await.unwrap();
    }

    async fn the_right_password_forgives_earlier_mistakes(place: &Place) {
        let (world, _, _) = World::with_ada(place).await;
        for _ in 0..4 {
            for _ in 0..4 {
                world.identity.sign_in(ADA, "wrong password here", &origin()).await.unwrap_err();
            }
            world.sign_in(ADA).await;
        }
    }

    async fn trying_many_accounts_from_one_address_is_slowed_down(place: &Place) {
        let (world, _, _) = World::with_ada(place).await;
        let mut refused = 0;
        for n in 0..110 {
            let email = format!("p{n}@example.com");
            let error = world.identity.sign_in(&email, "wrong password here", &origin_at(66)).await.unwrap_err();
            refused += u32::from(matches!(error, Error::TooManyAttempts { .. }));
        }
        assert_eq!(refused, 10);
        world.sign_in(ADA).await;
    }

    async fn a_cheap_hash_is_renewed(place: &Place) {
        let (world, _, ada) = World::with_ada(place).await;
        let stored = async || store::users::find(&world.store, &ada.scope(), ada.user).await.unwrap().password_hash;
        assert!(stored().await.contains("m=64,t=1"));
        let password_cost = PasswordCost { memory_kib: 128, iterations: 2, lanes: 1 };
        let dearer = IdentityConfig { password_cost, ..config() };
        let node = World::node(&world.store, &world.clock, dearer).await;
        node.sign_in(ADA, PASSWORD, &origin()).await.unwrap();
        assert!(stored().await.contains("m=128,t=2"));
        node.sign_in(ADA, PASSWORD, &origin()).await.unwrap();
    }

    async fn an_access_token_expires(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        world.wait_seconds(599);
        world.who(&tokens).await;
        world.wait_seconds(1);
        let error = world.identity.authenticate(&tokens.access_token).await.unwrap_err();
        assert!(matches!(error, Error::ExpiredToken), "{error}");
    }

    async fn a_forged_token_is_refused(place: &Place) {
        let (world, tokens, _) = World::with_ada(place).await;
        let [header, claims, signature] = tokens.access_token.split('.').collect::<Vec<_>>()[..] else { panic!() };
        let swapped: String = signature.chars().rev().collect();
        // {"alg":"none","kid":…} and {"alg":"HS256"} are the classics.
        let none = "eyJhbGciOiJub25lIiwia2lkIjoieCJ9";
        for forged in [
            format!("{header}.{claims}.{swapped}"),
            format!("{header}.{claims}."),
            format!("{none}.{claims}."),
            format!("{header}.{}.{signature}", &claims[..claims.len() - 4]),
            String::new(),
            "x".repeat(100_000),
            tokens.refresh_token.clone(),
        ] {
            let error = world.identity.authenticate(&forged).await.unwrap_err();
            assert!(matches!(error, Error::BadToken), "{error}");
        }
    }

    async fn a_token_of_another_installation_is_refused(place: &Place) {
        let (world, _, _) = World::with_ada(place).await;
        let other = IdentityConfig { issuer: "https://other.example.com".into(), ..config() };
        let node = World::node(&world.store, &world.clock, other).await;
        let tokens = node.sign_in(ADA, PASSWORD, &origin()).await.unwrap();
        let error = world.identity.authenticate(&tokens.access_token).await.unwrap_err();
        assert!(matches!(error, Error::BadToken), "{error}");
    }
}
