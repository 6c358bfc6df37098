//! Every test there is.

use crate::{browser, process, requirements, web};

#[derive(clap::Args, Default)]
pub struct Options {
    /// Leave out the end-to-end stories in Chromium.
    #[arg(long)]
    without_e2e: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    requirements::ensure(requirements::TEST)?;
    web::build()?;
    process::run(&mut web::npm(&["run", "typecheck"]))?;
    process::run(&mut web::npm(&["test"]))?;
    // The binary that the integration tests start is built by the same command that builds the tests.
    process::run(process::cargo().args(["test", "--workspace", "--locked", "--no-run"]))?;
    process::run(process::cargo().args(["build", "--workspace", "--bins", "--locked"]))?;
    process::run(process::cargo().args(["test", "--workspace", "--locked"]))?;
    if options.without_e2e { Ok(()) } else { browser::stories(None) }
}
