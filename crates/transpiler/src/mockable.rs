//! Setters for a module's exports, so that `mock.module` changes what importers already hold.
//!
//! Bun writes into the environment of the module; here the module hands out functions that do.
//! An exported `const` becomes `let`, an anonymous default export gets a variable.

use std::fmt::Write as _;

use oxc::allocator::{Allocator, ArenaVec, TakeIn};
use oxc::ast::ast::{
    BindingPattern, Declaration, ExportDefaultDeclarationKind, Expression, Program, Statement, VariableDeclaration,
    VariableDeclarationKind, VariableDeclarator,
};
use oxc::ast::builder::AstBuilder;
use oxc::span::SPAN;

use crate::hoist::export_name;
use crate::prologue::{RUNTIME, quote};

const DEFAULT: &str = "$dxDefault";

/// Makes the exports assignable; returns the module's last line.
pub(crate) fn open_exports<'a>(program: &mut Program<'a>, allocator: &'a Allocator) -> String {
    let exports = collect(program);
    let mut anonymous_default = false;
    for statement in &mut program.body {
        match statement {
            Statement::ExportDeclaration(export) => {
                if let Declaration::VariableDeclaration(declaration) = &mut export.declaration {
                    open(declaration);
                }
            }
            Statement::VariableDeclaration(declaration) if declares_any(declaration, &exports.local) => {
                open(declaration);
            }
            Statement::ExportDefaultDeclaration(export) => {
                if let Some(expression) = export.declaration.as_expression_mut() {
                    let expression = expression.take_in(&allocator);
                    *statement = variable(expression, allocator);
                    anonymous_default = true;
                }
            }
            _ => {}
        }
    }
    epilogue(&exports, anonymous_default)
}

/// The exports of a module by how they can be set.
#[derive(Default)]
struct Exports {
    /// Export name and local name.
    local: Vec<(String, String)>,
    /// Export name, specifier, name there.
    from: Vec<(String, String, String)>,
    /// Specifiers of `export *`.
    all: Vec<String>,
}

fn collect(program: &Program<'_>) -> Exports {
    let mut exports = Exports::default();
    for statement in &program.body {
        match statement {
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::VariableDeclaration(declaration) => {
                    for name in names(declaration) {
                        exports.local.push((name.clone(), name));
                    }
                }
                Declaration::FunctionDeclaration(function) => {
                    exports.local.extend(function.id.iter().map(|id| (id.name.to_string(), id.name.to_string())));
                }
                Declaration::ClassDeclaration(class) => {
                    exports.local.extend(class.id.iter().map(|id| (id.name.to_string(), id.name.to_string())));
                }
                _ => {}
            },
            Statement::ExportNamedDeclaration(export) => {
                for specifier in &export.specifiers {
                    let (name, local) = (export_name(&specifier.exported), export_name(&specifier.local));
                    exports.local.push((name.to_owned(), local.to_owned()));
                }
            }
            Statement::ExportDefaultDeclaration(export) => {
                let id = match &export.declaration {
                    ExportDefaultDeclarationKind::FunctionDeclaration(function) => function.id.as_ref(),
                    ExportDefaultDeclarationKind::ClassDeclaration(class) => class.id.as_ref(),
                    _ => None,
                };
                exports.local.extend(id.map(|id| ("default".to_owned(), id.name.to_string())));
            }
            Statement::ExportFromDeclaration(export) => {
                for specifier in &export.specifiers {
                    let (name, there) = (export_name(&specifier.exported), export_name(&specifier.local));
                    exports.from.push((name.to_owned(), export.source.value.to_string(), there.to_owned()));
                }
            }
            Statement::ExportAllDeclaration(export) if export.exported.is_none() => {
                exports.all.push(export.source.value.to_string());
            }
            _ => {}
        }
    }
    redirect_imported(program, &mut exports);
    exports
}

/// `import { x } from './y'; export { x }`: the binding is the other module's.
fn redirect_imported(program: &Program<'_>, exports: &mut Exports) {
    for statement in &program.body {
        let Statement::ImportDeclaration(import) = statement else { continue };
        for specifier in import.specifiers.iter().flatten() {
            let local = specifier.local().name.as_str();
            let there = match specifier {
                oxc::ast::ast::ImportDeclarationSpecifier::ImportSpecifier(named) => export_name(&named.imported),
                oxc::ast::ast::ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => "default",
                oxc::ast::ast::ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => "*",
            };
            let (from, source) = (&mut exports.from, import.source.value.as_str());
            exports.local.retain(|(name, bound)| {
                if bound == local && there != "*" {
                    from.push((name.clone(), source.to_owned(), there.to_owned()));
                }
                bound != local
            });
        }
    }
}

fn names(declaration: &VariableDeclaration<'_>) -> Vec<String> {
    let identifiers = declaration.declarations.iter().flat_map(|declarator| declarator.id.get_binding_identifiers());
    identifiers.map(|identifier| identifier.name.to_string()).collect()
}

fn declares_any(declaration: &VariableDeclaration<'_>, exported: &[(String, String)]) -> bool {
    names(declaration).iter().any(|name| exported.iter().any(|(_, local)| local == name))
}

fn open(declaration: &mut VariableDeclaration<'_>) {
    if declaration.kind == VariableDeclarationKind::Const {
        declaration.kind = VariableDeclarationKind::Let;
    }
}

fn variable<'a>(value: Expression<'a>, allocator: &'a Allocator) -> Statement<'a> {
    let builder = AstBuilder::new(allocator);
    let id = BindingPattern::new_binding_identifier(SPAN, DEFAULT, &builder);
    let declarator = VariableDeclarator::new(SPAN, id, None, Some(value), false, &builder);
    let declarators = ArenaVec::from_array_in([declarator], &allocator);
    Statement::VariableDeclaration(VariableDeclaration::boxed(
        SPAN,
        VariableDeclarationKind::Let,
        declarators,
        false,
        &builder,
    ))
}

fn epilogue(exports: &Exports, anonymous_default: bool) -> String {
    let mut line = String::new();
    if anonymous_default {
        let _ = write!(line, "export{{{DEFAULT} as default}};");
    }
    let _ = write!(line, "{RUNTIME}.exportsOf(import.meta.url,{{");
    for (name, local) in &exports.local {
        let _ = write!(line, "{}:v=>{{{local}=v}},", quote(name));
    }
    if anonymous_default {
        let _ = write!(line, "\"default\":v=>{{{DEFAULT}=v}},");
    }
    line.push_str("},{");
    for (name, specifier, there) in &exports.from {
        let _ = write!(line, "{}:[{},{}],", quote(name), quote(specifier), quote(there));
    }
    line.push_str("},[");
    for specifier in &exports.all {
        let _ = write!(line, "{},", quote(specifier));
    }
    line.push_str("]);\n");
    line
}
