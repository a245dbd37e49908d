//! `const { a, b: [c] } = v` as `({ a: N.a, b: [N.c] } = v)`.

use oxc::allocator::{Allocator, ArenaBox, ArenaVec};
use oxc::ast::ast::{
    AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, AssignmentTargetPropertyProperty,
    AssignmentTargetRest, AssignmentTargetWithDefault, BindingPattern, BindingProperty, BindingRestElement, Expression,
    IdentifierName, SimpleAssignmentTarget,
};
use oxc::ast::builder::AstBuilder;
use oxc::span::{GetSpan, Span};
use oxc::str::Ident;

/// Turns what a declaration binds into members of an object.
pub(super) struct Targets<'s, 'a> {
    pub(super) object: &'s str,
    pub(super) allocator: &'a Allocator,
    pub(super) builder: &'s AstBuilder<'a>,
}

impl<'a> Targets<'_, 'a> {
    pub(super) fn target(&self, pattern: BindingPattern<'a>) -> AssignmentTarget<'a> {
        let (span, builder) = (pattern.span(), self.builder);
        match pattern {
            BindingPattern::BindingIdentifier(identifier) => {
                AssignmentTarget::from(self.member(identifier.span, identifier.name.as_str()))
            }
            BindingPattern::ObjectPattern(object) => {
                let object = object.unbox();
                let properties = object.properties.into_iter().map(|property| self.property(property));
                let properties = ArenaVec::from_iter_in(properties, &self.allocator);
                AssignmentTarget::new_object_assignment_target(span, properties, self.rest(object.rest), builder)
            }
            BindingPattern::ArrayPattern(array) => {
                let array = array.unbox();
                let elements =
                    array.elements.into_iter().map(|element| element.map(|pattern| self.maybe_default(pattern)));
                let elements = ArenaVec::from_iter_in(elements, &self.allocator);
                AssignmentTarget::new_array_assignment_target(span, elements, self.rest(array.rest), builder)
            }
            // A default stands within a pattern only, where `maybe_default` takes it.
            BindingPattern::AssignmentPattern(pattern) => self.target(pattern.unbox().left),
        }
    }

    fn member(&self, span: Span, name: &str) -> SimpleAssignmentTarget<'a> {
        let object = Expression::new_identifier(span, Ident::from_str_in(self.object, &self.allocator), self.builder);
        let property = IdentifierName::new(span, Ident::from_str_in(name, &self.allocator), self.builder);
        SimpleAssignmentTarget::new_static_member_expression(span, object, property, false, self.builder)
    }

    fn property(&self, property: BindingProperty<'a>) -> AssignmentTargetProperty<'a> {
        let BindingProperty { span, key, value, computed, .. } = property;
        let binding = self.maybe_default(value);
        AssignmentTargetProperty::AssignmentTargetPropertyProperty(AssignmentTargetPropertyProperty::boxed(
            span,
            key,
            binding,
            computed,
            self.builder,
        ))
    }

    fn maybe_default(&self, pattern: BindingPattern<'a>) -> AssignmentTargetMaybeDefault<'a> {
        let span = pattern.span();
        match pattern {
            BindingPattern::AssignmentPattern(pattern) => {
                let pattern = pattern.unbox();
                let target = self.target(pattern.left);
                AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(AssignmentTargetWithDefault::boxed(
                    span,
                    target,
                    pattern.right,
                    self.builder,
                ))
            }
            pattern => AssignmentTargetMaybeDefault::from(self.target(pattern)),
        }
    }

    fn rest(
        &self,
        rest: Option<ArenaBox<'a, BindingRestElement<'a>>>,
    ) -> Option<ArenaBox<'a, AssignmentTargetRest<'a>>> {
        let rest = rest?.unbox();
        Some(AssignmentTargetRest::boxed(rest.span, self.target(rest.argument), self.builder))
    }
}
