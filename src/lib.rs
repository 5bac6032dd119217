//! Cerco: policy as code for DingTalk tenants.
//!
//! Text becomes a verdict on one straight way; each module uses only those that stand above it in this list.

pub mod source;
pub mod string;

pub mod stored;

pub mod diagnostic;
pub mod edit;

pub mod value;

pub mod lang;

pub mod document;
pub mod schema;
pub mod tenant;

pub mod finding;
pub mod pattern;
pub mod syntax;

pub mod builtins;
pub mod policy;

pub mod check;
pub mod plan;

pub mod eval;

pub mod report;

pub mod pack;
pub mod session;

pub mod explain;

pub mod docs;
pub mod lint;
pub mod scaffold;
pub mod suite;

pub mod project;

pub mod cli;
