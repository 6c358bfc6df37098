//! Who is let in.

use devices::{Authentication, Identity};

use crate::world::World;

fn known(world: &World, device: model::DeviceId) -> Identity {
    Identity { tenant: world.scope.tenant(), device, profile: "generic".into() }
}

#[tokio::test]
async fn a_device_comes_in_with_what_it_was_given() {
    let world = World::new().await;
    let made = world.add("Hall").await;
    let (name, password) = (made.credentials.username.as_str(), made.credentials.password.as_bytes());
    let of = known(&world, made.id);
    assert_eq!(world.devices.authenticate(name, Some(password)), Authentication::Known(of.clone()));
    assert_eq!(
        world.devices.authenticate(&made.credentials.password, None),
        Authentication::Known(of.clone()),
        "the password alone, as an access token"
    );
    assert_eq!(world.devices.authenticate_token(password), Authentication::Known(of.clone()));
    assert_eq!(
        world.devices.authenticate(name, Some(b"wrong")),
        Authentication::WrongPassword { of: of.clone() }
    );
    assert_eq!(world.devices.authenticate(name, None), Authentication::WrongPassword { of });
    assert_eq!(world.devices.authenticate("nobody", Some(password)), Authentication::Unknown);
    assert_eq!(world.devices.authenticate("", None), Authentication::Unknown);
}

#[tokio::test]
async fn new_credentials_stop_the_old_ones_at_once() {
    let mut world = World::new().await;
    let made = world.add("Hall").await;
    let fresh = world.devices.renew_credentials(&world.scope, made.id).await.unwrap();
    assert_eq!(fresh.username, made.credentials.username);
    for _ in 0..2 {
        let old = world.devices.authenticate(&fresh.username, Some(made.credentials.password.as_bytes()));
        assert!(matches!(old, Authentication::WrongPassword { .. }));
        assert_eq!(
            world.devices.authenticate_token(made.credentials.password.as_bytes()),
            Authentication::Unknown
        );
        let new = world.devices.authenticate(&fresh.username, Some(fresh.password.as_bytes()));
        assert!(matches!(new, Authentication::Known(_)));
        world.restart().await;
    }
    assert_eq!(world.link.cut.lock()[0].0, made.id);
}

#[tokio::test]
async fn a_deleted_device_is_a_stranger() {
    let mut world = World::new().await;
    let made = world.add("Hall").await;
    world.devices.delete(&world.scope, made.id).await.unwrap();
    let password = made.credentials.password.as_bytes();
    for _ in 0..2 {
        assert_eq!(
            world.devices.authenticate(&made.credentials.username, Some(password)),
            Authentication::Unknown
        );
        world.restart().await;
    }
    assert_eq!(*world.link.forgotten.lock(), [made.id]);
}
