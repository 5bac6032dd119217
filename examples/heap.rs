//! Owns the measurement of heaps: the most bytes that a program asks for at one time, each sample a process of its own. It must never measure time: counting slows whoever allocates most.
//!
//! `cargo run --release --example heap` prints the table of `docs/performance.md`. What a system keeps beside that (the
//! program's own pages, room that an allocator holds back) is measured by `examples/measure.rs`.

use std::error::Error;
use std::hint::black_box;
use std::process::{Command, Stdio};

use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => table(),
        ["value", file] => {
            let value: serde_yaml::Value = serde_yaml::from_slice(&std::fs::read(file)?)?;
            black_box(&value);
            told()
        }
        ["check", file, pack] => {
            let arguments = ["cerco", "check", file, "--pack", pack, "--as-of", "2026-11-23"];
            cerco::cli::run(arguments.map(Into::into));
            told()
        }
        _ => Err("usage: heap".into()),
    }
}

/// The most that was asked for, in bytes, where the parent reads it.
fn told() -> Result<()> {
    eprintln!("{}", HEAP.peak_usage());
    Ok(())
}

fn sample(arguments: &[&str]) -> Result<f64> {
    let child = Command::new(std::env::current_exe()?).args(arguments).stdout(Stdio::null()).output()?;
    let text = String::from_utf8_lossy(&child.stderr);
    let last = text.lines().last().ok_or("nothing was told")?;
    Ok(last.parse::<f64>().map_err(|_| text.to_string())? / f64::from(1 << 20))
}

fn table() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let make = |name: &str, arguments: &[&str]| -> Result<String> {
        let generate = std::env::current_exe()?.with_file_name("generate");
        let made = Command::new(&generate).args(arguments).output().map_err(|error| {
            format!("{}: {error}: build it with `cargo build --release --examples`", generate.display())
        })?;
        let path = folder.path().join(name);
        std::fs::write(&path, made.stdout)?;
        Ok(path.to_string_lossy().into_owned())
    };
    let ten = make("ten.cerco", &["rules", "10"])?;
    println!("| tenant | serde_yaml to a Value | cerco check, ten rules | of that |\n|---|--:|--:|--:|");
    for (shown, size) in [("10 KB", "10KB"), ("1 MB", "1MB"), ("50 MB", "50MB")] {
        let tenant = make("tenant.yaml", &["tenant", size])?;
        let (value, check) = (sample(&["value", &tenant])?, sample(&["check", &tenant, &ten])?);
        println!("| {shown} | {value:.2} MiB | {check:.2} MiB | {:.3} |", check / value);
    }
    Ok(())
}
