use std::sync::Arc;

use model::{DeviceId, Role, RuleId, Severity};
use respond::{
    ChannelInput, ChannelKind, Incidents, Language, NoticeFilter, NotifierConfig, SmtpConfig, SmtpTls,
};

use crate::channels::{input, service};
use crate::databases;
use crate::fixture::{TestClock, found, person, tenant};
use crate::mailbox::Mailbox;

pub fn config(port: u16) -> NotifierConfig {
    let smtp = SmtpConfig {
        host: "127.0.0.1".into(),
        port: Some(port),
        username: None,
        password: None,
        from: "SmartSecurity <alarms@example.org>".into(),
        tls: SmtpTls::None,
    };
    NotifierConfig { smtp: Some(smtp), public_url: Some("https://security.example.org".into()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_arrives_in_the_channel_s_language_with_a_link() {
    let place = databases::sqlite().await;
    let mailbox = Mailbox::start();
    let clock = TestClock::new();
    let tenant = tenant(&place.store).await;
    let owner = person(&place.store, tenant, Role::Owner).await;
    let (channels, notifier) = service(&place.store, &config(mailbox.port), &clock);
    let french =
        ChannelInput { language: Some(Language::Fr), ..input(ChannelKind::Email, "ada@example.org") };
    let ada = channels.create(&owner, &french).await.unwrap();
    let incidents = Incidents::new(place.store.clone(), Arc::new(clock.clone()));
    let mut hot = found(tenant, RuleId::generate(), DeviceId::generate(), Severity::High);
    hot.finding.rule_name = "a <b>bold</b> title\r\nBcc: eve@example.org".into();
    incidents.consume(&[hot]).await.unwrap();
    assert_eq!(notifier.deliver_due().await.unwrap(), 1);
    let mail = mailbox.next();
    assert_eq!(mail["from"], "alarms@example.org");
    assert_eq!(mail["to"], serde_json::json!(["ada@example.org"]));
    assert!(mail["headers"].get("bcc").is_none(), "{mail}");
    let subject = mail["headers"]["subject"].as_str().unwrap();
    assert!(subject.starts_with("[élevée] #1 ouvert"), "{subject}");
    let (plain, html) = (mail["plain"].as_str().unwrap(), mail["html"].as_str().unwrap());
    assert!(
        plain.contains("Constat\u{a0}: temperature à 107,4, au-dessus de 100 pendant 10 min")
            && plain.contains("Ouvert\u{a0}: 14/11/2023 à 22:13:20 UTC")
            && plain.contains("Gravité\u{a0}: élevée")
            && plain.contains("https://security.example.org/incidents/"),
        "{plain}"
    );
    assert!(html.contains("&lt;b&gt;bold") && html.contains("lang=\"fr\""), "{html}");
    let english = respond::ChannelChange { language: Some(Language::En), ..Default::default() };
    channels.update(&owner, ada.channel.id, &english).await.unwrap();
    let page = incidents.list(&owner, &Default::default(), &Default::default()).await.unwrap();
    incidents.resolve(&owner, page.items[0].id, None).await.unwrap();
    notifier.deliver_due().await.unwrap();
    let mail = mailbox.next();
    assert!(mail["headers"]["subject"].as_str().unwrap().starts_with("[high] #1 resolved"), "{mail}");
    assert!(mail["plain"].as_str().unwrap().contains("An incident was resolved."), "{mail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_mailbox_is_given_up_and_the_reason_is_shown() {
    let place = databases::sqlite().await;
    let mailbox = Mailbox::start();
    let clock = TestClock::new();
    let tenant = tenant(&place.store).await;
    let owner = person(&place.store, tenant, Role::Owner).await;
    let (channels, notifier) = service(&place.store, &config(mailbox.port), &clock);
    let made = channels.create(&owner, &input(ChannelKind::Email, "nobody@example.org")).await.unwrap();
    let test = channels.test(&owner, made.channel.id).await.unwrap();
    assert!(!test.ok && test.detail.text().contains("no such mailbox"), "{test:?}");
    let incidents = Incidents::new(place.store.clone(), Arc::new(clock.clone()));
    incidents
        .consume(&[found(tenant, RuleId::generate(), DeviceId::generate(), Severity::High)])
        .await
        .unwrap();
    notifier.deliver_due().await.unwrap();
    let listed = channels.notices(&owner, &NoticeFilter::default(), &Default::default()).await.unwrap().items;
    assert_eq!(listed[0].status, "failed");
    let other = channels.create(&owner, &input(ChannelKind::Email, "bob@example.org")).await.unwrap();
    let test = channels.test(&owner, other.channel.id).await.unwrap();
    assert!(test.ok && test.detail.text().contains("250"), "{test:?}");
    assert_eq!(mailbox.next()["headers"]["subject"], "Test from SmartSecurity");
}
