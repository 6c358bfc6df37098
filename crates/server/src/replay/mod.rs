//! `smartsecurity replay`: sends a CSV file of measurements through MQTT as one device.
//!
//! In: a file whose first line names the columns. Out: one acknowledged message per row, with the row's own time. A
//! row is done when the server said that it is durable; what the network swallowed is sent again under its old packet
//! id, so that the server stores it once. It uses public wires only, like any device.

mod address;
mod cells;
mod lines;
mod progress;
mod rows;
mod send;
mod speed;
mod texts;
mod when;

use std::path::PathBuf;

use crate::cli::Failure;

pub use speed::Speed;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// CSV file (with commas, semicolons or tabs); its first line names the columns, the time stamp in `timestamp`, `ts`, `time` or else the first one
    file: PathBuf,
    /// The server: http(s)://HOST[:PORT], which is asked for its MQTT address, or mqtt://HOST[:PORT]
    #[arg(long, value_name = "URL")]
    server: String,
    /// MQTT address, where asking the server does not lead to it
    #[arg(long, value_name = "HOST[:PORT]")]
    mqtt: Option<String>,
    /// User name of the device, as shown when it was added
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    device_username: String,
    /// Password of the device
    #[arg(
        long,
        env = "SMARTSECURITY_DEVICE_PASSWORD",
        hide_env_values = true,
        value_name = "PASSWORD",
        allow_hyphen_values = true
    )]
    device_password: String,
    /// How many times faster than the time stamps say; max is as fast as the server acknowledges
    #[arg(long, default_value = "max", value_name = "N|max")]
    speed: Speed,
    /// Rows in one message
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    batch: u16,
    /// Messages that may wait for their acknowledgement
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    window: u16,
    /// Leave out rows that cannot be read, instead of stopping at the first one
    #[arg(long)]
    skip_bad_rows: bool,
}

pub fn run(args: Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let address = address::find(&args.server, args.mqtt.as_deref()).await?;
        let rows = rows::read(args.file.clone(), args.skip_bad_rows)?;
        send::send(&args, &address, rows).await
    });
    runtime.shutdown_background();
    result
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    /// One in sixty-four passwords that we make begins with a hyphen.
    #[test]
    fn a_password_may_begin_with_a_hyphen() {
        for (username, password) in [("-u", "-abc"), ("u", "--help")] {
            let line = ["replay", "a.csv", "--server", "mqtt://h", "--device-username", username];
            let line = line.into_iter().chain(["--device-password", password, "--batch", "2"]);
            let Line { args } = Line::try_parse_from(line).unwrap();
            assert_eq!((args.device_username.as_str(), args.device_password.as_str()), (username, password));
            assert_eq!(args.batch, 2);
        }
    }
}
