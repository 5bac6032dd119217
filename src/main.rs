//! The `cerco` command.

fn main() {}
