//! Clients that everybody uses, unmodified: Mosquitto's and Eclipse Paho's.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::OnceLock;

use broker::{Delivery, QoS};
use tokio::process::Command;
use tokio::time::timeout;

use crate::stage::{DEADLINE, Stage, until};

fn mosquitto(stage: &Stage, program: &str, version: &str) -> Command {
    let mut command = Command::new(program);
    let port = stage.broker.local_addr().port().to_string();
    command.args(["-h", "127.0.0.1", "-p", &port, "-V", version, "-u", "lamp", "-P", "secret"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

async fn run(mut command: Command) -> Output {
    let missing = "this test needs Debian's package mosquitto-clients";
    timeout(DEADLINE * 3, command.output()).await.expect("the client ends in time").expect(missing)
}

#[tokio::test]
async fn mosquitto_pub_publishes_at_every_quality_in_both_versions() {
    let stage = Stage::new().await;
    for version in ["mqttv311", "mqttv5", "mqttv31"] {
        for qos in ["0", "1", "2"] {
            let mut command = mosquitto(&stage, "mosquitto_pub", version);
            let message = format!("{{\"from\":\"{version} {qos}\"}}");
            command.args(["-t", "telemetry", "-q", qos, "-m", &message]);
            let output = run(command).await;
            assert!(output.status.success(), "{version} {qos}: {output:?}");
            until("it was taken", || stage.intake.payloads().last() == Some(&message)).await;
        }
    }
    assert_eq!(stage.intake.payloads().len(), 9);
}

#[tokio::test]
async fn mosquitto_pub_streams_lines() {
    let stage = Stage::new().await;
    let mut command = mosquitto(&stage, "mosquitto_pub", "mqttv5");
    command.args(["-t", "telemetry", "-q", "1", "-l"]).stdin(Stdio::piped());
    let mut child = command.spawn().expect("mosquitto-clients");
    let mut lines = child.stdin.take().unwrap();
    let text: String = (0..500).map(|line| format!("{{\"line\":{line}}}\n")).collect();
    tokio::io::AsyncWriteExt::write_all(&mut lines, text.as_bytes()).await.unwrap();
    drop(lines);
    let output = timeout(DEADLINE * 3, child.wait_with_output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(stage.intake.payloads(), text.lines().collect::<Vec<_>>());
}

#[tokio::test]
async fn mosquitto_pub_shows_why_it_was_refused() {
    let stage = Stage::new().await;
    let mut command = mosquitto(&stage, "mosquitto_pub", "mqttv5");
    command.args(["-P", "wrong", "-t", "telemetry", "-m", "{}"]);
    let output = run(command).await;
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).to_lowercase();
    assert!(said.contains("not authorised") || said.contains("bad user name"), "{said}");
}

#[tokio::test]
async fn mosquitto_sub_receives_commands_once_at_quality_2() {
    for version in ["mqttv311", "mqttv5"] {
        let stage = Stage::new().await;
        let mut command = mosquitto(&stage, "mosquitto_sub", version);
        command.args(["-t", "commands/#", "-q", "2", "-C", "3", "-F", "%t %q %p"]);
        let child = command.spawn().expect("mosquitto-clients");
        let mut first = Delivery::NoSubscriber;
        until("it subscribed", || {
            first = stage.deliver("commands/1", "one", QoS::ExactlyOnce);
            first == Delivery::Sent
        })
        .await;
        let _ = stage.deliver("commands/2", "two", QoS::AtLeastOnce);
        let _ = stage.deliver("commands/3", "three", QoS::AtMostOnce);
        let output = timeout(DEADLINE, child.wait_with_output()).await.unwrap().unwrap();
        let lines = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines: Vec<&str> = lines.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["commands/1 2 one", "commands/2 1 two", "commands/3 0 three"]);
    }
}

/// A Python with paho-mqtt from PyPI, made once under the target directory.
fn python() -> &'static PathBuf {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("paho-venv");
        let python = home.join("bin/python");
        let works = |python: &PathBuf| {
            let probe = std::process::Command::new(python).args(["-c", "import paho.mqtt.client"]).output();
            probe.is_ok_and(|output| output.status.success())
        };
        if works(&python) {
            return python;
        }
        let made = std::process::Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home).output();
        let made = made.expect("this test needs python3");
        assert!(made.status.success(), "this test needs Debian's package python3-venv: {made:?}");
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "paho-mqtt==2.1.0"];
        let installed = std::process::Command::new(&python).args(pip).output().unwrap();
        assert!(installed.status.success(), "paho-mqtt could not be installed: {installed:?}");
        python
    })
}

/// Runs a script with the port as its argument.
async fn paho(stage: &Stage, script: &str) -> String {
    let mut command = Command::new(python());
    command.arg("-c").arg(script).arg(stage.broker.local_addr().port().to_string());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let output = timeout(DEADLINE * 3, command.output()).await.expect("the script ends in time").unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn paho_publishes_and_receives_in_both_versions() {
    tokio::task::spawn_blocking(python).await.unwrap();
    for version in ["MQTTv311", "MQTTv5"] {
        let stage = Stage::new().await;
        let script = format!(
            "
import sys, threading, paho.mqtt.client as mqtt
got = threading.Event()
ready = threading.Event()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id='paho', protocol=mqtt.{version})
client.username_pw_set('lamp', 'secret')
client.on_connect = lambda c, u, f, reason, p: c.subscribe('commands/#', 1)
client.on_subscribe = lambda c, u, mid, reasons, p: ready.set()
def on_message(c, u, message):
    print(message.topic, message.payload.decode(), flush=True)
    c.publish(message.topic + '/reply', 'done', 2)
    got.set()
client.on_message = on_message
client.connect('127.0.0.1', int(sys.argv[1]), 30)
client.loop_start()
assert ready.wait(10)
infos = [client.publish('telemetry', str(i), qos=i % 3) for i in range(300)]
for info in infos:
    info.wait_for_publish(10)
    assert info.is_published()
assert got.wait(10)
last = client.publish('events', '{{}}', 1)
last.wait_for_publish(10)
client.disconnect()
client.loop_stop()
"
        );
        let deliver = async {
            until("it subscribed", || stage.deliver("commands/7", "on", QoS::AtLeastOnce) == Delivery::Sent)
                .await;
        };
        let (said, ()) = tokio::join!(paho(&stage, &script), deliver);
        assert!(said.contains("commands/7 on"), "{said}");
        let payloads = stage.intake.payloads();
        // Paho sends the qualities side by side, so that order holds within each of them only.
        for quality in 0..3 {
            let numbers = payloads.iter().filter_map(|payload| payload.parse::<u32>().ok());
            let of_quality: Vec<u32> = numbers.filter(|number| number % 3 == quality).collect();
            assert_eq!(of_quality, (quality..300).step_by(3).collect::<Vec<_>>());
        }
        assert!(stage.watcher.has("acknowledged commands/7"));
        until("it said goodbye", || stage.watcher.departures.lock().iter().any(|left| left.graceful)).await;
    }
}
