//! What a module asks of others, for loaders that must know names before they run a module.

use oxc::ast::ast::{ImportDeclarationSpecifier, Program, Statement};

use crate::hoist::export_name;

/// The names that a module imports from one specifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The specifier as written.
    pub specifier: String,
    /// The imported names; `*` stands for the namespace.
    pub names: Vec<String>,
}

/// Lists the imports and re-exports of an emitted program.
pub(crate) fn list(program: &Program<'_>) -> Vec<Request> {
    program.body.iter().filter_map(request).collect()
}

fn request(statement: &Statement<'_>) -> Option<Request> {
    let (specifier, names) = match statement {
        Statement::ImportDeclaration(import) => {
            let names = import.specifiers.iter().flatten().map(|specifier| match specifier {
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => "default".to_owned(),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => "*".to_owned(),
                ImportDeclarationSpecifier::ImportSpecifier(named) => export_name(&named.imported).to_owned(),
            });
            (&import.source, names.collect())
        }
        Statement::ExportFromDeclaration(export) => {
            let names = export.specifiers.iter().map(|specifier| export_name(&specifier.local).to_owned());
            (&export.source, names.collect())
        }
        Statement::ExportAllDeclaration(export) => (&export.source, vec!["*".to_owned()]),
        _ => return None,
    };
    Some(Request { specifier: specifier.value.to_string(), names })
}
