//! `cargo +nightly fuzz run -O -a check -- -detect_leaks=0` (threads may still be ending when leaks are looked for). Any policy and any tenant, divided by a line of `%%%`: the whole way from text to reports never panics and says the same whatever the number of threads.
#![no_main]

use cerco::pack::{PackText, Packs};
use cerco::report::{self, Format, Options};
use cerco::session::{Request, TenantText, run};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(at) = bytes.windows(5).position(|five| five == b"\n%%%\n") else { return };
    let Ok(policy) = std::str::from_utf8(&bytes[..at]) else { return };
    let tenant = &bytes[at + 5..];
    assert!(reports(policy, tenant, 1) == reports(policy, tenant, 2), "threads change what is said");
});

fn reports(policy: &str, tenant: &[u8], threads: usize) -> Vec<Vec<u8>> {
    let files = vec![("fuzz.cerco".into(), policy.into())];
    let packs = Packs::from_texts(vec![PackText { name: "fuzz".into(), manifest: None, files }]);
    let text = |name: &str| TenantText {
        name: name.into(),
        files: vec![(name.into(), tenant.to_vec())],
        joined: false,
    };
    let request = Request { as_of: 20_781, threads: Some(threads), ..Request::default() };
    let outcome = run(packs, vec![text("a.yaml"), text("b.yaml"), text("c.yaml")], &request, &|_, _| {});
    for error in &outcome.report.errors {
        assert!(!error.code.starts_with("internal/") && error.code != "policy/no-thread", "{error:?}");
    }
    let formats = [Format::Text, Format::Json, Format::Github, Format::Sarif, Format::Junit, Format::Markdown];
    let write = |format| {
        let mut out = Vec::new();
        let options = Options { format, ..Options::default() };
        report::write(&outcome.report, &outcome.sources, &options, &mut out).expect("a vector takes everything");
        out
    };
    formats.into_iter().map(write).collect()
}
