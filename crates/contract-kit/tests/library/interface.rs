//! Selectors, event topics, error numbers and storage keys of the library are promises: users, indexers and other contracts rely on them.
//!
//! `contracts/library/NAME/interface.txt` holds them. After a change on purpose: `BLOCS_BLESS=1` writes the files anew.

use crate::{LIBRARY, token};
use blocs_contract_kit::{Sandbox, bundle_path};
use serde_json::Value;
use std::{fmt::Write, fs, path::PathBuf};

#[test]
fn the_interface_of_each_contract_is_the_one_that_was_promised() {
    for name in LIBRARY {
        let bundle: Value = serde_json::from_slice(&fs::read(bundle_path(name)).unwrap()).unwrap();
        let found = describe(&bundle);
        let file = file(name);
        if std::env::var_os("BLOCS_BLESS").is_some() {
            fs::write(&file, &found).unwrap();
        }
        let promised = fs::read_to_string(&file).unwrap();
        assert_eq!(
            promised, found,
            "{name}: if this is on purpose, run again with BLOCS_BLESS=1"
        );
    }
}

#[test]
fn a_balance_can_be_read_from_storage_under_the_promised_key() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let gold = token(&mut sandbox, &alice, "1000", "None");
    let promised = fs::read_to_string(file("fungible-token")).unwrap();
    let line = promised.lines().find(|line| line.contains(" .balances: ")).unwrap();
    let hex = line.split_whitespace().nth(1).unwrap();
    let key = u32::from_str_radix(hex.trim_start_matches("0x"), 16)
        .unwrap()
        .to_be_bytes();

    let stored = sandbox
        .storage(&gold.address, &[&key[..], alice.as_ref()].concat())
        .unwrap();

    assert_eq!(stored, 1_000u128.to_le_bytes());
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../contracts/library/{name}/interface.txt"))
}

/// Everything that others rely on, a line each.
fn describe(bundle: &Value) -> String {
    let types = Types(bundle["types"].as_array().unwrap());
    let spec = &bundle["spec"];
    let mut text = String::new();
    for (kind, list) in [("constructor", "constructors"), ("message", "messages")] {
        for callable in items(&spec[list]) {
            let args: Vec<String> = items(&callable["args"]).map(|arg| types.field(arg)).collect();
            let marks = ["mutates", "payable"].iter().filter(|mark| callable[**mark] == true);
            let marks: String = marks.map(|mark| format!(" {mark}")).collect();
            let returns = types.name(&callable["returnType"]["type"]);
            let inner = returns
                .strip_prefix("Result<")
                .and_then(|inner| inner.strip_suffix(", LangError>"));
            let returns = inner.unwrap_or(&returns);
            let (selector, label) = (string(&callable["selector"]), string(&callable["label"]));
            writeln!(
                text,
                "{kind} {selector} {label}({}) -> {returns}{marks}",
                args.join(", ")
            )
            .unwrap();
        }
    }
    let mut events: Vec<String> = items(&spec["events"])
        .map(|event| {
            let fields = items(&event["args"]).map(|field| {
                let topic = if field["indexed"] == true { "topic " } else { "" };
                format!("{topic}{}", types.field(field))
            });
            let fields: Vec<String> = fields.collect();
            format!(
                "event {} {}({})\n",
                string(&event["label"]),
                string(&event["signature_topic"]),
                fields.join(", ")
            )
        })
        .collect();
    events.sort();
    text.extend(events);
    let mut cells = Vec::new();
    layout(&types, &bundle["storage"], "", &mut cells);
    text.extend(cells);
    text.extend(types.own());
    text
}

/// The cells of the storage and what lies in them, in order.
fn layout(types: &Types<'_>, node: &Value, path: &str, cells: &mut Vec<String>) {
    let (kind, inner) = node.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "root" => {
            let key = string(&inner["root_key"]);
            cells.push(format!("cell {key} {path}: {}\n", types.name(&inner["ty"])));
            layout(types, &inner["layout"], path, cells);
        }
        "struct" => {
            for field in items(&inner["fields"]) {
                layout(
                    types,
                    &field["layout"],
                    &format!("{path}.{}", string(&field["name"])),
                    cells,
                );
            }
        }
        // What is inside a cell follows from its type.
        "leaf" => cells.push(format!("  in {} {path}: {}\n", key(inner), types.name(&inner["ty"]))),
        "enum" => cells.push(format!("  in {} {path}: {}\n", key(inner), string(&inner["name"]))),
        other => panic!("a layout of kind {other}"),
    }
}

fn key(inner: &Value) -> String {
    let key = inner
        .get("key")
        .or_else(|| inner.get("dispatchKey"))
        .unwrap_or(&Value::Null);
    key.as_str().unwrap_or("?").to_owned()
}

struct Types<'a>(&'a [Value]);

impl Types<'_> {
    fn field(&self, field: &Value) -> String {
        format!("{}: {}", string(&field["label"]), self.name(&field["type"]["type"]))
    }

    /// A type as Rust writes it, without its path.
    fn name(&self, id: &Value) -> String {
        let Some(ty) = id.as_u64().and_then(|id| self.0.iter().find(|ty| ty["id"] == id)) else {
            return "()".to_owned();
        };
        let ty = &ty["type"];
        let def = &ty["def"];
        if let Some(name) = items(&ty["path"]).last() {
            // The last parameter of a cell is its key, which the layout says.
            let known = match string(name) {
                "Lazy" => 1,
                "Mapping" => 2,
                _ => usize::MAX,
            };
            let params = items(&ty["params"]).take(known).map(|param| self.name(&param["type"]));
            let params: Vec<String> = params.collect();
            let params = if params.is_empty() {
                String::new()
            } else {
                format!("<{}>", params.join(", "))
            };
            return format!("{}{params}", string(name));
        }
        if let Some(primitive) = def["primitive"].as_str() {
            return primitive.to_owned();
        }
        if let Some(inner) = def.get("sequence") {
            return format!("Vec<{}>", self.name(&inner["type"]));
        }
        if let Some(inner) = def.get("array") {
            return format!("[{}; {}]", self.name(&inner["type"]), inner["len"]);
        }
        let parts: Vec<String> = items(&def["tuple"]).map(|part| self.name(part)).collect();
        format!("({})", parts.join(", "))
    }

    /// The structs and enums of the contract and of the parts, with the numbers of their variants.
    fn own(&self) -> Vec<String> {
        let foreign = [
            "ink_env",
            "ink_primitives",
            "ink_storage",
            "ink_storage_traits",
            "Option",
            "Result",
            "BTreeMap",
        ];
        let mut lines: Vec<String> = self
            .0
            .iter()
            .filter(|ty| {
                items(&ty["type"]["path"])
                    .next()
                    .is_some_and(|first| !foreign.contains(&first.as_str().unwrap()))
            })
            .filter_map(|ty| {
                let name = self.name(&ty["id"]);
                let def = &ty["type"]["def"];
                if let Some(composite) = def.get("composite") {
                    return Some(format!("struct {name} {{ {} }}\n", self.fields(&composite["fields"])));
                }
                let variants = items(&def.get("variant")?["variants"]).map(|variant| {
                    let fields = self.fields(&variant["fields"]);
                    let fields = if fields.is_empty() {
                        fields
                    } else {
                        format!("({fields})")
                    };
                    format!("{} {}{fields}", variant["index"], string(&variant["name"]))
                });
                Some(format!(
                    "enum {name} {{ {} }}\n",
                    variants.collect::<Vec<_>>().join(", ")
                ))
            })
            .collect();
        lines.sort();
        lines.dedup();
        lines
    }

    fn fields(&self, fields: &Value) -> String {
        let fields = items(fields).map(|field| {
            let ty = self.name(&field["type"]);
            field["name"].as_str().map(|name| format!("{name}: {ty}")).unwrap_or(ty)
        });
        fields.collect::<Vec<_>>().join(", ")
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}
