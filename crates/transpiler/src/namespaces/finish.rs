//! After the transformer: the placeholders get the names that it has chosen.

use std::collections::HashMap;

use oxc::allocator::{Allocator, TakeIn};
use oxc::ast::ast::{
    Argument, CallExpression, Expression, Function, IdentifierName, IdentifierReference, Program, VariableDeclaration,
};
use oxc::ast::builder::AstBuilder;
use oxc::ast_visit::{VisitMut, walk_mut};
use oxc::span::Span;
use oxc::str::Ident;
use oxc::syntax::operator::LogicalOperator;
use oxc::syntax::scope::ScopeFlags;

use super::{PLACEHOLDER, Parts};

/// Completes a lowered program.
pub(crate) fn finish<'a>(program: &mut Program<'a>, parts: &Parts, allocator: &'a Allocator) {
    if parts.namespaces.is_empty() {
        return;
    }
    let indices = parts.namespaces.iter().enumerate().map(|(index, span)| (*span, index)).collect();
    let builder = AstBuilder::new(allocator);
    let names = vec![None; parts.namespaces.len()];
    Finisher { indices, names, continued: &parts.continued, allocator, builder, object: None }.visit_program(program);
}

struct Finisher<'s, 'a> {
    indices: HashMap<Span, usize>,
    /// The parameter of each part's function.
    names: Vec<Option<String>>,
    continued: &'s [Span],
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
    /// The parameter of the function that is being visited.
    object: Option<String>,
}

impl<'a> VisitMut<'a> for Finisher<'_, 'a> {
    fn visit_function(&mut self, function: &mut Function<'a>, flags: ScopeFlags) {
        let index = if function.id.is_none() { self.indices.get(&function.span).copied() } else { None };
        let Some(index) = index else { return walk_mut::walk_function(self, function, flags) };
        let parameter = function.params.items.first().and_then(|item| item.pattern.get_identifier_name());
        let name = parameter.map(|name| name.to_string());
        self.names[index].clone_from(&name);
        let outer = std::mem::replace(&mut self.object, name);
        walk_mut::walk_function(self, function, flags);
        self.object = outer;
    }

    fn visit_identifier_reference(&mut self, identifier: &mut IdentifierReference<'a>) {
        let index = identifier.name.as_str().strip_prefix(PLACEHOLDER).and_then(|rest| rest.strip_suffix('$'));
        let name = index.and_then(|index| self.names.get(index.parse::<usize>().ok()?)?.as_deref());
        if let Some(name) = name {
            identifier.name = Ident::from_str_in(name, &self.allocator);
        }
    }

    /// `let E = (function (E) {…})({})` continues the enum: `(…)(N.E || {})`.
    fn visit_variable_declaration(&mut self, declaration: &mut VariableDeclaration<'a>) {
        if let Some(object) = self.object.clone()
            && let [declarator] = declaration.declarations.as_mut_slice()
            && self.continued.contains(&declarator.span)
            && let Some(name) = declarator.id.get_identifier_name()
            && let Some(Expression::CallExpression(call)) = &mut declarator.init
        {
            self.continue_enum(call, &object, name.as_str());
        }
        walk_mut::walk_variable_declaration(self, declaration);
    }
}

impl<'a> Finisher<'_, 'a> {
    fn continue_enum(&self, call: &mut CallExpression<'a>, object: &str, name: &str) {
        let [argument] = call.arguments.as_mut_slice() else { return };
        let (span, builder) = (call.span, &self.builder);
        let fresh = argument.to_expression_mut().take_in(&self.allocator);
        let object = Expression::new_identifier(span, Ident::from_str_in(object, &self.allocator), builder);
        let member = IdentifierName::new(span, Ident::from_str_in(name, &self.allocator), builder);
        let earlier = Expression::new_static_member_expression(span, object, member, false, builder);
        let either = Expression::new_logical_expression(span, earlier, LogicalOperator::Or, fresh, builder);
        *argument = Argument::from(either);
    }
}
