//! Owns the benchmarks of single steps, by criterion: `cargo bench`. It must never measure a whole process: `examples/measure.rs` does.
#![allow(missing_docs, reason = "criterion's macros make functions")]

use std::hint::black_box;
use std::process::Command;

use cerco::check::{Source, check};
use cerco::document::{Limits, load};
use cerco::lang::Lang;
use cerco::pack::{Named, Packs, embedded};
use cerco::plan::Plan;
use cerco::source::Sources;
use cerco::syntax::parse::parse;
use cerco::{eval, tenant};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// 2026-11-23
const AS_OF: i32 = 20_780;
const TEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/ten.cerco");

/// What `examples/generate.rs` makes; `cargo bench` builds it.
fn generate(arguments: &[&str]) -> Vec<u8> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let run = ["run", "--quiet", "--release", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")];
    let output = Command::new(cargo).args(run).args(["--example", "generate", "--"]).args(arguments).output();
    output.map(|output| output.stdout).unwrap_or_default()
}

fn packs(named: &[Named]) -> Vec<Source> {
    Packs::load(Sources::new(), named).packs
}

fn steps(c: &mut Criterion) {
    let bytes = generate(&["tenant", "1MB"]);
    assert!(!bytes.is_empty(), "the generator works");
    let (mut policy, errors) = check(&packs(&[Named::from(TEN)]));
    policy.rules.retain(|rule| rule.id.starts_with("ten/"));
    assert!(errors.is_empty(), "{errors:?}");

    let mut group = c.benchmark_group("a tenant of 1 MB");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("serde_yaml to a Value", |b| b.iter(|| serde_yaml::from_slice::<serde_yaml::Value>(&bytes)));
    let read = || load(&mut Sources::new(), "tenant.yaml", bytes.clone(), Limits::default());
    group.bench_function("read", |b| b.iter(read));
    if let Ok(document) = read() {
        for root in document.roots().iter().take(1) {
            group.bench_function("bind", |b| {
                b.iter(|| black_box(tenant::bind(&document, root, &policy.schema, Lang::En)))
            });
            let bound = tenant::bind(&document, root, &policy.schema, Lang::En);
            if let Ok(plan) = Plan::new(&policy, AS_OF, &[]) {
                group.bench_function("ten rules", |b| {
                    b.iter(|| eval::evaluate(&plan, &bound, "tenant.yaml", &mut eval::Told::default(), false))
                });
            }
        }
    }
    group.finish();

    let mut group = c.benchmark_group("policies");
    let thousand = String::from_utf8(generate(&["rules", "1000"])).unwrap_or_default();
    group.throughput(Throughput::Bytes(thousand.len() as u64));
    group.bench_function("parse a thousand rules", |b| b.iter(|| parse(&thousand, 0)));
    let (file, _) = parse(&thousand, 0);
    let mut sources = packs(&[Named::from("dingtalk")]);
    sources.push(Source { name: "thousand".into(), version: None, files: vec![file], carried: false });
    group.bench_function("check a thousand rules", |b| b.iter(|| check(&sources)));
    group.finish();

    let mut group = c.benchmark_group("the packs that cerco carries");
    group.bench_function("load, checked", |b| b.iter(|| Packs::load(Sources::new(), &[]).checked));
    let names: Vec<Named> = embedded::names().map(Named::from).collect();
    group.bench_function("load as trees", |b| b.iter(|| packs(&names)));
    let sources = packs(&names);
    group.bench_function("check", |b| b.iter(|| check(&sources)));
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
