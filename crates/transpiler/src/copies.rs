//! A `const` or `let` that only copies a variable and is used once, in the statement behind it, makes way for that
//! variable, as in Bun: `const c = context; return handle(c)` becomes `return handle(context)`. Libraries read the text of
//! functions and look for the names of parameters in it.
//!
//! Bun has this from esbuild (`substituteSingleUseSymbolInStmt`), for more than copies. Here only what nobody can tell
//! apart is done: the variable never changes, nothing that could have an effect is evaluated between declaration and use,
//! and there is no `eval` that could ask for the name.

use oxc::allocator::Vec as ArenaVec;
use oxc::ast::ast::{
    Argument, ArrayExpressionElement, AssignmentTarget, ChainElement, Expression, FunctionBody, ObjectPropertyKind,
    Program, Statement, VariableDeclaration, VariableDeclarator,
};
use oxc::ast_visit::{VisitMut, walk_mut};
use oxc::semantic::{ReferenceId, ScopeId, Scoping, SymbolId};
use oxc::syntax::operator::UnaryOperator;
use oxc::syntax::symbol::SymbolFlags;

/// Puts variables in the place of their copies, within functions.
pub(crate) fn replace(program: &mut Program<'_>, scoping: &Scoping) {
    let text = program.source_text;
    let has_scopes_of_its_own = text.contains("eval") || (program.source_type.is_script() && text.contains("with"));
    if !has_scopes_of_its_own {
        Replacer { scoping, depth: 0 }.visit_program(program);
    }
}

struct Replacer<'s> {
    scoping: &'s Scoping,
    /// Functions around.
    depth: usize,
}

/// A copy on its way to its use.
struct Copy<'a> {
    /// The one place where it is used.
    used: ReferenceId,
    /// The variable; nothing once it is there.
    variable: Option<Expression<'a>>,
}

/// How the search for the use went on an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Search {
    /// It is there.
    Done,
    /// Nothing so far could have an effect.
    On,
    /// What follows may see an effect.
    Over,
}

impl<'a> VisitMut<'a> for Replacer<'_> {
    fn visit_function_body(&mut self, body: &mut FunctionBody<'a>) {
        self.depth += 1;
        walk_mut::walk_function_body(self, body);
        self.depth -= 1;
    }

    fn visit_statements(&mut self, statements: &mut ArenaVec<'a, Statement<'a>>) {
        let mut at = 0;
        while self.depth > 0 && at + 1 < statements.len() {
            let (before, after) = statements.split_at_mut(at + 1);
            let emptied = match &mut before[at] {
                Statement::VariableDeclaration(declaration) => self.shorten(declaration, &mut after[0]),
                _ => false,
            };
            if emptied {
                statements.remove(at);
                at = at.saturating_sub(1);
            } else {
                at += 1;
            }
        }
        walk_mut::walk_statements(self, statements);
    }
}

impl<'a> Replacer<'_> {
    /// Takes copies off the end of a declaration; gives whether nothing is left of it.
    fn shorten(&self, declaration: &mut VariableDeclaration<'a>, next: &mut Statement<'a>) -> bool {
        while (declaration.kind.is_const() || declaration.kind == oxc::ast::ast::VariableDeclarationKind::Let)
            && let Some(used) = declaration.declarations.last().and_then(|last| self.used_once(last))
            && let Some(mut last) = declaration.declarations.pop()
        {
            let mut copy = Copy { used, variable: last.init.take() };
            if copy.put_in_statement(next) == Search::Done {
                continue;
            }
            last.init = copy.variable;
            declaration.declarations.push(last);
            return false;
        }
        declaration.declarations.is_empty()
    }

    /// The one use of a declarator that copies a variable which does not change and which the use can name.
    fn used_once(&self, declarator: &VariableDeclarator<'a>) -> Option<ReferenceId> {
        let name = declarator.id.get_binding_identifier()?.symbol_id.get()?;
        let Expression::Identifier(init) = declarator.init.as_ref()?.get_inner_expression() else { return None };
        let [used] = *self.scoping.get_resolved_reference_ids(name) else { return None };
        let reference = self.scoping.get_reference(used);
        let variable = self.scoping.get_reference(init.reference_id.get()?).symbol_id()?;
        let plain = reference.is_value() && reference.is_read() && !reference.is_write();
        (plain && variable != name && self.is_fixed(variable) && self.names(reference.scope_id(), variable))
            .then_some(used)
    }

    /// Whether a variable can be read at any time, and nobody assigns to it: a parameter, as a rule.
    fn is_fixed(&self, variable: SymbolId) -> bool {
        let flags = self.scoping.symbol_flags(variable);
        flags.contains(SymbolFlags::FunctionScopedVariable) && !self.scoping.symbol_is_mutated(variable)
    }

    /// Whether the name of a variable means it in a scope.
    fn names(&self, scope: ScopeId, variable: SymbolId) -> bool {
        self.scoping.find_binding(scope, self.scoping.symbol_ident(variable)) == Some(variable)
    }
}

impl<'a> Copy<'a> {
    /// Looks in what a statement evaluates first.
    fn put_in_statement(&mut self, statement: &mut Statement<'a>) -> Search {
        match statement {
            Statement::ExpressionStatement(it) => self.put(&mut it.expression),
            Statement::ReturnStatement(it) => self.put_in(it.argument.as_mut()),
            Statement::ThrowStatement(it) => self.put(&mut it.argument),
            Statement::IfStatement(it) => self.put(&mut it.test),
            Statement::SwitchStatement(it) => self.put(&mut it.discriminant),
            Statement::VariableDeclaration(it) if !it.kind.is_using() => match it.declarations.first_mut() {
                Some(first) if first.id.is_binding_identifier() => self.put_in(first.init.as_mut()),
                _ => Search::Over,
            },
            _ => Search::Over,
        }
    }

    fn put_in(&mut self, expression: Option<&mut Expression<'a>>) -> Search {
        expression.map_or(Search::On, |expression| self.put(expression))
    }

    /// Looks in one expression behind the other; `after` says what their evaluation as a whole may have.
    fn put_in_each<'e>(&mut self, parts: impl IntoIterator<Item = &'e mut Expression<'a>>, after: Search) -> Search
    where
        'a: 'e,
    {
        for part in parts {
            let search = self.put(part);
            if search != Search::On {
                return search;
            }
        }
        after
    }

    /// Looks in an expression, in the order in which it is evaluated.
    fn put(&mut self, expression: &mut Expression<'a>) -> Search {
        match expression {
            Expression::Identifier(it) if it.reference_id.get() == Some(self.used) => {
                let span = it.span;
                if let Some(mut variable) = self.variable.take() {
                    if let Expression::Identifier(variable) = &mut variable {
                        variable.span = span; // an error names the place of the use
                    }
                    *expression = variable;
                }
                Search::Done
            }
            Expression::Identifier(_)
            | Expression::ThisExpression(_)
            | Expression::NullLiteral(_)
            | Expression::BooleanLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::BigIntLiteral(_)
            | Expression::StringLiteral(_)
            | Expression::RegExpLiteral(_)
            | Expression::FunctionExpression(_)
            | Expression::ArrowFunctionExpression(_) => Search::On,
            Expression::StaticMemberExpression(it) => self.put_in_each([&mut it.object], Search::Over),
            Expression::ComputedMemberExpression(it) => {
                let it = &mut **it;
                self.put_in_each([&mut it.object, &mut it.expression], Search::Over)
            }
            Expression::CallExpression(it) => {
                let it = &mut **it;
                self.put_in_call(&mut it.callee, &mut it.arguments)
            }
            Expression::NewExpression(it) => {
                let it = &mut **it;
                self.put_in_call(&mut it.callee, &mut it.arguments)
            }
            Expression::ChainExpression(it) => self.put_in_chain(&mut it.expression),
            Expression::BinaryExpression(it) => {
                let it = &mut **it;
                self.put_in_each([&mut it.left, &mut it.right], Search::Over)
            }
            Expression::LogicalExpression(it) => {
                let it = &mut **it;
                self.put_in_each([&mut it.left, &mut it.right], Search::On)
            }
            Expression::ConditionalExpression(it) => match self.put(&mut it.test) {
                Search::On => match (self.put(&mut it.consequent), &mut it.alternate) {
                    (Search::Done, _) => Search::Done,
                    (Search::On, alternate) => self.put(alternate),
                    // What one branch does, the other does not see.
                    (Search::Over, alternate) => match self.put(alternate) {
                        Search::Done => Search::Done,
                        _ => Search::Over,
                    },
                },
                search => search,
            },
            Expression::UnaryExpression(it) => {
                let pure =
                    matches!(it.operator, UnaryOperator::LogicalNot | UnaryOperator::Typeof | UnaryOperator::Void);
                self.put_in_each([&mut it.argument], if pure { Search::On } else { Search::Over })
            }
            Expression::AwaitExpression(it) => self.put_in_each([&mut it.argument], Search::Over),
            Expression::YieldExpression(it) => match self.put_in(it.argument.as_mut()) {
                Search::Done => Search::Done,
                _ => Search::Over,
            },
            Expression::SequenceExpression(it) => self.put_in_each(it.expressions.iter_mut(), Search::On),
            Expression::TemplateLiteral(it) => {
                self.put_in_each(it.expressions.iter_mut().take(1), Search::Over) // its text may be made by a method
            }
            Expression::AssignmentExpression(it)
                if matches!(it.left, AssignmentTarget::AssignmentTargetIdentifier(_)) =>
            {
                self.put_in_each([&mut it.right], Search::Over)
            }
            Expression::ArrayExpression(it) => {
                for element in &mut it.elements {
                    let search = match element {
                        ArrayExpressionElement::Elision(_) => Search::On,
                        ArrayExpressionElement::SpreadElement(spread) => {
                            self.put_in_each([&mut spread.argument], Search::Over)
                        }
                        element => element.as_expression_mut().map_or(Search::Over, |it| self.put(it)),
                    };
                    if search != Search::On {
                        return search;
                    }
                }
                Search::On
            }
            Expression::ObjectExpression(it) => {
                for property in &mut it.properties {
                    let search = match property {
                        ObjectPropertyKind::SpreadProperty(spread) => {
                            self.put_in_each([&mut spread.argument], Search::Over)
                        }
                        ObjectPropertyKind::ObjectProperty(property) if property.computed => Search::Over,
                        ObjectPropertyKind::ObjectProperty(property) => {
                            let search = self.put(&mut property.value);
                            property.shorthand &= search != Search::Done;
                            search
                        }
                    };
                    if search != Search::On {
                        return search;
                    }
                }
                Search::On
            }
            Expression::TSAsExpression(it) => self.put(&mut it.expression),
            Expression::TSSatisfiesExpression(it) => self.put(&mut it.expression),
            Expression::TSNonNullExpression(it) => self.put(&mut it.expression),
            Expression::TSTypeAssertion(it) => self.put(&mut it.expression),
            _ => Search::Over,
        }
    }

    fn put_in_call(&mut self, callee: &mut Expression<'a>, arguments: &mut ArenaVec<'a, Argument<'a>>) -> Search {
        let search = self.put(callee);
        if search != Search::On {
            return search;
        }
        for argument in arguments {
            let search = match argument {
                Argument::SpreadElement(spread) => self.put_in_each([&mut spread.argument], Search::Over),
                argument => argument.as_expression_mut().map_or(Search::Over, |it| self.put(it)),
            };
            if search != Search::On {
                return search;
            }
        }
        Search::Over
    }

    /// Looks in what an optional chain begins with.
    fn put_in_chain(&mut self, chain: &mut ChainElement<'a>) -> Search {
        let start = match chain {
            ChainElement::CallExpression(it) => &mut it.callee,
            ChainElement::StaticMemberExpression(it) => &mut it.object,
            ChainElement::ComputedMemberExpression(it) => &mut it.object,
            ChainElement::TSNonNullExpression(it) => &mut it.expression,
            ChainElement::PrivateFieldExpression(it) => &mut it.object,
        };
        self.put_in_each([start], Search::Over)
    }
}

#[cfg(test)]
mod tests {
    use crate::{TranspileOptions, transpile};

    fn body(source: &str) -> String {
        let done = transpile(&format!("export {source}"), "a.ts", &TranspileOptions::default()).unwrap();
        let code = done.code.split_whitespace().collect::<Vec<_>>().join(" ");
        code.split_once("{ ")
            .and_then(|(_, rest)| rest.rsplit_once(" }"))
            .map_or(code.clone(), |(body, _)| body.to_owned())
    }

    #[test]
    fn a_copy_makes_way() {
        assert_eq!(body("function f(x) { const c = x; return g(c) }"), "return g(x);");
        assert_eq!(body("function f(x) { const c = x as any; const d = c; return g(d!) }"), "return g(x);");
        assert_eq!(
            body("function f(x) { const c = x; return { c, d: [c2, ...c3] } }"),
            "return { c: x, d: [c2, ...c3] };"
        );
    }

    #[test]
    fn what_could_be_told_apart_stays() {
        for source in [
            "const c = x; x = 2; return c;",
            "let c = x; c = 2; return c;",
            "const c = x; return eval(c);",
            "const c = x; return g(h(), c);",
            "const c = x; { const x = 1; g(c, x); }",
            "const c = x; return function() { return c; };",
            "const c = y; return g(c);",
            "for (x of y) { const c = x; g(c); }",
        ] {
            assert_eq!(body(&format!("function f(x) {{ {source} }}")), source);
        }
    }
}
