use std::sync::Arc;
use std::time::Duration;

use model::{DeviceId, Explained, Role, RuleId, Severity};
use respond::{
    ChannelChange, ChannelInput, ChannelKind, Channels, Incidents, Language, NoticeFilter, Notifier,
    NotifierConfig, PageRequest,
};

use crate::email;
use crate::fixture::{TestClock, found, person, tenant};

pub fn input(kind: ChannelKind, target: &str) -> ChannelInput {
    ChannelInput {
        name: "Night shift".into(),
        kind,
        target: target.into(),
        min_severity: Severity::Low,
        language: None,
        enabled: true,
    }
}

pub fn service(
    store: &store::Store,
    config: &NotifierConfig,
    clock: &TestClock,
) -> (Channels, Arc<Notifier>) {
    let clock = Arc::new(clock.clone());
    let incidents = Incidents::new(store.clone(), clock.clone());
    let notifier = Arc::new(Notifier::new(&incidents, clock.clone(), config).unwrap());
    (Channels::new(store.clone(), clock, notifier.clone()), notifier)
}

on_both! {
    async fn a_channel_speaks_the_language_of_whoever_makes_it(place: &Place) {
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let (channels, _) = service(&place.store, &email::config(25), &TestClock::new());
        let mailbox = input(ChannelKind::Email, "ada@example.org");
        let ada = owner.user().unwrap();
        store::users::update_profile(&place.store, &owner, ada, None, Some("fr")).await.unwrap();
        assert_eq!(channels.create(&owner, &mailbox).await.unwrap().channel.language, Language::Fr);
        let english = ChannelInput { language: Some(Language::En), ..mailbox };
        assert_eq!(channels.create(&owner, &english).await.unwrap().channel.language, Language::En);
    }
}

on_both! {
    async fn a_webhook_s_secret_is_shown_once_and_can_be_changed(place: &Place) {
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let (channels, _) = service(&place.store, &NotifierConfig::default(), &TestClock::new());
        let made = channels.create(&owner, &input(ChannelKind::Webhook, "https://example.org/h")).await.unwrap();
        let secret = made.secret.unwrap();
        assert!(secret.starts_with("whsec_") && secret.len() > 40);
        let listed = channels.list(&owner).await.unwrap();
        assert!(!serde_json::to_string(&listed).unwrap().contains("whsec_"));
        let next = channels.rotate_secret(&owner, made.channel.id).await.unwrap().secret.unwrap();
        assert_ne!(next, secret);
        let change = ChannelChange { enabled: Some(false), language: Some(Language::Fr), ..Default::default() };
        let changed = channels.update(&owner, made.channel.id, &change).await.unwrap();
        assert_eq!((changed.enabled, changed.language, changed.name.as_str()), (false, Language::Fr, "Night shift"));
        channels.delete(&owner, made.channel.id).await.unwrap();
        assert!(channels.list(&owner).await.unwrap().is_empty());
    }

    async fn other_tenants_and_operators_cannot_touch_it(place: &Place) {
        let ours = tenant(&place.store).await;
        let owner = person(&place.store, ours, Role::Owner).await;
        let operator = person(&place.store, ours, Role::Operator).await;
        let theirs = tenant(&place.store).await;
        let stranger = person(&place.store, theirs, Role::Owner).await;
        let (channels, _) = service(&place.store, &NotifierConfig::default(), &TestClock::new());
        let id = channels.create(&owner, &input(ChannelKind::Webhook, "https://example.org/h")).await.unwrap().channel.id;
        assert_eq!(channels.get(&stranger, id).await.unwrap_err().code(), "channel_not_found");
        assert_eq!(channels.delete(&stranger, id).await.unwrap_err().code(), "channel_not_found");
        assert_eq!(channels.rotate_secret(&stranger, id).await.unwrap_err().code(), "channel_not_found");
        assert_eq!(channels.test(&stranger, id).await.unwrap_err().code(), "channel_not_found");
        assert!(channels.list(&stranger).await.unwrap().is_empty());
        assert_eq!(channels.delete(&operator, id).await.unwrap_err().code(), "permission_denied");
        let (before, _) = service(&place.store, &email::config(25), &TestClock::new());
        let email = before.create(&owner, &input(ChannelKind::Email, "ada@example.org")).await.unwrap();
        assert_eq!(email.secret, None);
        let test = channels.test(&owner, email.channel.id).await.unwrap();
        assert!(!test.ok && test.detail.text().contains("[smtp]"), "{test:?}");
    }

    async fn what_cannot_be_delivered_is_tried_again_or_given_up_and_shown(place: &Place) {
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let clock = TestClock::new();
        // The mail server was taken out of the configuration after the channel was made.
        let (before, _) = service(&place.store, &email::config(25), &clock);
        let (channels, notifier) = service(&place.store, &NotifierConfig::default(), &clock);
        let email = before.create(&owner, &input(ChannelKind::Email, "ada@example.org")).await.unwrap().channel;
        let hook = channels.create(&owner, &input(ChannelKind::Webhook, "http://127.0.0.1:9/")).await.unwrap().channel;
        let incidents = Incidents::new(place.store.clone(), Arc::new(clock.clone()));
        incidents.consume(&[found(tenant, RuleId::generate(), DeviceId::generate(), Severity::High)]).await.unwrap();
        assert_eq!(notifier.deliver_due().await.unwrap(), 2);
        assert_eq!(notifier.deliver_due().await.unwrap(), 0);
        let of = async |channel| {
            let filter = NoticeFilter { channel: Some(channel), incident: None };
            let page = channels.notices(&owner, &filter, &PageRequest::first(1)).await.unwrap();
            page.items.into_iter().next().unwrap()
        };
        let given_up = of(email.id).await;
        assert_eq!((given_up.status.as_str(), given_up.attempts), ("failed", 1));
        assert!(given_up.last_error.unwrap().contains("[smtp]"));
        let waiting = of(hook.id).await;
        assert_eq!((waiting.status.as_str(), waiting.kind.as_str()), ("pending", "opened"));
        assert!(waiting.next_attempt_at > model::Clock::now(&clock));
        // What becomes worse is told again, but not before what was first.
        let page = incidents.list(&owner, &Default::default(), &PageRequest::default()).await.unwrap();
        let worse = found(tenant, page.items[0].rule, page.items[0].device, Severity::Critical);
        incidents.consume(&[worse]).await.unwrap();
        assert_eq!(notifier.deliver_due().await.unwrap(), 1);
        let told = of(email.id).await;
        assert_eq!((told.kind.as_str(), told.severity), ("escalated", Severity::Critical));
        // After a day of failures it is given up, and the next one has its turn.
        for _ in 0..13 {
            clock.advance(Duration::from_secs(5 * 3600));
            assert_eq!(notifier.deliver_due().await.unwrap(), 1);
        }
        clock.advance(Duration::from_secs(5 * 3600));
        assert_eq!(notifier.deliver_due().await.unwrap(), 2);
        let filter = NoticeFilter { channel: Some(hook.id), incident: None };
        let mut listed = channels.notices(&owner, &filter, &PageRequest::default()).await.unwrap().items;
        listed.sort_by(|one, other| one.kind.cmp(&other.kind).reverse());
        let told: Vec<_> = listed.iter().map(|it| (it.kind.as_str(), it.status.as_str(), it.attempts)).collect();
        assert_eq!(told, [("opened", "failed", 15), ("escalated", "pending", 1)]);
        for _ in 0..14 {
            clock.advance(Duration::from_secs(5 * 3600));
            assert_eq!(notifier.deliver_due().await.unwrap(), 1);
        }
        clock.advance(Duration::from_secs(5 * 3600));
        assert_eq!(notifier.deliver_due().await.unwrap(), 0);
    }

    async fn without_a_mail_server_no_mailbox_is_taken(place: &Place) {
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let (channels, _) = service(&place.store, &NotifierConfig::default(), &TestClock::new());
        let refused = channels.create(&owner, &input(ChannelKind::Email, "ada@example.org")).await.unwrap_err();
        assert_eq!((refused.code(), refused.field()), ("invalid", Some("target")));
        assert!(refused.phrase().text().contains("[smtp]"), "{refused}");
        assert!(channels.list(&owner).await.unwrap().is_empty());
    }
}
