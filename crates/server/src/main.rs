//! `smartsecurity`: one binary that serves devices and people from one directory.
//!
//! In: a command line, a configuration, a data directory. Out: a running system, or a sentence that says why not.
//! It wires the crates together (each lower crate declares what it needs; the adapters here supply it) and starts and
//! ends them in order. It holds no rules of its own.

mod adapters;
mod cli;
mod config;
mod console;
mod data_dir;
mod disk;
mod ops;
mod readers;
mod replay;
mod run;

use std::process::ExitCode;

/// Messages are many small pieces that one thread makes and another drops; the C library's allocator spends a third of
/// the server's time on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
