//! Lets a panic say nothing. In a browser its message goes nowhere (the standard library has nothing to print on there, and
//! we give it nothing): all that is left of a panic is that the module stops. So the functions that put messages together
//! become that stop, and what only they need (the language's formatting, tables for printing letters) is left out by the
//! optimiser. What a module does, and when it stops, is as before.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use crate::binary::{CODE, CUSTOM, IMPORTS, Reader, with_sections, write_number};

/// The standard library's functions that never return: a name is one of these, or begins like it, or ends like it.
const STOPS: [&str; 15] = [
    "core::panicking::*",
    "core::cell::panic_already_borrowed",
    "core::cell::panic_already_mutably_borrowed",
    "core::cell::lazy::panic_poisoned",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::slice::index::slice_index_fail",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::str::slice_error_fail",
    "core::str::slice_error_fail_rt",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "*::assert_failed",
];

/// A body without variables: `unreachable`, `end`.
const STOP: [u8; 3] = [0, 0x00, 0x0b];

/// The module with panics that say nothing.
pub(crate) fn silence(wasm: &[u8]) -> Result<Vec<u8>> {
    let (mut imports, mut stops) = (0, BTreeSet::new());
    with_sections(wasm, |kind, section| {
        match kind {
            IMPORTS => imports = section.number()?,
            CUSTOM if section.name()? == "name" => stops = stopping(section)?,
            _ => {}
        }
        Ok(None)
    })?;
    ensure!(!stops.is_empty(), "no function is known by its name, or none can panic");
    with_sections(wasm, |kind, section| Ok(if kind == CODE { Some(without(section, imports, &stops)?) } else { None }))
}

/// The numbers of the functions that never return, by the list of names.
fn stopping(section: &mut Reader<'_>) -> Result<BTreeSet<usize>> {
    /// The part of the list that is about functions.
    const FUNCTIONS: u8 = 1;
    let mut stops = BTreeSet::new();
    while !section.is_at_end() {
        let kind = section.byte()?;
        let length = section.number()?;
        let end = section.at + length;
        let count = if kind == FUNCTIONS { section.number()? } else { 0 };
        for _ in 0..count {
            let number = section.number()?;
            if is_stop(section.name()?) {
                stops.insert(number);
            }
        }
        section.at = end;
    }
    Ok(stops)
}

/// `core[0123456789abcdef]::panicking::panic` names the crate's very version, which is left out.
fn is_stop(name: &str) -> bool {
    let parts = name.split('[').map(|part| part.split_once(']').map_or(part, |(_version, rest)| rest));
    let name: String = parts.collect();
    STOPS.iter().any(|stop| match (stop.strip_prefix('*'), stop.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end),
        (_, Some(start)) => name.starts_with(start),
        _ => &name == stop,
    })
}

fn without(section: &mut Reader<'_>, imports: usize, stops: &BTreeSet<usize>) -> Result<Vec<u8>> {
    let count = section.number()?;
    let mut code = Vec::new();
    write_number(count, &mut code);
    for number in imports..imports + count {
        let length = section.number()?;
        let body = section.cut(length)?;
        let body = if stops.contains(&number) { &STOP } else { body };
        write_number(body.len(), &mut code);
        code.extend(body);
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds a section whose bytes are all given.
    fn section(module: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
        module.push(kind);
        write_number(bytes.len(), module);
        module.extend(bytes);
    }

    /// A module that asks for one function and has two, of these names, each with a body of its own.
    fn module(names: [&str; 2], bodies: [&[u8]; 2]) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        section(&mut module, IMPORTS, &[1, 1, b'm', 1, b'f', 0, 0]);
        let code = bodies.iter().flat_map(|body| [&[u8::try_from(body.len()).unwrap()], *body].concat());
        section(&mut module, CODE, &[2].into_iter().chain(code).collect::<Vec<u8>>());
        let list =
            (1..).zip(names).flat_map(|(number, name)| [&[number, u8::try_from(name.len()).unwrap()], name.as_bytes()].concat());
        let list: Vec<u8> = [2].into_iter().chain(list).collect();
        let list = [&b"\x04name\x01"[..], &[u8::try_from(list.len()).unwrap()], &list].concat();
        section(&mut module, CUSTOM, &list);
        module
    }

    const BODY: &[u8] = &[0, 1, 1, 0x0b];

    #[test]
    fn what_only_stops_becomes_the_stop_and_nothing_else_is_touched() {
        let names = ["core[0123456789abcdef]::panicking::panic_fmt", "readmit_core::panicking"];
        assert_eq!(silence(&module(names, [BODY, BODY])).unwrap(), module(names, [&STOP, BODY]));
        let names = ["core::option::unwrap", "<alloc::vec::Vec<_, _>>::remove::assert_failed"];
        assert_eq!(silence(&module(names, [BODY, BODY])).unwrap(), module(names, [BODY, &STOP]));
    }

    #[test]
    fn a_module_without_names_is_an_error() {
        assert!(silence(&module(["a", "b"], [BODY, BODY])).is_err());
    }
}
