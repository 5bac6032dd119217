//! Owns the schema as JSON Schema, draft 2020-12, for editors. It must never know a tenant.

use super::Schema;

impl Schema {
    /// The schema as JSON Schema.
    pub fn json(&self) -> String {
        String::new()
    }

    /// The schema for people.
    pub fn outline(&self) -> String {
        String::new()
    }
}
