//! What the parser lets pass and V8 refuses without saying where: names that a module exports twice
//! (TypeScript may declare one name as a type and as a value), and `return` outside of functions.

use std::collections::HashSet;

use oxc::ast::ast::{
    ArrowFunctionExpression, Class, Declaration, ExportDefaultDeclarationKind, Expression, Function, Program,
    ReturnStatement, Statement,
};
use oxc::ast_visit::Visit;
use oxc::span::{GetSpan, Span};
use oxc::syntax::scope::ScopeFlags;

use crate::diagnostics::Diagnostic;
use crate::hoist::export_name;

/// Finds the first one in an emitted ECMAScript module.
pub(crate) fn find(program: &Program<'_>, source: &str, path: &str) -> Option<Diagnostic> {
    let (message, span) = exported_twice(program).or_else(|| returned(program))?;
    Some(Diagnostic::at(message, source, path, span.start))
}

fn exported_twice(program: &Program<'_>) -> Option<(String, Span)> {
    let mut seen: HashSet<&str> = HashSet::new();
    for statement in &program.body {
        for (name, span) in exported(statement) {
            if !seen.insert(name) {
                return Some((format!("Multiple exports with the same name \"{name}\""), span));
            }
        }
    }
    None
}

fn exported<'p>(statement: &'p Statement<'_>) -> Vec<(&'p str, Span)> {
    match statement {
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::VariableDeclaration(variables) => variables
                .declarations
                .iter()
                .flat_map(|declarator| declarator.id.get_binding_identifiers())
                .map(|id| (id.name.as_str(), id.span))
                .collect(),
            Declaration::FunctionDeclaration(function) => {
                function.id.iter().map(|id| (id.name.as_str(), id.span)).collect()
            }
            Declaration::ClassDeclaration(class) => class.id.iter().map(|id| (id.name.as_str(), id.span)).collect(),
            _ => Vec::new(),
        },
        Statement::ExportNamedDeclaration(export) => export
            .specifiers
            .iter()
            .map(|specifier| (export_name(&specifier.exported), specifier.exported.span()))
            .collect(),
        Statement::ExportFromDeclaration(export) => export
            .specifiers
            .iter()
            .map(|specifier| (export_name(&specifier.exported), specifier.exported.span()))
            .collect(),
        Statement::ExportAllDeclaration(export) => {
            export.exported.iter().map(|name| (export_name(name), name.span())).collect()
        }
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => Vec::new(),
            _ => vec![("default", export.span)],
        },
        _ => Vec::new(),
    }
}

fn returned(program: &Program<'_>) -> Option<(String, Span)> {
    let mut finder = Return::default();
    finder.visit_program(program);
    finder.found.map(|span| ("Return statements are only valid inside functions".to_owned(), span))
}

/// Looks for `return` outside of functions; there is none within an expression.
#[derive(Default)]
struct Return {
    found: Option<Span>,
}

impl<'a> Visit<'a> for Return {
    fn visit_return_statement(&mut self, statement: &ReturnStatement<'a>) {
        self.found.get_or_insert(statement.span);
    }

    fn visit_expression(&mut self, _: &Expression<'a>) {}
    fn visit_function(&mut self, _: &Function<'a>, _: ScopeFlags) {}
    fn visit_arrow_function_expression(&mut self, _: &ArrowFunctionExpression<'a>) {}
    fn visit_class(&mut self, _: &Class<'a>) {}
}
