//! Owns the measurements of whole processes: wall time and peak memory, each sample a process of its own. It must never measure two things in one process.
//!
//! `cargo run --release --example measure` prints the tables of `docs/performance.md`; a number behind it says how many
//! samples each figure takes (7). Times are the shortest of them, memory is the largest. Linux only: the peak is `VmHWM` of
//! `/proc/self/status`. What is a process's own is the peak without `RssFile`, the parts of the program and its libraries
//! that were touched: these are mapped, and shared.

use std::error::Error;
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use cerco::lang::Lang;
use cerco::pack::{Named, Packs};
use cerco::plan::Plan;
use cerco::source::Sources;
use cerco::{check, document, eval, tenant};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The date of all measurements: 2026-11-23.
const AS_OF: (&str, i32) = ("2026-11-23", 20_780);

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((one, rest)) if one == "sample" => sample(rest),
        Some((count, _)) => tables(count.parse()?),
        None => tables(7),
    }
}

// ---- one sample ------------------------------------------------------------------------------------------------

fn sample(arguments: &[String]) -> Result<()> {
    match arguments {
        [what, file] if what == "value" => {
            let value: serde_yaml::Value = serde_yaml::from_slice(&std::fs::read(file)?)?;
            black_box(&value);
            peak()
        }
        [what] if what == "nothing" => peak(),
        [what, rest @ ..] if what == "cerco" => {
            let program = std::iter::once("cerco".to_owned());
            cerco::cli::run(program.chain(rest.iter().cloned()).map(Into::into));
            peak()
        }
        [what, file, pack] if what == "phases" => {
            let (file, pack) = (file.clone(), pack.clone());
            let work = std::thread::Builder::new().stack_size(256 << 20).spawn(move || phases(&file, &pack))?;
            match work.join() {
                Ok(Some(told)) => eprintln!("{told}"),
                _ => return Err("the phases failed".into()),
            }
            Ok(())
        }
        _ => Err("usage: measure [SAMPLES]".into()),
    }
}

/// Writes the most memory that this process has had, and how much of it was its own, in KiB, where the parent reads it.
fn peak() -> Result<()> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let of = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
    };
    let (peak, mapped) = (of("VmHWM:"), of("RssFile:"));
    eprintln!("peak {peak}\nown {}", peak.saturating_sub(mapped));
    Ok(())
}

/// What a check spends where, in microseconds.
fn phases(file: &str, pack: &str) -> Option<String> {
    let bytes = std::fs::read(file).ok()?;
    let mut times = Vec::new();
    let mut at = Instant::now();
    let mut done = |name: &str| {
        times.push(format!("{name} {}", at.elapsed().as_micros()));
        at = Instant::now();
    };
    let packs = Packs::load(Sources::new(), &[Named::from(pack)]);
    let (mut policy, _) = check::check(&packs.packs);
    policy.rules.retain(|rule| packs.named.get(rule.pack) == Some(&true));
    done("packs");
    let mut sources = packs.sources;
    let document = document::load(&mut sources, file, bytes, document::Limits::default()).ok()?;
    done("load");
    let tenant = tenant::bind(&document, document.roots().first()?, &policy.schema, Lang::En);
    done("bind");
    let plan = Plan::new(&policy, AS_OF.1, &[]).ok()?;
    black_box(eval::evaluate(&plan, &tenant, file, &mut eval::Told::default(), false));
    done("eval");
    Some(times.join(" "))
}

// ---- tables ----------------------------------------------------------------------------------------------------

/// Figures of one kind of sample: the shortest wall time in milliseconds (whatever else a machine does only adds to it), and
/// the largest peak in MiB, all of it and what is the process's own.
struct Figures {
    wall: f64,
    peak: f64,
    own: f64,
    /// What each sample said.
    told: Vec<String>,
}

/// Runs several kinds of samples in turn, so that a busy machine is busy for all of them.
fn measure(count: usize, kinds: &[&[&str]]) -> Result<Vec<Figures>> {
    let program = std::env::current_exe()?;
    let mut samples: Vec<Vec<(f64, String)>> = kinds.iter().map(|_| Vec::new()).collect();
    for _ in 0..count.max(1) {
        for (kind, samples) in kinds.iter().zip(&mut samples) {
            let start = Instant::now();
            let child = Command::new(&program).arg("sample").args(*kind).stdout(Stdio::null()).output()?;
            let wall = start.elapsed().as_secs_f64() * 1000.0;
            let told = String::from_utf8_lossy(&child.stderr).into_owned();
            if !child.status.success() {
                return Err(format!("{kind:?}: {told}").into());
            }
            samples.push((wall, told));
        }
    }
    let figures = samples.into_iter().map(|mut samples| {
        samples.sort_by(|a, b| a.0.total_cmp(&b.0));
        let most = |name: &str| {
            let of = |told: &str| told.lines().find_map(|line| line.strip_prefix(name))?.parse::<f64>().ok();
            samples.iter().filter_map(|(_, told)| of(told)).fold(0.0, f64::max) / 1024.0
        };
        let wall = samples.first().map_or(0.0, |(wall, _)| *wall);
        let told = samples.iter().map(|(_, told)| told.trim().to_owned()).collect();
        Figures { wall, peak: most("peak "), own: most("own "), told }
    });
    Ok(figures.collect())
}

fn tables(count: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let make = |name: &str, arguments: &[&str]| -> Result<PathBuf> { made(&folder.path().join(name), arguments) };
    let ten = make("ten.cerco", &["rules", "10"])?;
    let thousand = make("thousand.cerco", &["rules", "1000"])?;
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let (ten, thousand) = (text(&ten), text(&thousand));

    println!(
        "| tenant | serde_yaml to a Value | cerco check, ten rules | of the time | of the peak | of the own memory |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    let mut million = String::new();
    let mut splits = Vec::new();
    for size in ["10KB", "1MB", "50MB"] {
        let tenant = text(&make(&format!("{size}.yaml"), &["tenant", size])?);
        let check = ["cerco", "check", &tenant, "--pack", &ten, "--as-of", AS_OF.0];
        let [value, checked, split] = &measure(count, &[&["value", &tenant], &check, &["phases", &tenant, &ten]])?[..]
        else {
            return Err("three kinds of samples give three figures".into());
        };
        println!(
            "| {size} | {:.1} ms, {:.1} MiB, own {:.1} | {:.1} ms, {:.1} MiB, own {:.1} | {:.2} | {:.2} | {:.2} |",
            value.wall,
            value.peak,
            value.own,
            checked.wall,
            checked.peak,
            checked.own,
            checked.wall / value.wall,
            checked.peak / value.peak,
            checked.own / value.own
        );
        splits.push((size, split.told.clone()));
        if size == "1MB" {
            million = tenant;
        }
    }

    println!("\n| tenant | packs | reading | binding | evaluation | evaluation / loading |\n|---|--:|--:|--:|--:|--:|");
    for (size, split) in splits {
        let of = |name: &str| -> f64 {
            let micros = split.iter().filter_map(|told| {
                let mut words = told.split_whitespace().skip_while(|word| *word != name).skip(1);
                words.next()?.parse::<f64>().ok()
            });
            micros.fold(f64::INFINITY, f64::min) / 1000.0
        };
        let (packs, load, bind, eval) = (of("packs"), of("load"), of("bind"), of("eval"));
        let part = eval / (load + bind) * 100.0;
        println!("| {size} | {packs:.1} ms | {load:.2} ms | {bind:.2} ms | {eval:.2} ms | {part:.0} % |");
    }

    let by = |pack| ["cerco", "check", &million, "--pack", pack, "--as-of", AS_OF.0];
    let small = text(&make("small.yaml", &["tenant", "10KB"])?);
    let broken = text(&make("broken.yaml", &["tenant", "1MB", "--violations", "20000"])?);
    let broken = |format| ["cerco", "check", &broken, "--pack", &ten, "--as-of", AS_OF.0, "--format", format];
    let rest: [(&str, &[&str]); 7] = [
        ("1 MB, 10 rules", &by(&ten)),
        ("1 MB, 1,000 rules", &by(&thousand)),
        ("10 KB, every pack", &["cerco", "check", &small, "--as-of", AS_OF.0]),
        ("`cerco --version`", &["cerco", "--version"]),
        ("an empty process", &["nothing"]),
        ("20,000 violations, as text", &broken("text")),
        ("20,000 violations, as JSON", &broken("json")),
    ];
    println!("\n| whole process | wall time | peak | own |\n|---|--:|--:|--:|");
    for ((name, _), figures) in rest.iter().zip(measure(count, &rest.map(|(_, kind)| kind))?) {
        println!("| {name} | {:.1} ms | {:.1} MiB | {:.1} MiB |", figures.wall, figures.peak, figures.own);
    }
    Ok(())
}

/// Writes what `generate` makes.
fn made(path: &Path, arguments: &[&str]) -> Result<PathBuf> {
    let generate = std::env::current_exe()?.with_file_name("generate");
    let output = Command::new(&generate).args(arguments).output().map_err(|error| {
        format!("{}: {error}: build it with `cargo build --release --examples`", generate.display())
    })?;
    std::fs::File::create(path)?.write_all(&output.stdout)?;
    Ok(path.to_owned())
}
