//! The configuration's reference page is what the binary prints.

use std::process::Command;

#[test]
fn the_page_of_the_configuration_is_current() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_smartsecurity")).args(["config", "reference"]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        page.contains(&format!("```toml\n{printed}```")),
        "docs/configuration.md is not current: paste what `smartsecurity config reference` prints"
    );
}
