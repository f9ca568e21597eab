//! Events of contracts.

use blocs_chain::{ChainProperties, Decoded, value};
use serde_json::Value as Json;

/// An event of a contract, by the names of its metadata.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractEvent {
    /// Its name.
    pub name: String,
    /// Its fields, indexed ones too.
    pub fields: Vec<(String, Decoded)>,
}

impl ContractEvent {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Decoded> {
        self.fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// `{"event", "fields": {…}}` with the values as [`value::to_json`] writes them.
    pub fn to_json(&self, properties: &ChainProperties) -> Json {
        let fields: serde_json::Map<String, Json> = self
            .fields
            .iter()
            .map(|(name, field)| (name.clone(), value::to_json(field, properties)))
            .collect();
        serde_json::json!({ "event": self.name, "fields": fields })
    }

    /// `Name` and `field: value` on lines of their own.
    pub fn text(&self, properties: &ChainProperties) -> String {
        let mut lines = vec![self.name.clone()];
        for (name, field) in &self.fields {
            let text = value::to_text(field, properties).replace('\n', "\n    ");
            let space = if text.contains('\n') { "\n    " } else { " " };
            lines.push(format!("  {name}:{space}{text}"));
        }
        lines.join("\n")
    }
}
