//! Where a contract computes with floating-point numbers.

use crate::shrink::reached;
use std::collections::BTreeMap;
use wasmparser::{FuncType, KnownCustom, Name, Parser, Payload, TypeRef, ValType};

/// The most functions to name: more help nobody.
const MOST: usize = 5;

/// The functions of a linker's module that the chain reaches and that use floating-point numbers, by name; empty when none is known.
pub(crate) fn functions(module: &[u8]) -> Vec<String> {
    reached(module)
        .ok()
        .and_then(|small| named(&small).ok())
        .unwrap_or_default()
}

fn named(module: &[u8]) -> Result<Vec<String>, wasmparser::BinaryReaderError> {
    let (mut types, mut functions, mut names) = (Vec::<FuncType>::new(), Vec::new(), BTreeMap::new());
    let (mut imported, mut bodies) = (0_u32, Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::TypeSection(section) => {
                for group in section.into_iter_err_on_gc_types() {
                    types.push(group?);
                }
            }
            Payload::ImportSection(section) => {
                for import in section {
                    imported = imported.saturating_add(u32::from(matches!(import?.ty, TypeRef::Func(_))));
                }
            }
            Payload::FunctionSection(section) => {
                for function in section {
                    functions.push(function?);
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(section) = section.as_known() {
                    for name in section {
                        if let Name::Function(map) = name? {
                            for naming in map {
                                let naming = naming?;
                                names.insert(naming.index, readable(naming.name));
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (index, body) in (imported..).zip(&bodies) {
        let position = usize::try_from(index.saturating_sub(imported)).unwrap_or(usize::MAX);
        let signature = functions
            .get(position)
            .and_then(|ty| types.get(usize::try_from(*ty).unwrap_or(usize::MAX)));
        let mut floats =
            signature.is_some_and(|ty| ty.params().iter().chain(ty.results()).any(|value| is_float(*value)));
        for local in body.get_locals_reader()? {
            floats |= is_float(local?.1);
        }
        for operator in body.get_operators_reader()? {
            // Every instruction on such numbers has their type in its name.
            let operator = format!("{:?}", operator?);
            floats |= operator.contains("F32") || operator.contains("F64");
        }
        if floats {
            found.push(names.remove(&index).unwrap_or_else(|| format!("function {index}")));
        }
    }
    found.truncate(MOST);
    Ok(found)
}

fn is_float(value: ValType) -> bool {
    matches!(value, ValType::F32 | ValType::F64)
}

/// A function's path as its author wrote it, as far as the older form of mangled names gives it back.
fn readable(name: &str) -> String {
    let Some(mut rest) = name
        .strip_prefix("_ZN")
        .and_then(|rest| rest.split_once('E').map(|_| rest))
    else {
        return name.to_owned();
    };
    let mut parts = Vec::new();
    while let Some(digits) = rest.find(|c: char| !c.is_ascii_digit()).filter(|digits| *digits > 0) {
        let (length, tail) = rest.split_at(digits);
        let Some((part, tail)) = length.parse().ok().and_then(|length| tail.split_at_checked(length)) else {
            return name.to_owned();
        };
        parts.push(part);
        rest = tail;
    }
    // The last part is a hash.
    if parts.len() > 1
        && parts
            .last()
            .is_some_and(|last| last.len() == 17 && last.starts_with('h'))
    {
        parts.pop();
    }
    let path = parts.join("::");
    let path = [
        ("$LT$", "<"),
        ("$GT$", ">"),
        ("$u20$", " "),
        ("$RF$", "&"),
        ("$C$", ","),
        ("..", "::"),
    ]
    .into_iter()
    .fold(path, |path, (from, to)| path.replace(from, to));
    path.trim_start_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use crate::shrink::tests::module;

    #[test]
    fn the_function_that_uses_floats_is_named() {
        let text = r#"(module
            (import "env" "memory" (memory 2 16))
            (func $_ZN5token5share17h0123456789abcdefE (param i32) (result i32)
                (if (i32.eqz (local.get 0)) (then (return (i32.const 7))))
                (i32.store (i32.const 0) (local.get 0))
                (i32.trunc_f64_s (f64.sqrt (f64.convert_i32_s (i32.load (i32.const 8))))))
            (func $call
                (i32.store (i32.const 0) (call $_ZN5token5share17h0123456789abcdefE (i32.load (i32.const 16))))
                (i32.store (i32.const 4) (call $_ZN5token5share17h0123456789abcdefE (i32.load (i32.const 20))))
                (i32.store (i32.const 8) (call $_ZN5token5share17h0123456789abcdefE (i32.load (i32.const 24)))))
            (func $deploy)
            (export "call" (func $call))
            (export "deploy" (func $deploy)))"#;
        assert_eq!(functions(&module(text)), ["token::share"]);
    }

    #[test]
    fn mangled_names_become_readable() {
        assert_eq!(readable("_ZN5token5share17h0123456789abcdefE"), "token::share");
        assert_eq!(
            readable("_ZN4core3fmt3num17h0123456789abcdefE.llvm.1"),
            "core::fmt::num"
        );
        assert_eq!(readable("memcpy"), "memcpy");
        assert_eq!(readable("_ZN99xE"), "_ZN99xE");
    }
}
