//! ECMAScript module or `CommonJS`: the syntax of a file decides, as in Bun.

use oxc::ast::ast::{Program, Statement, TSModuleReference};
use oxc::semantic::Scoping;

/// What a source file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModuleKind {
    /// An ECMAScript module.
    Esm,
    /// A `CommonJS` module.
    CommonJs,
}

/// Decides by what the file contains: module syntax makes an ECMAScript module, the free
/// variables of a `CommonJS` wrapper make a `CommonJS` module; `fallback` is for files with neither.
///
/// `import x = require()` and `export =` of TypeScript are no module syntax: they become `require`
/// and `module.exports`. Neither are imports and exports of types.
pub(crate) fn decide(program: &Program<'_>, scoping: &Scoping, is_module: bool, fallback: ModuleKind) -> ModuleKind {
    if is_module || program.body.iter().any(is_module_syntax) {
        return ModuleKind::Esm;
    }
    let is_commonjs = ["module", "exports", "require"].iter().any(|name| is_free(scoping, name))
        || program.body.iter().any(is_commonjs_syntax);
    if is_commonjs { ModuleKind::CommonJs } else { fallback }
}

fn is_module_syntax(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::ImportDeclaration(import) => import.import_kind.is_value(),
        Statement::ExportAllDeclaration(export) => export.export_kind.is_value(),
        Statement::ExportNamedDeclaration(export) => export.export_kind.is_value(),
        Statement::ExportFromDeclaration(export) => export.export_kind.is_value(),
        Statement::ExportDefaultDeclaration(_) => true,
        Statement::ExportDeclaration(export) => !export.declaration.is_type(),
        _ => false,
    }
}

fn is_commonjs_syntax(statement: &Statement<'_>) -> bool {
    matches!(statement, Statement::TSExportAssignment(_)) || is_import_require(statement)
}

/// Tells whether a statement is TypeScript's `import x = require('y')`.
pub(crate) fn is_import_require(statement: &Statement<'_>) -> bool {
    matches!(statement, Statement::TSImportEqualsDeclaration(import)
        if import.import_kind.is_value() && matches!(import.module_reference, TSModuleReference::ExternalModuleReference(_)))
}

/// Tells whether the file uses a name that it does not declare.
pub(crate) fn is_free(scoping: &Scoping, name: &str) -> bool {
    scoping.root_unresolved_references().contains_key(name)
}
