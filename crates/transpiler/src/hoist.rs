//! Imports of built-in modules become plain variables, so that `import { serve } from 'bun'`
//! loads one API and not all of them, and needs no module hook.

use oxc::ast::ast::{ImportDeclaration, ImportDeclarationSpecifier, ModuleExportName, Program, Statement};

/// An import declaration that was taken out of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hoisted {
    /// `bun`, `bun:sqlite`, …
    pub(crate) specifier: String,
    /// Local names bound to the module's default export.
    pub(crate) default: Option<String>,
    /// Local names bound to the namespace.
    pub(crate) namespace: Option<String>,
    /// Imported name and local name.
    pub(crate) named: Vec<(String, String)>,
}

/// Takes the import declarations of `bun` and `bun:*` out of the program.
pub(crate) fn take_builtin_imports(program: &mut Program<'_>) -> Vec<Hoisted> {
    let mut hoisted = Vec::new();
    program.body.retain(|statement| match statement {
        Statement::ImportDeclaration(import) if is_builtin(import) => {
            hoisted.push(describe(import));
            false
        }
        _ => true,
    });
    hoisted
}

fn is_builtin(import: &ImportDeclaration<'_>) -> bool {
    let specifier = import.source.value.as_str();
    import.with_clause.is_none() && (specifier == "bun" || specifier.starts_with("bun:"))
}

fn describe(import: &ImportDeclaration<'_>) -> Hoisted {
    let mut hoisted =
        Hoisted { specifier: import.source.value.to_string(), default: None, namespace: None, named: Vec::new() };
    for specifier in import.specifiers.iter().flatten() {
        let local = specifier.local().name.to_string();
        match specifier {
            ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => hoisted.default = Some(local),
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => hoisted.namespace = Some(local),
            ImportDeclarationSpecifier::ImportSpecifier(named) => {
                hoisted.named.push((export_name(&named.imported).to_owned(), local));
            }
        }
    }
    hoisted
}

/// The name by which a module exports a binding.
pub(crate) fn export_name<'p>(name: &'p ModuleExportName<'_>) -> &'p str {
    match name {
        ModuleExportName::IdentifierName(name) => name.name.as_str(),
        ModuleExportName::IdentifierReference(name) => name.name.as_str(),
        ModuleExportName::StringLiteral(name) => name.value.as_str(),
    }
}
