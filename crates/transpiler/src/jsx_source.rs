//! JSX in development without the places of the elements: Bun passes `undefined` for them, and an
//! object per element costs more than the element.

use oxc::allocator::Allocator;
use oxc::ast::ast::{Argument, BindingPattern, CallExpression, Expression, Program, Statement};
use oxc::ast::builder::AstBuilder;
use oxc::ast_visit::{VisitMut, walk_mut};
use oxc::span::SPAN;

/// The transformer's name for the variable that holds the file's name.
const FILE_NAME: &str = "_jsxFileName";

/// Replaces the `source` argument of `jsxDEV` calls by `undefined`.
pub(crate) fn drop_sources<'a>(program: &mut Program<'a>, allocator: &'a Allocator) {
    let before = program.body.len();
    program.body.retain(|statement| !is_file_name(statement));
    if program.body.len() < before {
        Dropper { allocator }.visit_program(program);
    }
}

fn is_file_name(statement: &Statement<'_>) -> bool {
    let Statement::VariableDeclaration(variables) = statement else { return false };
    matches!(variables.declarations.as_slice(), [declarator]
        if declarator.span.is_unspanned()
            && matches!(&declarator.id, BindingPattern::BindingIdentifier(id) if id.name.starts_with(FILE_NAME)))
}

struct Dropper<'a> {
    allocator: &'a Allocator,
}

impl<'a> VisitMut<'a> for Dropper<'a> {
    fn visit_call_expression(&mut self, call: &mut CallExpression<'a>) {
        let is_jsx = match &call.callee {
            Expression::Identifier(name) => name.name.starts_with("_jsxDEV"),
            Expression::StaticMemberExpression(member) => member.property.name == "jsxDEV",
            Expression::SequenceExpression(_) => true,
            _ => false,
        };
        if is_jsx
            && call.arguments.len() == 6
            && let Some(source @ Argument::ObjectExpression(_)) = call.arguments.get_mut(4)
        {
            *source = Argument::from(Expression::new_void_0(SPAN, &AstBuilder::new(self.allocator)));
        }
        walk_mut::walk_call_expression(self, call);
    }
}
