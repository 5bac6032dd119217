//! Owns made-up input for measurements: tenants of a wanted size, packs of a wanted number of rules. It must never depend on anything but its arguments.
//!
//! `cargo run --release --example generate -- tenant 50MB > big.yaml`
//! `cargo run --release --example generate -- tenant 1MB --seed 7 --violations 20000 > broken.yaml`
//! `cargo run --release --example generate -- rules 1000 > thousand.cerco`

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<u64>().ok()
    };
    let made = match (arguments.first().map(String::as_str), arguments.get(1)) {
        (Some("tenant"), Some(size)) => bytes(size).map(|size| {
            let seed = option("--seed").unwrap_or(1);
            Tenant::new(seed, option("--violations").unwrap_or(0)).of_size(size)
        }),
        (Some("rules"), Some(count)) => count.parse().ok().map(rules),
        _ => None,
    };
    let Some(text) = made else {
        eprintln!("usage: generate tenant SIZE [--seed N] [--violations N] | generate rules COUNT");
        return ExitCode::from(2);
    };
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// `10KB`, `1MB`, `50MB`, or a number of bytes.
fn bytes(text: &str) -> Option<usize> {
    let (digits, unit) =
        text.split_at_checked(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())).unwrap_or((text, ""));
    let unit = match unit {
        "" | "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        _ => return None,
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}

const PLACES: [&str; 8] = ["橫琴", "澳門", "珠海", "香港", "深圳前海", "廣州南沙", "中山", "路氹"];
const WORK: [&str; 10] =
    ["地盤協調", "財務對賬", "人事通知", "酒店前台", "採購", "安全巡檢", "IT 支援", "項目週會", "供應商", "培訓"];
const JURISDICTIONS: [&str; 4] = ["CN", "CN-MO", "CN-HK", "SG"];

/// A tenant as it grows: the items of its lists.
#[derive(Default)]
struct Tenant {
    random: u64,
    /// How many groups are to break a rule.
    violations: u64,
    groups: String,
    count: u64,
    data: String,
    flows: String,
    apps: String,
    robots: String,
    admins: String,
    spaces: String,
    templates: String,
}

impl Tenant {
    fn new(seed: u64, violations: u64) -> Tenant {
        Tenant { random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, violations, ..Tenant::default() }
    }

    /// A number below `limit`: xorshift, the same on every machine.
    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 16) % limit
    }

    fn one_of(&mut self, words: &[&'static str]) -> &'static str {
        let at = self.below(words.len() as u64) as usize;
        words.get(at).copied().unwrap_or("")
    }

    fn of_size(mut self, size: usize) -> String {
        let head = HEAD.len() + 300;
        let mut unit = 0;
        while head + self.len() < size || self.count < self.violations {
            self.unit(unit);
            unit += 1;
        }
        let mut out = String::from(HEAD);
        let lists = [
            ("admins", &self.admins),
            ("apps", &self.apps),
            ("robots", &self.robots),
            ("data_inventory", &self.data),
            ("data_flows", &self.flows),
            ("groups", &self.groups),
            ("spaces", &self.spaces),
            ("approval_templates", &self.templates),
        ];
        for (name, items) in lists {
            let _ =
                write!(out, "\n# {}\n{name}:{}\n{items}", "-".repeat(66), if items.is_empty() { " []" } else { "" });
        }
        out
    }

    fn len(&self) -> usize {
        let lists = [&self.admins, &self.apps, &self.robots, &self.data, &self.flows, &self.groups, &self.spaces];
        lists.into_iter().chain([&self.templates]).map(String::len).sum()
    }

    /// What a small department has: a kind of data, now and then a flow, some groups, an app.
    fn unit(&mut self, unit: u64) {
        let (place, work) = (self.one_of(&PLACES), self.one_of(&WORK));
        let people = 10 + self.below(400);
        let sensitive = self.below(4) == 0;
        let kind = if sensitive { "sensitive_personal" } else { "personal" };
        let _ = write!(
            self.data,
            "  - id: data-{unit}\n    name_zh: {place}{work}資料\n    kind: {kind}{}\n    level: general\n    dingtalk_level: L{}\n    systems: [hrm, approval]\n    subjects_count: {people}\n    subject_types: [employee, contract_worker]\n    collected_in: [CN]\n    retention: {} months\n    min_necessary: true\n    legal_basis: contract_or_hr\n",
            if sensitive { "                    # 含身份證照片" } else { "" },
            if sensitive { 4 } else { 3 },
            6 + unit % 30,
        );
        if unit.is_multiple_of(3) {
            let to = self.one_of(&JURISDICTIONS[1..]);
            let _ = write!(
                self.flows,
                "  - id: flow-{unit}\n    description: {place}{work}資料給境外母公司\n    from: {{org: org-hq, jurisdiction: CN, city: zhuhai, role: controller}}\n    to: {{org: org-parent, jurisdiction: {to}, role: controller}}\n    access_mode: [sync, remote_view]\n    channel: [hrm, approval]\n    data: [data-{unit}]\n    frequency: daily\n    population: people-{}\n    subject_types: [employee]\n    subjects_since_jan1: {{general: {people}, sensitive: {}}}\n    mechanism: {}            # 已備案\n    started_on: 2025-0{}-17\n",
                unit % 50,
                if sensitive { people / 2 } else { 0 },
                if to == "CN-MO" { "gba_scc_mo" } else { "cac_scc" },
                1 + unit % 9,
            );
        }
        for _ in 0..4 {
            self.group(unit, place, work);
        }
        let external = self.below(3) == 0;
        let _ = write!(
            self.apps,
            "  - ref: app-{unit}\n    name: \"{work}助手 {unit}\"\n    kind: {}\n    status: enabled\n    hosted_in: CN\n    visibility: {{only_admin: false, departments: {}, users: 0, roles: 0}}\n    permissions:\n      - qyapi_get_department_list\n      - qyapi_get_member\n    needed_permissions: [qyapi_get_department_list, qyapi_get_member]\n    permissions_used_percent: {}%\n    credential_age: {} days\n    approved_by_dpo: true\n",
            if external { "third_party" } else { "self_built" },
            1 + unit % 7,
            80 + unit % 20,
            1 + unit * 7 % 300,
        );
        let _ = writeln!(
            self.robots,
            "  - {{ref: bot-{unit}, type: webhook, external_groups_count: 0, security: [sign, ip]}}   # {work}"
        );
        if unit.is_multiple_of(4) {
            let duty = self.one_of(&["it", "hr"]);
            let _ = write!(
                self.admins,
                "  - ref: adm-{unit}\n    level: sub\n    duty: {}\n    jurisdiction: CN\n    scope: {{type: departments, departments_count: {}}}\n    resources: [contacts.manage, groups.manage]\n    two_step: true\n    shared: false\n    last_review: 2026-{:02}-01\n",
                duty,
                1 + unit % 5,
                6 + unit % 5,
            );
            let _ = write!(
                self.spaces,
                "  - ref: space-{unit}\n    name: {place}{work}\n    kind: team\n    permission_mode: acl\n    jurisdictions: [CN]\n    data: [data-{unit}]\n    org_wide_access: false\n    group_access: false\n    permanent_grants_count: 0\n",
            );
            let _ = write!(
                self.templates,
                "  - ref: form-{unit}\n    name_zh: {work}申請\n    collects: [data-{unit}]\n    cross_border_approver: false\n    visible_to: department\n    attachments_downloadable: false\n",
            );
        }
    }

    fn group(&mut self, unit: u64, place: &str, work: &str) {
        let number = self.count;
        self.count += 1;
        let crosses = number.is_multiple_of(5);
        let broken = number < self.violations;
        let (members, day) = (3 + self.below(180), 1 + self.below(28));
        let _ = write!(
            self.groups,
            "  - ref: grp-{number}\n    name: {place}{work}群 {number}\n    type: internal                              # 內部群\n    cross_border: {}\n    jurisdictions: {}\n    orgs: [org-hq]\n    members_count: {members}\n    admins_count: {}\n    external_members_count: 0\n    robots: [bot-{unit}]\n    data: [data-{unit}]\n    last_active: 2026-10-{day:02}\n    status: normal\n    settings:\n      management: owner_only\n      only_admin_can_invite: true\n      join_validation: true\n      searchable: {}\n      new_members_see_history: false\n      mention_all: owner_only\n      muted: false\n      sync_to_drive: false\n      cross_border_sync: false                  # 不同步\n      file_download: admins_only\n",
            crosses,
            if crosses { "[CN, CN-MO]" } else { "[CN]" },
            1 + unit % 4,
            broken,
        );
    }
}

const HEAD: &str = "\
# 由產生器寫成的釘釘租戶,用於量度速度。沒有任何真人的資料。
#
# A made-up tenant for measurements.

schema: dingtalk-tenant/v1

meta:
  snapshot_id: made-up
  collected_at: 2026-11-01
  collected_by: manual

tenant:
  corp_id_ref: org-hq
  org_name: 濠盛（橫琴）建築工程有限公司
  edition: standard                             # 標準版
  established_in: CN
  city: zhuhai
  operates_in: [CN, CN-MO]
  is_ciio: false
  people_processed: 1240
  headcount: {total: 158, employees: 38, contract_workers: 120}

hosting:
  storage_region: cn-hangzhou
  storage_jurisdiction: CN

duties:
  it: {description: 資訊科技, permissions: [\"contacts.*\", \"groups.*\"]}
  hr: {description: 人力資源, permissions: [contacts.manage, groups.manage, hrm.roster]}

accounts:
  initial_password_min_length: 8
  two_step_verification: all                    # 登錄二次驗證
  max_concurrent_devices: 2

group_defaults:
  members_may_create_external_groups: false
  external_group_requires_approval: true
  sync_files_to_drive: false
";

/// A pack of so many rules: the ten of `benches/ten.cerco` again and again, each time with other names and numbers.
fn rules(count: usize) -> String {
    let ten = include_str!("../benches/ten.cerco");
    let (head, rules) = ten.split_once("rule ").unwrap_or((ten, ""));
    let rules: Vec<&str> = rules.split("\nrule ").collect();
    let mut out = head.to_owned();
    for number in 0..count {
        let Some(rule) = number.checked_rem(rules.len()).and_then(|at| rules.get(at)) else { break };
        let Some((name, body)) = rule.split_once(' ') else { continue };
        let body = body.replace("200", &(200 + number).to_string()).replace("8", &(8 + number % 5).to_string());
        let _ = writeln!(
            out,
            "rule {name}-{number} {}\n",
            if number < rules.len() { rule[name.len() + 1..].trim_end() } else { body.trim_end() }
        );
    }
    out
}
