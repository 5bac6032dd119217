//! Owns the process: its arguments and its exit status. It must never know a command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(cerco::cli::run(std::env::args_os()))
}
