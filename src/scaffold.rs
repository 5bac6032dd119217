//! Owns the texts that new packs and rules begin with. It must never write a file.
//!
//! A new rule comes with a test that fails until the rule does its work.

use crate::syntax::format::format;

/// A file of a scaffold: its path within the pack's folder, and its text.
pub type File = (String, String);

/// The manifest of a new pack.
pub fn pack(name: &str) -> File {
    let text =
        format!("name: {name}\nversion: 0.1.0\ndescription: What {name} asks of its tenants\nlicence: Apache-2.0\n");
    ("pack.yaml".into(), text)
}

/// A new rule and its test. `carried` says that it can speak of DingTalk's tenants: its pack has no schema of its own.
pub fn rule(pack: &str, name: &str, carried: bool) -> [File; 2] {
    let title = name.replace('-', " ");
    let (uses, body, test) = match carried {
        true => ("use dingtalk\n\n", DINGTALK_BODY, DINGTALK_TEST),
        false => ("", BARE_BODY, BARE_TEST),
    };
    let policy = format!(
        r#"{uses}rule {name} {{
    title     "Say what holds, in one sentence ({title})"
    severity  error
    rationale "Say why this is asked, for whoever reads a finding."
    remedy    "Say what to do, and where in the console (管理后台 > …)."

{body}}}
"#
    );
    let policy = format(&policy, 0).unwrap_or(policy);
    let test = test.replace("RULE", &format!("{pack}/{name}"));
    [(format!("{name}.cerco"), policy), (format!("tests/{name}.yaml"), test)]
}

const DINGTALK_BODY: &str = r#"    # This always holds. Say instead what must hold, until `cerco test` passes.
    for g in groups {
        expect g.members_count >= 0
            else "{g.ref} has {g.members_count} members"
    }
"#;

const DINGTALK_TEST: &str = "\
# rules: RULE
# fragment
#
# What passes. Put the fields here that your rule asks about; each document is a tenant.

groups:
  - ref: good
    members_count: 200
---
# rules: RULE
# fragment
#
# What fails: a comment says what is found on its line.

groups:
  - ref: bad
    members_count: 201  # expect: RULE
---
# rules: RULE
# fragment
#
# What cannot be decided, as nobody collected it.

groups:
  - ref: not-collected
    members_count:      # expect unknown: RULE
";

const BARE_BODY: &str = r#"    # This always holds. Say instead what must hold, until `cerco test` passes.
    expect 1 < 2
"#;

const BARE_TEST: &str = "\
# rules: RULE
# fragment
#
# What fails. Put your own fields here: a comment says what is found on its line.

{}  # expect: RULE
";
