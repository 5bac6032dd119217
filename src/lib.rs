//! Cerco: policy as code for DingTalk tenants.
//!
//! Text becomes a verdict on one straight way; each module uses only those that stand above it in this list.

pub mod source;

pub mod diagnostic;
pub mod edit;

pub mod finding;

pub mod report;

pub mod cli;
