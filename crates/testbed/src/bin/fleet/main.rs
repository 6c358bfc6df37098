//! The demo's simulated fleet: about 200 devices of six kinds that live believable days, with some faults and one attack.
//!
//! In: a running server and its owner's sign-in. Out: devices registered over the HTTP API, a week of history, live data
//! over MQTT with the public client `rumqttc`, rules, and a second person. It knows nothing but the server's contracts.
//! Everything is a function of a device's name and the time, so a second run goes on where the first one stopped.
//! Nothing here is real: events say `"simulated": true`, and addresses are those reserved for documentation.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command's output")]

mod attack;
mod fault;
mod history;
mod kind;
mod link;
mod live;
mod people;
mod register;
mod roster;
mod rules;
mod signals;
mod units;
mod wave;

use std::io::Read as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use model::{Clock, SystemClock};
use testbed::{Api, Error, Result, eventually};

#[derive(Parser)]
#[command(about = "Simulates a fleet of devices for a demonstration")]
struct Args {
    /// Base URL of the server
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    server: String,
    /// E-mail address of the tenant's owner
    #[arg(long)]
    email: String,
    /// Read the owner's password from standard input
    #[arg(long, required = true)]
    password_stdin: bool,
    /// How many devices
    #[arg(long, default_value_t = 200)]
    devices: usize,
    /// Days of history to fill in for new devices
    #[arg(long, default_value_t = 7)]
    days: u32,
    /// Stop when every device was heard and the attack has opened an incident
    #[arg(long)]
    once: bool,
}

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("fleet: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(Args::parse())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fleet: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<()> {
    let started = Instant::now();
    let mut password = String::new();
    let read = std::io::stdin().read_to_string(&mut password);
    read.map_err(|source| Error::Io { what: "the password from standard input".to_owned(), source })?;
    let api = Api::sign_in(&args.server, &args.email, password.trim()).await?;
    let mqtt = link::Endpoint::of(&api).await?;

    let members = register::register(&api, roster::roster(args.devices)).await?;
    println!(
        "simulated fleet: {} devices registered ({:.1} s)",
        members.len(),
        started.elapsed().as_secs_f64()
    );
    let now = SystemClock.now();
    let points = history::fill(&api, &members, now, args.days).await?;
    let rules = rules::create(&api).await?;
    people::invite(&api).await;
    println!(
        "simulated fleet: {points} rows of history, {rules} new rules ({:.1} s)",
        started.elapsed().as_secs_f64()
    );

    let total = members.len();
    let fleet = live::start(members, &mqtt, now);
    units::describe(&api).await;
    if args.once {
        answered(&api, total).await?;
        println!(
            "simulated fleet: every device was heard, and the attack opened an incident ({:.1} s)",
            started.elapsed().as_secs_f64()
        );
    } else {
        println!("simulated fleet: live; the attack on {} begins now", attack::TARGET);
        interrupted().await;
    }
    fleet.stop().await;
    Ok(())
}

/// Every device is active, and there is something to handle.
async fn answered(api: &Api, total: usize) -> Result<()> {
    eventually("the whole fleet's first contact and an incident", Duration::from_secs(150), async || {
        let pending = api.get("/devices?limit=1&status=pending").await.ok()?;
        let all_heard = pending.get("items")?.as_array()?.is_empty();
        let incidents = api.get("/incidents?limit=1").await.ok()?;
        (all_heard && total > 0 && !incidents.get("items")?.as_array()?.is_empty()).then_some(())
    })
    .await
}

/// SIGTERM or Ctrl-C.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}
