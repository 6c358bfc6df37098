//! Signing keys come and go without anybody noticing, but for a leak.

use identity::Error;

use crate::world::{ADA, World, config};

fn published(world: &World) -> Vec<String> {
    let keys = world.identity.jwks()["keys"].as_array().unwrap().clone();
    keys.iter()
        .map(|key| {
            assert_eq!((key["kty"].as_str(), key["crv"].as_str()), (Some("OKP"), Some("Ed25519")));
            assert_eq!(key["alg"], "EdDSA");
            assert!(key.get("d").is_none(), "a private key was published");
            key["kid"].as_str().unwrap().to_owned()
        })
        .collect()
}

on_both! {
    async fn rotation_overlaps(place: &Place) {
        let (world, _, _) = World::with_ada(place).await;
        let first = published(&world);
        let second = world.identity.rotate_keys().await.unwrap();
        assert_eq!(published(&world), [second.clone(), first[0].clone()]);
        // Published, but not signing yet.
        let early = world.sign_in(ADA).await;
        world.wait_seconds(599);
        world.identity.maintain().await.unwrap();
        world.who(&early).await;
        world.wait_seconds(1);
        let late = world.sign_in(ADA).await;
        world.wait_seconds(599);
        world.identity.maintain().await.unwrap();
        world.who(&late).await;
        // Whatever the old key signed has expired.
        world.wait_seconds(700);
        world.identity.maintain().await.unwrap();
        assert_eq!(published(&world), [second]);
    }

    async fn keys_rotate_on_schedule(place: &Place) {
        let (world, mut tokens, _) = World::with_ada(place).await;
        let mut seen = std::collections::HashSet::new();
        for _ in 0..90 {
            world.wait_seconds(24 * 3600);
            world.identity.maintain().await.unwrap();
            tokens = world.identity.refresh(&tokens.refresh_token, &crate::world::origin()).await.unwrap();
            world.who(&tokens).await;
            seen.extend(published(&world));
        }
        assert_eq!(seen.len(), 4);
        assert!(published(&world).len() <= 2);
    }

    async fn a_leaked_key_is_useless_at_once(place: &Place) {
        let (world, tokens, ada) = World::with_ada(place).await;
        world.identity.replace_keys().await.unwrap();
        let error = world.identity.authenticate(&tokens.access_token).await.unwrap_err();
        assert!(matches!(error, Error::BadToken), "{error}");
        let fresh = world.identity.refresh(&tokens.refresh_token, &crate::world::origin()).await.unwrap();
        assert_eq!(world.who(&fresh).await, ada);
    }

    async fn nodes_share_their_keys(place: &Place) {
        let (world, _, _) = World::with_ada(place).await;
        let node = World::node(&world.store, &world.clock, config()).await;
        world.identity.replace_keys().await.unwrap();
        let tokens = world.sign_in(ADA).await;
        world.wait_seconds(5);
        node.authenticate(&tokens.access_token).await.unwrap();
    }
}
