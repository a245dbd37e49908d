//! Before the transformer: names become members of the namespace that exports them.

use oxc::allocator::{Allocator, ArenaVec, TakeIn};
use oxc::ast::ast::{
    AssignmentTargetMaybeDefault, AssignmentTargetProperty, AssignmentTargetPropertyProperty,
    AssignmentTargetWithDefault, Declaration, Expression, IdentifierName, IdentifierReference, JSXElementName,
    JSXIdentifier, JSXMemberExpression, JSXMemberExpressionObject, ObjectProperty, Program, PropertyKey,
    SimpleAssignmentTarget, Statement, TSModuleBlock, TSModuleReference, TSNamespaceDeclaration, TSQualifiedName,
    TSType, TSTypeName, VariableDeclaration,
};
use oxc::ast::builder::AstBuilder;
use oxc::ast_visit::{VisitMut, walk_mut};
use oxc::semantic::Scoping;
use oxc::span::Span;
use oxc::str::{Ident, Str};
use oxc::syntax::operator::AssignmentOperator;

use super::PLACEHOLDER;
use super::collect::{Found, Object};
use super::targets::Targets;

/// Rewrites the program by what `collect` found in it.
pub(super) fn rewrite<'a>(program: &mut Program<'a>, scoping: &Scoping, found: &Found, allocator: &'a Allocator) {
    let builder = AstBuilder::new(allocator);
    Rewriter { scoping, found, allocator, builder, part: None }.visit_program(program);
}

struct Rewriter<'s, 'a> {
    scoping: &'s Scoping,
    found: &'s Found,
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
    /// The part of a namespace that is being visited.
    part: Option<usize>,
}

impl<'a> Rewriter<'_, 'a> {
    /// The object that a name is a member of: the innermost namespace or enum that has it.
    fn owner(&self, identifier: &IdentifierReference<'a>) -> Option<String> {
        let reference = self.scoping.get_reference(identifier.reference_id.get()?);
        let declared_in = reference.symbol_id().map(|symbol| self.scoping.symbol_scope_id(symbol));
        for scope in self.scoping.scope_ancestors(reference.scope_id()) {
            let is_here = declared_in == Some(scope);
            if let Some(part) = self.found.parts.get(&scope)
                && self.found.wholes[part.whole].exports.contains(identifier.name.as_str())
            {
                match &part.object {
                    // Within its own part a member of an enum is the transformer's to qualify.
                    Object::Enum(name) if !is_here => return Some(name.clone()),
                    Object::Namespace(index) if !is_here || self.is_variable(reference.symbol_id()) => {
                        return Some(placeholder(*index));
                    }
                    _ => {}
                }
            }
            if is_here {
                return None;
            }
        }
        None
    }

    /// Functions, classes, enums and namespaces keep their local name in their own part.
    fn is_variable(&self, symbol: Option<oxc::semantic::SymbolId>) -> bool {
        symbol.is_some_and(|symbol| {
            let flags = self.scoping.symbol_flags(symbol);
            flags.is_variable() && !flags.is_function() && !flags.is_import()
        })
    }

    fn member(&self, span: Span, object: &str, name: &str) -> Expression<'a> {
        let object = Expression::new_identifier(span, Ident::from_str_in(object, &self.allocator), &self.builder);
        let property = IdentifierName::new(span, Ident::from_str_in(name, &self.allocator), &self.builder);
        Expression::new_static_member_expression(span, object, property, false, &self.builder)
    }

    fn member_target(&self, span: Span, object: &str, name: &str) -> SimpleAssignmentTarget<'a> {
        let object = Expression::new_identifier(span, Ident::from_str_in(object, &self.allocator), &self.builder);
        let property = IdentifierName::new(span, Ident::from_str_in(name, &self.allocator), &self.builder);
        SimpleAssignmentTarget::new_static_member_expression(span, object, property, false, &self.builder)
    }

    /// `export let a = 1, b;` as `N.a = 1;`. Exported variables are nothing but members.
    fn assignments(&self, variables: VariableDeclaration<'a>, object: &str) -> Statement<'a> {
        let (span, builder) = (variables.span, &self.builder);
        let targets = Targets { object, allocator: self.allocator, builder };
        let with_values = variables.declarations.into_iter().filter_map(|declarator| {
            let value = declarator.init?;
            let target = targets.target(declarator.id);
            let operator = AssignmentOperator::Assign;
            Some(Expression::new_assignment_expression(declarator.span, operator, target, value, builder))
        });
        let mut expressions = ArenaVec::from_iter_in(with_values, &self.allocator);
        match expressions.len() {
            0 => Statement::new_empty_statement(span, builder),
            1 => {
                let expression = expressions.remove(0);
                Statement::new_expression_statement(span, expression, builder)
            }
            _ => {
                let sequence = Expression::new_sequence_expression(span, expressions, builder);
                Statement::new_expression_statement(span, sequence, builder)
            }
        }
    }
}

fn placeholder(index: usize) -> String {
    format!("{PLACEHOLDER}{index}$")
}

impl<'a> VisitMut<'a> for Rewriter<'_, 'a> {
    fn visit_ts_namespace_declaration(&mut self, declaration: &mut TSNamespaceDeclaration<'a>) {
        if declaration.declare {
            return;
        }
        let index = declaration.scope_id.get().and_then(|scope| match self.found.parts.get(&scope)?.object {
            Object::Namespace(index) => Some(index),
            Object::Enum(_) => None,
        });
        let outer = std::mem::replace(&mut self.part, index);
        walk_mut::walk_ts_namespace_declaration(self, declaration);
        self.part = outer;
    }

    fn visit_ts_module_block(&mut self, block: &mut TSModuleBlock<'a>) {
        if let Some(index) = self.part {
            let object = placeholder(index);
            for statement in &mut block.body {
                if let Statement::ExportDeclaration(export) = statement
                    && let Declaration::VariableDeclaration(variables) = &mut export.declaration
                    && !variables.declare
                {
                    let variables = variables.as_mut().take_in(&self.allocator);
                    *statement = self.assignments(variables, &object);
                }
            }
        }
        walk_mut::walk_ts_module_block(self, block);
    }

    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        if let Expression::Identifier(identifier) = expression {
            if let Some(object) = self.owner(identifier) {
                *expression = self.member(identifier.span, &object, identifier.name.as_str());
            }
            return;
        }
        walk_mut::walk_expression(self, expression);
    }

    fn visit_object_property(&mut self, property: &mut ObjectProperty<'a>) {
        walk_mut::walk_object_property(self, property);
        property.shorthand &= matches!(property.value, Expression::Identifier(_));
    }

    fn visit_simple_assignment_target(&mut self, target: &mut SimpleAssignmentTarget<'a>) {
        if let SimpleAssignmentTarget::AssignmentTargetIdentifier(identifier) = target {
            if let Some(object) = self.owner(identifier) {
                *target = self.member_target(identifier.span, &object, identifier.name.as_str());
            }
            return;
        }
        walk_mut::walk_simple_assignment_target(self, target);
    }

    fn visit_assignment_target_property(&mut self, property: &mut AssignmentTargetProperty<'a>) {
        if let AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(identifier) = property
            && let Some(object) = self.owner(&identifier.binding)
        {
            let (span, name) = (identifier.span, identifier.binding.name.as_str());
            let target = self.member_target(span, &object, name).into();
            let init = identifier.init.take();
            let binding = match init {
                Some(init) => AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(
                    AssignmentTargetWithDefault::boxed(span, target, init, &self.builder),
                ),
                None => AssignmentTargetMaybeDefault::from(target),
            };
            let key =
                PropertyKey::new_static_identifier(span, Ident::from_str_in(name, &self.allocator), &self.builder);
            let whole = AssignmentTargetPropertyProperty::boxed(span, key, binding, false, &self.builder);
            *property = AssignmentTargetProperty::AssignmentTargetPropertyProperty(whole);
        }
        walk_mut::walk_assignment_target_property(self, property);
    }

    fn visit_jsx_element_name(&mut self, element: &mut JSXElementName<'a>) {
        if let JSXElementName::IdentifierReference(identifier) = element {
            if let Some(object) = self.owner(identifier) {
                let (span, builder) = (identifier.span, &self.builder);
                let object = JSXMemberExpressionObject::new_identifier_reference(
                    span,
                    Ident::from_str_in(&object, &self.allocator),
                    builder,
                );
                let property =
                    JSXIdentifier::new(span, Str::from_str_in(identifier.name.as_str(), &self.allocator), builder);
                *element = JSXElementName::new_member_expression(span, object, property, builder);
            }
            return;
        }
        walk_mut::walk_jsx_element_name(self, element);
    }

    fn visit_jsx_member_expression_object(&mut self, object: &mut JSXMemberExpressionObject<'a>) {
        if let JSXMemberExpressionObject::IdentifierReference(identifier) = object {
            if let Some(owner) = self.owner(identifier) {
                let (span, builder) = (identifier.span, &self.builder);
                let outer = JSXMemberExpressionObject::new_identifier_reference(
                    span,
                    Ident::from_str_in(&owner, &self.allocator),
                    builder,
                );
                let property =
                    JSXIdentifier::new(span, Str::from_str_in(identifier.name.as_str(), &self.allocator), builder);
                *object = JSXMemberExpressionObject::MemberExpression(JSXMemberExpression::boxed(
                    span, outer, property, builder,
                ));
            }
            return;
        }
        walk_mut::walk_jsx_member_expression_object(self, object);
    }

    /// `import a = b.c`
    fn visit_ts_module_reference(&mut self, reference: &mut TSModuleReference<'a>) {
        if let TSModuleReference::IdentifierReference(identifier) = reference {
            if let Some(object) = self.owner(identifier) {
                *reference = TSModuleReference::QualifiedName(self.qualified(identifier, &object));
            }
            return;
        }
        walk_mut::walk_ts_module_reference(self, reference);
    }

    fn visit_ts_type_name(&mut self, name: &mut TSTypeName<'a>) {
        if let TSTypeName::IdentifierReference(identifier) = name {
            if let Some(object) = self.owner(identifier) {
                *name = TSTypeName::QualifiedName(self.qualified(identifier, &object));
            }
            return;
        }
        walk_mut::walk_ts_type_name(self, name);
    }

    /// Types leave no trace.
    fn visit_ts_type(&mut self, _: &mut TSType<'a>) {}
}

impl<'a> Rewriter<'_, 'a> {
    fn qualified(
        &self,
        identifier: &IdentifierReference<'a>,
        object: &str,
    ) -> oxc::allocator::ArenaBox<'a, TSQualifiedName<'a>> {
        let (span, builder) = (identifier.span, &self.builder);
        let left = TSTypeName::new_identifier_reference(span, Ident::from_str_in(object, &self.allocator), builder);
        let right = IdentifierName::new(span, identifier.name, builder);
        TSQualifiedName::boxed(span, left, right, builder)
    }
}
