//! Where the functions of emitted code stand, for coverage: V8 leaves out those in what never ran.

use oxc::allocator::Allocator;
use oxc::ast::ast::{ArrowFunctionExpression, Class, ClassElement, Function, MethodDefinition, MethodDefinitionKind};
use oxc::ast_visit::{Visit, walk};
use oxc::parser::Parser;
use oxc::span::{GetSpan, SourceType, Span};
use oxc::syntax::scope::ScopeFlags;

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A function, an arrow function or a method.
    Function,
    /// The constructor of a class.
    Constructor,
    /// A field that is set when an instance is made.
    Field,
}

/// Lists functions and fields with their start and end in UTF-16 units, outer ones first.
///
/// # Examples
/// ```
/// use dx_transpiler::{Piece, functions};
/// assert_eq!(functions("class A { x = () => 1; m() {} }"), [
///     (Piece::Field, 10, 22),
///     (Piece::Function, 14, 21),
///     (Piece::Function, 23, 29),
/// ]);
/// ```
#[must_use]
pub fn functions(code: &str) -> Vec<(Piece, u32, u32)> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, code, SourceType::mjs()).parse();
    let mut finder = Finder { found: Vec::new() };
    finder.visit_program(&parsed.program);
    let units = Units::new(code);
    finder.found.into_iter().map(|(piece, span)| (piece, units.at(span.start), units.at(span.end))).collect()
}

struct Finder {
    found: Vec<(Piece, Span)>,
}

impl<'a> Visit<'a> for Finder {
    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        self.found.push((Piece::Function, function.span));
        walk::walk_function(self, function, flags);
    }

    fn visit_arrow_function_expression(&mut self, function: &ArrowFunctionExpression<'a>) {
        self.found.push((Piece::Function, function.span));
        walk::walk_arrow_function_expression(self, function);
    }

    fn visit_method_definition(&mut self, method: &MethodDefinition<'a>) {
        let constructor = method.kind == MethodDefinitionKind::Constructor;
        self.found.push((if constructor { Piece::Constructor } else { Piece::Function }, method.span));
        self.visit_property_key(&method.key);
        walk::walk_function(self, &method.value, ScopeFlags::Function);
    }

    fn visit_object_property(&mut self, property: &oxc::ast::ast::ObjectProperty<'a>) {
        match &property.value {
            oxc::ast::ast::Expression::FunctionExpression(function)
                if property.method || property.kind != oxc::ast::ast::PropertyKind::Init =>
            {
                self.found.push((Piece::Function, property.span));
                walk::walk_function(self, function, ScopeFlags::Function);
            }
            _ => walk::walk_object_property(self, property),
        }
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        for element in &class.body.body {
            if let ClassElement::PropertyDefinition(field) = element
                && !field.r#static
                && field.value.is_some()
            {
                self.found.push((Piece::Field, field.span()));
            }
        }
        walk::walk_class(self, class);
    }
}

/// Byte offsets as UTF-16 offsets; nothing to do for ASCII.
struct Units {
    /// Byte offset after each character beyond ASCII, and how many units less than bytes there are from there on.
    shifts: Vec<(u32, u32)>,
}

impl Units {
    fn new(code: &str) -> Self {
        let mut shifts = Vec::new();
        if !code.is_ascii() {
            let mut less = 0;
            for (at, character) in code.char_indices().filter(|(_, character)| !character.is_ascii()) {
                less += character.len_utf8() - character.len_utf16();
                let after = at + character.len_utf8();
                shifts.push((u32::try_from(after).unwrap_or(u32::MAX), u32::try_from(less).unwrap_or(u32::MAX)));
            }
        }
        Self { shifts }
    }

    fn at(&self, offset: u32) -> u32 {
        let before = self.shifts.partition_point(|(after, _)| *after <= offset);
        offset - before.checked_sub(1).map_or(0, |index| self.shifts[index].1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, functions};

    #[test]
    fn finds_methods_accessors_and_constructors_once() {
        let code =
            "const o = { m() {}, get g() { return 1 }, f: function () {} }; class é { constructor() {} static s = 1 }";
        let text: Vec<u16> = code.encode_utf16().collect();
        let found: Vec<_> = functions(code)
            .into_iter()
            .map(|(piece, start, end)| (piece, String::from_utf16_lossy(&text[start as usize..end as usize])))
            .collect();
        assert_eq!(
            found,
            [
                (Piece::Function, "m() {}".to_owned()),
                (Piece::Function, "get g() { return 1 }".to_owned()),
                (Piece::Function, "function () {}".to_owned()),
                (Piece::Constructor, "constructor() {}".to_owned()),
            ]
        );
    }
}
