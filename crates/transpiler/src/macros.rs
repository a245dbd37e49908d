//! Macros: functions that run when a bundle is made, `import { f } from "./f" with { type: "macro" }`.

use std::collections::HashMap;

use oxc::allocator::Allocator;
use oxc::ast::ast::{
    Argument, ArrayExpressionElement, CallExpression, Expression, ImportDeclaration, ImportDeclarationSpecifier,
    ObjectPropertyKind, Program, Statement, TaggedTemplateExpression,
};
use oxc::ast_visit::{Visit, walk};
use oxc::parser::ParserReturn;
use oxc::semantic::{Scoping, SemanticBuilder, SymbolId};
use oxc::span::{GetSpan, Span};

use crate::nesting::with_room_for;
use crate::transpile::parse;
use crate::{Error, TranspileOptions};

/// Bytes of the source, from the first to behind the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first byte.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
}

/// Why a call cannot be made while the bundle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// An argument of this kind is only known when the program runs.
    Argument(&'static str),
    /// It is a tagged template.
    Template,
}

/// A call of a macro. Calls within its arguments come before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacroCall {
    /// The whole call, which its result replaces.
    pub call: Range,
    /// The arguments, without parentheses.
    pub arguments: Range,
    /// The module's specifier.
    pub specifier: String,
    /// The name of the export.
    pub name: String,
    /// Why it cannot be made.
    pub refusal: Option<Refusal>,
}

/// A statement that imports macros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacroImport {
    /// The statement, of which nothing is left.
    pub statement: Range,
    /// Where the specifier stands.
    pub source: Range,
    /// The module's specifier.
    pub specifier: String,
}

/// What a text has of macros.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Macros {
    /// The imports, in order.
    pub imports: Vec<MacroImport>,
    /// The calls, inner ones first.
    pub calls: Vec<MacroCall>,
}

/// Finds the imports and the calls of macros.
///
/// # Errors
/// `Error::Syntax` (`BuildMessage` in JavaScript).
pub fn macros(source: &str, name: &str, options: &TranspileOptions) -> Result<Macros, Error> {
    with_room_for(source, || {
        let allocator = Allocator::default();
        let ParserReturn { program, .. } = parse(&allocator, source, name, options)?;
        let semantic = SemanticBuilder::new().build(&program);
        Ok(find(&program, &semantic.semantic.into_scoping()))
    })
}

fn find(program: &Program<'_>, scoping: &Scoping) -> Macros {
    let mut finder = Finder { scoping, names: HashMap::new(), found: Macros::default() };
    for statement in &program.body {
        if let Statement::ImportDeclaration(import) = statement {
            finder.import(import);
        }
    }
    if !finder.found.imports.is_empty() {
        finder.visit_program(program);
    }
    finder.found
}

/// A local name: the module's specifier, and which export it is; all of them for a namespace.
type Local = (String, Option<String>);

struct Finder<'s> {
    scoping: &'s Scoping,
    names: HashMap<SymbolId, Local>,
    found: Macros,
}

impl Finder<'_> {
    fn import(&mut self, import: &ImportDeclaration<'_>) {
        let Some(specifier) = macro_specifier(import) else { return };
        for one in import.specifiers.iter().flatten() {
            let (local, name) = match one {
                ImportDeclarationSpecifier::ImportSpecifier(one) => (&one.local, Some(one.imported.name().to_string())),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => (&one.local, Some("default".to_owned())),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => (&one.local, None),
            };
            if let Some(symbol) = local.symbol_id.get() {
                self.names.insert(symbol, (specifier.clone(), name));
            }
        }
        self.found.imports.push(MacroImport {
            statement: range(import.span),
            source: range(import.source.span),
            specifier,
        });
    }

    /// The macro that an expression names.
    fn named(&self, callee: &Expression<'_>) -> Option<(String, String)> {
        match callee {
            Expression::Identifier(identifier) => {
                let (specifier, name) = self.local(identifier.reference_id.get()?)?;
                Some((specifier.clone(), name.clone()?))
            }
            Expression::StaticMemberExpression(member) => {
                let Expression::Identifier(object) = &member.object else { return None };
                let (specifier, name) = self.local(object.reference_id.get()?)?;
                if name.is_some() {
                    return None;
                }
                Some((specifier.clone(), member.property.name.to_string()))
            }
            _ => None,
        }
    }

    fn local(&self, reference: oxc::semantic::ReferenceId) -> Option<&Local> {
        self.names.get(&self.scoping.get_reference(reference).symbol_id()?)
    }

    /// What is not known before the program runs.
    fn dynamic(&self, expression: &Expression<'_>) -> Option<Refusal> {
        let refuse = |what| Some(Refusal::Argument(what));
        match expression {
            Expression::StringLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::BooleanLiteral(_)
            | Expression::NullLiteral(_) => None,
            Expression::Identifier(name) if matches!(name.name.as_str(), "undefined" | "NaN" | "Infinity") => None,
            Expression::Identifier(_) => refuse("identifier"),
            Expression::UnaryExpression(unary) => self.dynamic(&unary.argument),
            Expression::ParenthesizedExpression(inner) => self.dynamic(&inner.expression),
            Expression::TemplateLiteral(template) => template.expressions.iter().find_map(|part| self.dynamic(part)),
            Expression::ArrayExpression(array) => array.elements.iter().find_map(|element| match element {
                ArrayExpressionElement::Elision(_) => None,
                ArrayExpressionElement::SpreadElement(spread) => self.dynamic(&spread.argument),
                _ => element.as_expression().and_then(|element| self.dynamic(element)),
            }),
            Expression::ObjectExpression(object) => object.properties.iter().find_map(|property| match property {
                ObjectPropertyKind::ObjectProperty(property) if !property.computed => self.dynamic(&property.value),
                ObjectPropertyKind::ObjectProperty(_) => refuse("computed property"),
                ObjectPropertyKind::SpreadProperty(spread) => self.dynamic(&spread.argument),
            }),
            Expression::CallExpression(call) if self.named(&call.callee).is_some() => None,
            Expression::CallExpression(_) => refuse("call"),
            Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_) => refuse("function"),
            _ => refuse("expression"),
        }
    }
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        walk::walk_call_expression(self, call);
        let Some((specifier, name)) = self.named(&call.callee) else { return };
        let refusal = call.arguments.iter().find_map(|argument| match argument {
            Argument::SpreadElement(spread) => self.dynamic(&spread.argument),
            _ => argument.as_expression().and_then(|argument| self.dynamic(argument)),
        });
        let arguments = match (call.arguments.first(), call.arguments.last()) {
            (Some(first), Some(last)) => Range { start: first.span().start, end: last.span().end },
            _ => Range { start: call.span.end, end: call.span.end },
        };
        self.found.calls.push(MacroCall { call: range(call.span), arguments, specifier, name, refusal });
    }

    fn visit_tagged_template_expression(&mut self, tagged: &TaggedTemplateExpression<'a>) {
        walk::walk_tagged_template_expression(self, tagged);
        let Some((specifier, name)) = self.named(&tagged.tag) else { return };
        let call = range(tagged.span);
        let arguments = Range { start: call.end, end: call.end };
        self.found.calls.push(MacroCall { call, arguments, specifier, name, refusal: Some(Refusal::Template) });
    }
}

/// The specifier of an import of macros, by attribute or by prefix.
fn macro_specifier(import: &ImportDeclaration<'_>) -> Option<String> {
    let specifier = import.source.value.as_str();
    if let Some(bare) = specifier.strip_prefix("macro:") {
        return Some(bare.to_owned());
    }
    let clause = import.with_clause.as_ref()?;
    let marked =
        clause.with_entries.iter().any(|entry| entry.key.as_arena_str() == "type" && entry.value.value == "macro");
    marked.then(|| specifier.to_owned())
}

const fn range(span: Span) -> Range {
    Range { start: span.start, end: span.end }
}

#[cfg(test)]
mod tests {
    use super::{Macros, Refusal, macros};
    use crate::TranspileOptions;

    fn found(source: &str) -> Macros {
        macros(source, "input.ts", &TranspileOptions::default()).expect("it parses")
    }

    fn texts(source: &str) -> Vec<(&str, &str, String)> {
        let slice = |range: super::Range| &source[range.start as usize..range.end as usize];
        let of = |call: super::MacroCall| (slice(call.call), slice(call.arguments), call.name);
        found(source).calls.into_iter().map(of).collect()
    }

    #[test]
    fn finds_calls_by_every_kind_of_name() {
        let source = "import d, { a as b } from './m' with { type: 'macro' }; import * as ns from 'macro:./n';
            x(d(), b(1, 'é'), ns.c([2]), ns['d'](), e());";
        let calls: Vec<_> = texts(source);
        assert_eq!(
            calls,
            [
                ("d()", "", "default".to_owned()),
                ("b(1, 'é')", "1, 'é'", "a".to_owned()),
                ("ns.c([2])", "[2]", "c".to_owned()),
            ]
        );
        let specifiers: Vec<_> = found(source).imports.into_iter().map(|import| import.specifier).collect();
        assert_eq!(specifiers, ["./m", "./n"]);
    }

    #[test]
    fn inner_calls_come_first() {
        let source = "import { a } from './m' with { type: 'macro' }; a(a(1))";
        assert_eq!(texts(source), [("a(1)", "1", "a".to_owned()), ("a(a(1))", "a(1)", "a".to_owned())]);
    }

    #[test]
    fn names_of_other_scopes_are_others() {
        assert_eq!(texts("import { a } from './m' with { type: 'macro' }; { const a = x => x; a(1) }"), []);
        assert_eq!(found("import { a } from './m' with { type: 'json' }; a(1)"), Macros::default());
    }

    #[test]
    fn says_what_is_not_known_yet() {
        let refusal = |source: &str| {
            let source = format!("import {{ a }} from './m' with {{ type: 'macro' }}; {source}");
            found(&source).calls.pop().and_then(|call| call.refusal)
        };
        assert_eq!(refusal("a(-1, [`t`, null, undefined], { b: { 'c d': !1 } })"), None);
        assert!(matches!(refusal("a(z)"), Some(Refusal::Argument("identifier"))));
        assert!(matches!(refusal("a([...f()])"), Some(Refusal::Argument("call"))));
        assert!(matches!(refusal("a({ [b]: 1 })"), Some(Refusal::Argument(..))));
        assert_eq!(refusal("a`x`"), Some(Refusal::Template));
    }
}
