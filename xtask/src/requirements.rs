//! What the commands need from the system: installed from Debian's packages as root, named exactly otherwise.

use std::path::Path;
use std::process::Command;

use anyhow::bail;

use crate::process;

/// A program and the Debian package that brings it.
#[derive(Clone, Copy)]
pub struct Requirement {
    pub program: &'static str,
    pub package: &'static str,
    pub why: &'static str,
}

const CC: Requirement =
    Requirement { program: "cc", package: "build-essential", why: "compiles SQLite, zstd and AWS-LC" };
const CHROMIUM: Requirement =
    Requirement { program: "chromium", package: "chromium", why: "walks the console's stories" };
const MOSQUITTO_PUB: Requirement = Requirement {
    program: "mosquitto_pub",
    package: "mosquitto-clients",
    why: "is the public MQTT client in tests",
};
const MOSQUITTO: Requirement =
    Requirement { program: "mosquitto", package: "mosquitto", why: "is the peer in benchmarks" };
const POSTGRES: Requirement =
    Requirement { program: "postgres", package: "postgresql", why: "runs the store's tests on PostgreSQL" };
const PYTHON: Requirement =
    Requirement { program: "python3", package: "python3", why: "runs public clients: paho-mqtt, aiosmtpd" };
const VENV: Requirement = Requirement {
    program: "python3-venv",
    package: "python3-venv",
    why: "keeps those clients out of the system",
};
const NODE: Requirement =
    Requirement { program: "npm", package: "npm", why: "builds the console (Node 20 or newer)" };

/// To build and run.
pub const BUILD: &[Requirement] = &[CC, NODE];
/// To test.
pub const TEST: &[Requirement] = &[CC, NODE, CHROMIUM, MOSQUITTO_PUB, POSTGRES, PYTHON, VENV];
/// To measure.
pub const BENCH: &[Requirement] = &[CC, MOSQUITTO, PYTHON, VENV];
/// Everything.
pub const ALL: &[Requirement] = &[CC, NODE, CHROMIUM, MOSQUITTO_PUB, MOSQUITTO, POSTGRES, PYTHON, VENV];

/// Installs what is missing, or says what to install.
pub fn ensure(needed: &[Requirement]) -> anyhow::Result<()> {
    let missing: Vec<_> = needed.iter().filter(|requirement| !present(requirement)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().map(|requirement| requirement.package).collect();
    if !can_install()? {
        let list: Vec<_> =
            missing.iter().map(|each| format!("  {:<20} {}", each.package, each.why)).collect();
        bail!(
            "these Debian packages are missing:\n{}\ninstall them with: sudo apt-get install {}",
            list.join("\n"),
            packages.join(" ")
        );
    }
    process::run(Command::new("apt-get").args(["update", "-qq"]))?;
    process::run(
        Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(&packages),
    )
}

fn present(requirement: &Requirement) -> bool {
    match requirement.program {
        // Debian keeps the server's programs out of the PATH, in a folder per version.
        "postgres" => std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|versions| {
            versions.flatten().any(|version| version.path().join("bin/postgres").is_file())
        }),
        "python3-venv" => Command::new("python3")
            .args(["-c", "import ensurepip, venv"])
            .output()
            .is_ok_and(|output| output.status.success()),
        program => process::on_path(program).is_some(),
    }
}

fn can_install() -> anyhow::Result<bool> {
    let root = process::output(Command::new("id").arg("-u"))?.trim() == "0";
    Ok(root && Path::new("/etc/debian_version").exists() && process::on_path("apt-get").is_some())
}
