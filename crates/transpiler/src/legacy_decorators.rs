//! Decorators as TypeScript had them first: on fields, which are assigned and not defined, and on parameters.
//!
//! A legacy decorator puts its accessor on the prototype, where a field that is defined on the instance would hide it. So a decorated
//! field without an initializer is none, and one with an initializer assigns after the other fields, in the value of a private
//! field that stands for all of them: there the initializer keeps its `this` and its names, and no constructor has to be made.

use oxc::allocator::{Allocator, ArenaVec};
use oxc::ast::ast::{
    AssignmentTarget, Class, ClassElement, Expression, FormalParameter, IdentifierName, Program, PropertyDefinition,
    PropertyDefinitionType, PropertyKey, SimpleAssignmentTarget,
};
use oxc::ast::builder::AstBuilder;
use oxc::ast_visit::{VisitMut, walk_mut};
use oxc::span::SPAN;
use oxc::syntax::operator::AssignmentOperator;

/// The private field whose value assigns the others.
const ASSIGNS: &str = "$dxDecoratedFields";

/// Rewrites the decorated fields of all classes; to be called before the scopes are known.
pub(crate) fn assign<'a>(program: &mut Program<'a>, allocator: &'a Allocator) {
    Assigner { allocator, builder: AstBuilder::new(allocator) }.visit_program(program);
}

/// Drops decorators of parameters, which standard decorators do not have; Bun does so without a word.
pub(crate) fn drop_from_parameters(program: &mut Program<'_>) {
    Dropper.visit_program(program);
}

struct Dropper;

impl<'a> VisitMut<'a> for Dropper {
    fn visit_formal_parameter(&mut self, parameter: &mut FormalParameter<'a>) {
        parameter.decorators.clear();
        walk_mut::walk_formal_parameter(self, parameter);
    }
}

struct Assigner<'a> {
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
}

impl<'a> VisitMut<'a> for Assigner<'a> {
    fn visit_class(&mut self, class: &mut Class<'a>) {
        walk_mut::walk_class(self, class);
        let mut assignments = ArenaVec::new_in(&self.allocator);
        for element in &mut class.body.body {
            if let ClassElement::PropertyDefinition(field) = element
                && is_decorated(field)
            {
                assignments.extend(self.assignment(field));
            }
        }
        if !assignments.is_empty() {
            class.body.body.push(self.private_field(assignments));
        }
    }
}

fn is_decorated(field: &PropertyDefinition<'_>) -> bool {
    field.r#type == PropertyDefinitionType::PropertyDefinition
        && !field.decorators.is_empty()
        && !field.declare
        && !field.computed
        && !field.key.is_private_identifier()
}

impl<'a> Assigner<'a> {
    /// Leaves of a field what its decorators need, and gives the assignment that stands for the rest.
    fn assignment(&self, field: &mut PropertyDefinition<'a>) -> Option<Expression<'a>> {
        if field.r#static {
            field.declare = field.value.is_none();
            return None;
        }
        let target = self.property_of_this(&field.key)?;
        field.declare = true;
        let value = field.value.take()?;
        let operator = AssignmentOperator::Assign;
        Some(Expression::new_assignment_expression(field.span, operator, target, value, &self.builder))
    }

    fn property_of_this(&self, key: &PropertyKey<'a>) -> Option<AssignmentTarget<'a>> {
        let builder = &self.builder;
        let this = Expression::new_this_expression(SPAN, builder);
        let target = if let PropertyKey::StaticIdentifier(name) = key {
            let name = IdentifierName::new(name.span, name.name, builder);
            SimpleAssignmentTarget::new_static_member_expression(SPAN, this, name, false, builder)
        } else {
            let name = key.static_name()?;
            let name = Expression::new_string_literal(SPAN, self.allocator.alloc_str(&name), None, builder);
            SimpleAssignmentTarget::new_computed_member_expression(SPAN, this, name, false, builder)
        };
        Some(AssignmentTarget::from(target))
    }

    fn private_field(&self, mut assignments: ArenaVec<'a, Expression<'a>>) -> ClassElement<'a> {
        let builder = &self.builder;
        let key = PropertyKey::new_private_identifier(SPAN, ASSIGNS, builder);
        assignments.push(Expression::new_void_0(SPAN, builder));
        let value = Expression::new_sequence_expression(SPAN, assignments, builder);
        ClassElement::new_property_definition(
            SPAN,
            PropertyDefinitionType::PropertyDefinition,
            ArenaVec::new_in(&self.allocator),
            key,
            None,
            Some(value),
            false,
            false,
            false,
            false,
            false,
            false,
            false,
            None,
            builder,
        )
    }
}
