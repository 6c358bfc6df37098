use crate::raw::{Hello, Raw, V3};
use crate::stage::{Stage, device};
use broker::{Client, Delivery, QoS};
use model::{Phrase, TenantId};

/// Two clients with the same client id and filters, in every way a stranger: another tenant, or another device.
#[tokio::test]
async fn strangers_share_nothing_but_the_server() {
    let stage = Stage::new().await;
    let same_device_elsewhere = Client { tenant: TenantId::generate(), ..stage.lamp.clone() };
    let neighbour = Client { tenant: stage.lamp.tenant, ..device() };
    stage.add_device("elsewhere", same_device_elsewhere.clone());
    stage.add_device("neighbour", neighbour.clone());

    let mut lamp = Raw::connect(&stage, V3).await;
    let mut elsewhere = Raw::connect(&stage, Hello { username: "elsewhere", ..V3 }).await;
    let mut next_door = Raw::connect(&stage, Hello { username: "neighbour", ..V3 }).await;
    for raw in [&mut lamp, &mut elsewhere, &mut next_door] {
        raw.subscribe(4, "commands/#", 1).await;
    }
    assert_eq!(stage.deliver("commands/1", "a", QoS::AtLeastOnce), Delivery::Sent);
    assert_eq!(lamp.receive().await.first, 0x32);
    for raw in [&mut lamp, &mut elsewhere, &mut next_door] {
        raw.expect_quiet().await;
    }
    for (client, expected) in [(&stage.lamp, 1), (&same_device_elsewhere, 1), (&neighbour, 1)] {
        assert_eq!(stage.broker.connections(client.tenant, client.device).len(), expected);
    }
    assert_eq!(
        stage.broker.disconnect(
            same_device_elsewhere.tenant,
            same_device_elsewhere.device,
            &Phrase::plain("bye")
        ),
        1
    );
    elsewhere.expect_end().await;
    lamp.expect_quiet().await;
    assert_eq!(stage.broker.disconnect(TenantId::generate(), stage.lamp.device, &Phrase::plain("bye")), 0);
}
