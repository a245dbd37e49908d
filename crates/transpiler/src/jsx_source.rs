//! JSX in development without the places of the elements: Bun passes `undefined` for them, and an
//! object per element costs more than the element. `createElement`, which an element with a `key` after
//! a spread becomes, gets no `__self` and `__source`.

use oxc::allocator::Allocator;
use oxc::ast::ast::{
    Argument, BindingPattern, CallExpression, Expression, ObjectPropertyKind, Program, PropertyKey, Statement,
};
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
        if calls(call, "_jsxDEV", "jsxDEV")
            && call.arguments.len() == 6
            && let Some(source @ Argument::ObjectExpression(_)) = call.arguments.get_mut(4)
        {
            *source = Argument::from(Expression::new_void_0(SPAN, &AstBuilder::new(self.allocator)));
        } else if calls(call, "_createElement", "createElement")
            && let Some(Argument::ObjectExpression(properties)) = call.arguments.get_mut(1)
        {
            properties.properties.retain(|property| !is_added(property));
        }
        walk_mut::walk_call_expression(self, call);
    }
}

/// Whether the transformer wrote the call: of a function that it imported, or of a property of what it required.
fn calls(call: &CallExpression<'_>, imported: &str, property: &str) -> bool {
    match &call.callee {
        Expression::Identifier(name) => name.name.starts_with(imported),
        Expression::StaticMemberExpression(member) => member.property.name == property,
        Expression::SequenceExpression(_) => true,
        _ => false,
    }
}

fn is_added(property: &ObjectPropertyKind<'_>) -> bool {
    let ObjectPropertyKind::ObjectProperty(property) = property else { return false };
    property.span.is_unspanned()
        && matches!(&property.key, PropertyKey::StaticIdentifier(name) if name.name == "__self" || name.name == "__source")
}
