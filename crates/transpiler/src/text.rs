//! `Bun.Transpiler`: a text in, a text or a list of imports and exports out; nothing of the loader.

use oxc::allocator::Allocator;
use oxc::ast::ast::{CallExpression, Expression, ImportExpression, Program, Statement};
use oxc::ast_visit::{Visit, walk};
use oxc::codegen::{Codegen, CodegenOptions, CommentOptions, IndentChar};
use oxc::parser::ParserReturn;
use oxc::semantic::SemanticBuilder;

use crate::lenient::reject;
use crate::nesting::with_room_for;
use crate::transpile::{define, parse, prepare, syntax, transform};
use crate::{Error, TranspileOptions};

/// The name that messages give a text.
const NAME: &str = "input";

/// Turns TypeScript and JSX into JavaScript.
///
/// # Errors
/// `Error::Syntax` (`BuildMessage` in JavaScript).
pub fn transform_text(source: &str, minify: bool, options: &TranspileOptions) -> Result<String, Error> {
    with_room_for(source, || transform_here(source, minify, options))
}

fn transform_here(source: &str, minify: bool, options: &TranspileOptions) -> Result<String, Error> {
    let allocator = Allocator::default();
    let program = emitted(&allocator, source, options)?;
    let mut settings = if minify { CodegenOptions::minify() } else { CodegenOptions::default() };
    settings.indent_char = IndentChar::Space;
    settings.indent_width = 2;
    settings.comments = CommentOptions::disabled();
    Ok(Codegen::new().with_options(settings).with_source_text(program.source_text).build(&program).code)
}

/// A module that a text imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// `import-statement`, `dynamic-import`, `require-call` or `require-resolve`.
    pub kind: &'static str,
    /// The specifier.
    pub path: String,
}

/// What a text imports and exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// The names it exports, sorted.
    pub exports: Vec<String>,
    /// What it imports, in order.
    pub imports: Vec<Import>,
}

/// Lists imports and exports; those of types are none.
///
/// # Errors
/// `Error::Syntax` (`BuildMessage` in JavaScript).
pub fn scan_text(source: &str, options: &TranspileOptions) -> Result<Scanned, Error> {
    with_room_for(source, || scan_here(source, options))
}

fn scan_here(source: &str, options: &TranspileOptions) -> Result<Scanned, Error> {
    let allocator = Allocator::default();
    let program = emitted(&allocator, source, options)?;
    let mut scanner = Scanner { statements: Vec::new(), calls: Vec::new() };
    scanner.visit_program(&program);
    let mut exports = exports(&program);
    exports.sort_unstable();
    let mut imports = scanner.statements;
    imports.append(&mut scanner.calls);
    Ok(Scanned { exports, imports })
}

fn emitted<'a>(allocator: &'a Allocator, source: &'a str, options: &TranspileOptions) -> Result<Program<'a>, Error> {
    let ParserReturn { mut program, .. } = parse(allocator, source, NAME, options)?;
    let source = program.source_text;
    let fail = |errors| syntax(&errors, source, NAME);
    prepare(allocator, &mut program, options);
    let semantic = SemanticBuilder::new().with_check_syntax_error(true).with_enum_eval(true).build(&program);
    reject(&semantic.diagnostics).map_err(fail)?;
    let scoping = semantic.semantic.into_scoping();
    program.source_type = program.source_type.with_module(true);
    let scoping = define(allocator, &mut program, scoping, options).map_err(fail)?;
    transform(allocator, &mut program, scoping, NAME, options).map_err(fail)?;
    Ok(program)
}

fn exports(program: &Program<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for statement in &program.body {
        match statement {
            Statement::ExportDefaultDeclaration(_) => names.push("default".to_owned()),
            Statement::ExportDeclaration(export) => declared(&export.declaration, &mut names),
            Statement::ExportNamedDeclaration(export) => {
                names.extend(export.specifiers.iter().map(|specifier| specifier.exported.name().to_string()));
            }
            Statement::ExportFromDeclaration(export) => {
                names.extend(export.specifiers.iter().map(|specifier| specifier.exported.name().to_string()));
            }
            Statement::ExportAllDeclaration(export) => {
                names.extend(export.exported.iter().map(|name| name.name().to_string()));
            }
            _ => {}
        }
    }
    names
}

fn declared(declaration: &oxc::ast::ast::Declaration<'_>, names: &mut Vec<String>) {
    use oxc::ast::ast::Declaration;
    match declaration {
        Declaration::VariableDeclaration(variables) => {
            for declarator in &variables.declarations {
                names.extend(declarator.id.get_binding_identifiers().iter().map(|id| id.name.to_string()));
            }
        }
        Declaration::FunctionDeclaration(function) => names.extend(function.id.iter().map(|id| id.name.to_string())),
        Declaration::ClassDeclaration(class) => names.extend(class.id.iter().map(|id| id.name.to_string())),
        _ => {}
    }
}

struct Scanner {
    statements: Vec<Import>,
    calls: Vec<Import>,
}

impl<'a> Visit<'a> for Scanner {
    fn visit_statement(&mut self, statement: &Statement<'a>) {
        let source = match statement {
            Statement::ImportDeclaration(import) => Some(&import.source),
            Statement::ExportFromDeclaration(export) => Some(&export.source),
            Statement::ExportAllDeclaration(export) => Some(&export.source),
            _ => None,
        };
        if let Some(source) = source {
            self.statements.push(Import { kind: "import-statement", path: source.value.to_string() });
        }
        walk::walk_statement(self, statement);
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        if let Expression::StringLiteral(source) = &import.source {
            self.calls.push(Import { kind: "dynamic-import", path: source.value.to_string() });
        }
        walk::walk_import_expression(self, import);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let kind = match &call.callee {
            Expression::Identifier(name) if name.name == "require" => Some("require-call"),
            Expression::StaticMemberExpression(member)
                if member.property.name == "resolve"
                    && matches!(&member.object, Expression::Identifier(name) if name.name == "require") =>
            {
                Some("require-resolve")
            }
            _ => None,
        };
        let argument = call.arguments.first().and_then(|argument| argument.as_expression());
        if let (Some(kind), Some(Expression::StringLiteral(source))) = (kind, argument) {
            self.calls.push(Import { kind, path: source.value.to_string() });
        }
        walk::walk_call_expression(self, call);
    }
}
