//! The first line of an emitted module: what Bun gives a module and Node does not.
//!
//! The loader's JavaScript side puts the run-time object on `globalThis` under
//! `Symbol.for('dx-compat.loader')` before any emitted module runs.

use std::fmt::Write as _;

use crate::hoist::Hoisted;

pub(crate) const RUNTIME: &str = "globalThis[globalThis.Symbol.for(\"dx-compat.loader\")]";

/// What a module needs of the run-time object.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a need of its own")]
pub(crate) struct Needs {
    /// The module uses `import.meta`.
    pub(crate) meta: bool,
    /// The ECMAScript module uses `require`.
    pub(crate) require: bool,
    /// The ECMAScript module uses `__filename`.
    pub(crate) filename: bool,
    /// The ECMAScript module uses `__dirname`.
    pub(crate) dirname: bool,
    /// Lowered syntax calls helpers.
    pub(crate) syntax_helpers: bool,
    /// Imports of built-in modules.
    pub(crate) builtins: Vec<Hoisted>,
}

/// Writes the prologue as one line; empty when the module needs nothing.
pub(crate) fn write(needs: &Needs) -> String {
    let mut line = String::new();
    let mut add = |part: std::fmt::Arguments<'_>| {
        // Writing to a string does not fail.
        let _ = line.write_fmt(part);
    };
    if needs.meta {
        add(format_args!("{RUNTIME}.meta(import.meta);"));
    }
    if needs.require {
        add(format_args!("var require={RUNTIME}.requireOf(import.meta.url);"));
    }
    if needs.filename {
        add(format_args!("var __filename={RUNTIME}.filenameOf(import.meta.url);"));
    }
    if needs.dirname {
        add(format_args!("var __dirname={RUNTIME}.dirnameOf(import.meta.url);"));
    }
    if needs.syntax_helpers {
        add(format_args!("var babelHelpers={RUNTIME}.syntaxHelpers;"));
    }
    for builtin in &needs.builtins {
        let specifier = quote(&builtin.specifier);
        if let Some(local) = &builtin.default {
            add(format_args!("const {local}={RUNTIME}.defaultOf({specifier},import.meta.url);"));
        }
        if let Some(local) = &builtin.namespace {
            add(format_args!("const {local}={RUNTIME}.namespaceOf({specifier},import.meta.url);"));
        }
        if builtin.named.is_empty() {
            if builtin.default.is_none() && builtin.namespace.is_none() {
                add(format_args!("{RUNTIME}.namespaceOf({specifier},import.meta.url);"));
            }
            continue;
        }
        let names: Vec<_> = builtin.named.iter().map(|(imported, _)| quote(imported)).collect();
        let locals: Vec<_> = builtin.named.iter().map(|(_, local)| local.as_str()).collect();
        add(format_args!(
            "const [{}]={RUNTIME}.pick({specifier},[{}],import.meta.url);",
            locals.join(","),
            names.join(",")
        ));
    }
    line
}

/// A JavaScript string literal of a text.
pub(crate) fn quote(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}
