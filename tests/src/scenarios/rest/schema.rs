//! Whether an answer has the shape that an OpenAPI document says.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// What a reference points to.
pub(super) fn resolve<'a>(document: &'a Value, schema: &'a Value) -> Result<&'a Value> {
    let Some(reference) = schema.get("$ref").and_then(Value::as_str) else {
        return Ok(schema);
    };
    let pointer = reference
        .strip_prefix('#')
        .with_context(|| format!("{reference} points out of the document"))?;
    document
        .pointer(pointer)
        .with_context(|| format!("{reference} points to nothing"))
}

/// All references of the document, as they stand there.
pub(super) fn references<'a>(part: &'a Value, found: &mut Vec<&'a Value>) {
    match part {
        Value::Object(fields) => {
            if fields.contains_key("$ref") {
                found.push(part);
            }
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// Fails where the value is not as the schema says. Fields that the schema does not know are faults too.
pub(super) fn fits(document: &Value, schema: &Value, value: &Value, path: &str) -> Result<()> {
    let schema = resolve(document, schema)?;
    for several in ["oneOf", "anyOf"] {
        if let Some(choices) = schema.get(several).and_then(Value::as_array) {
            let errors: Vec<String> = choices
                .iter()
                .filter_map(|choice| fits(document, choice, value, path).err())
                .map(|error| error.to_string())
                .collect();
            ensure!(
                errors.len() < choices.len(),
                "{path} fits none of its shapes: {}",
                errors.join("; ")
            );
        }
    }
    let parts = schema.get("allOf").and_then(Value::as_array);
    if let Some(parts) = parts {
        for part in parts {
            objects(document, resolve(document, part)?, value, path)?;
        }
    }
    if let Some(kinds) = schema.get("type") {
        let kinds: Vec<&str> = match kinds {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            other => bail!("{path}: {other} is no type"),
        };
        ensure!(
            kinds.iter().any(|kind| is(value, kind)),
            "{path} should be {kinds:?} and is {value}"
        );
    }
    if let (Some(item), Some(values)) = (schema.get("items"), value.as_array()) {
        for (place, one) in values.iter().enumerate() {
            fits(document, item, one, &format!("{path}[{place}]"))?;
        }
    }
    objects(document, schema, value, path)?;
    let properties = schema.get("properties").and_then(Value::as_object);
    if let (Some(properties), Some(fields), None) = (properties, value.as_object(), parts)
        && schema.get("additionalProperties").is_none()
    {
        for name in fields.keys() {
            ensure!(properties.contains_key(name), "{path}.{name} is not in the document");
        }
    }
    Ok(())
}

fn objects(document: &Value, schema: &Value, value: &Value, path: &str) -> Result<()> {
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        let name = name.as_str().context("a required field without a name")?;
        ensure!(value.get(name).is_some(), "{path}.{name} is missing");
    }
    for (name, property) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        if let Some(field) = value.get(name) {
            fits(document, property, field, &format!("{path}.{name}"))?;
        }
    }
    let known = schema.get("properties");
    if let (Some(others), Some(fields)) = (schema.get("additionalProperties"), value.as_object())
        && others.is_object()
    {
        for (name, field) in fields {
            if known.is_none_or(|known| known.get(name).is_none()) {
                fits(document, others, field, &format!("{path}.{name}"))?;
            }
        }
    }
    Ok(())
}

/// The content of this status in a description of answers.
pub(super) fn content<'a>(document: &'a Value, operation: &'a Value, status: u16) -> Result<(&'a str, &'a Value)> {
    let response = operation
        .get("responses")
        .and_then(|responses| responses.get(status.to_string()))
        .with_context(|| format!("status {status} is not in the document"))?;
    let content = resolve(document, response)?.get("content").and_then(Value::as_object);
    let (kind, media) = content
        .and_then(|content| content.iter().next())
        .with_context(|| format!("status {status} has no content"))?;
    Ok((kind, media.get("schema").context("a content without a schema")?))
}
