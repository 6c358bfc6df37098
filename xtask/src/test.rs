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
    // Builds every binary too, since integration tests start them; they stay where the stories look for them.
    process::run(process::cargo().args(["test", "--workspace", "--locked", "--no-fail-fast"]))?;
    if options.without_e2e { Ok(()) } else { browser::stories_of_built() }
}
