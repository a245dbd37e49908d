//! `require.main === module` in an ES module: Bun reads it as `import.meta.main`.

use oxc::allocator::Allocator;
use oxc::ast::ast::{BinaryExpression, Expression, IdentifierName, Program, UnaryOperator};
use oxc::ast::builder::AstBuilder;
use oxc::ast_visit::{VisitMut, walk_mut};
use oxc::semantic::Scoping;
use oxc::span::GetSpan;
use oxc::syntax::operator::BinaryOperator;

use crate::module_kind::is_free;

/// Rewrites comparisons of `require.main` with `module`; tells whether there were any.
pub(crate) fn rewrite<'a>(program: &mut Program<'a>, scoping: &Scoping, allocator: &'a Allocator) -> bool {
    if !is_free(scoping, "require") || !is_free(scoping, "module") {
        return false;
    }
    let mut rewriter = Rewriter { scoping, builder: AstBuilder::new(allocator), found: false };
    rewriter.visit_program(program);
    rewriter.found
}

struct Rewriter<'s, 'a> {
    scoping: &'s Scoping,
    builder: AstBuilder<'a>,
    found: bool,
}

impl Rewriter<'_, '_> {
    fn compares(&self, comparison: &BinaryExpression<'_>) -> bool {
        let (left, right) = (&comparison.left, &comparison.right);
        comparison.operator.is_equality()
            && (self.is_main(left) && self.is_global(right, "module")
                || self.is_global(left, "module") && self.is_main(right))
    }

    fn is_main(&self, expression: &Expression<'_>) -> bool {
        matches!(expression, Expression::StaticMemberExpression(member)
            if member.property.name == "main" && self.is_global(&member.object, "require"))
    }

    fn is_global(&self, expression: &Expression<'_>, name: &str) -> bool {
        matches!(expression, Expression::Identifier(identifier) if identifier.name == name
            && identifier.reference_id.get().is_some_and(|id| self.scoping.get_reference(id).symbol_id().is_none()))
    }
}

impl<'a> VisitMut<'a> for Rewriter<'_, 'a> {
    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        let Expression::BinaryExpression(comparison) = &*expression else {
            return walk_mut::walk_expression(self, expression);
        };
        if !self.compares(comparison) {
            return walk_mut::walk_expression(self, expression);
        }
        let negated = matches!(comparison.operator, BinaryOperator::Inequality | BinaryOperator::StrictInequality);
        let (span, builder) = (comparison.span(), &self.builder);
        let meta = Expression::new_import_meta(span, builder);
        let main = IdentifierName::new(span, "main", builder);
        let is_main = Expression::new_static_member_expression(span, meta, main, false, builder);
        *expression = if negated {
            Expression::new_unary_expression(span, UnaryOperator::LogicalNot, is_main, builder)
        } else {
            is_main
        };
        self.found = true;
    }
}
