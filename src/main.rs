//! The `cerco` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(cerco::cli::run(std::env::args_os()))
}
