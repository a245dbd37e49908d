//! Where an emitted module names the modules it imports, for a loader that has to replace the names.

use oxc::allocator::Allocator;
use oxc::ast::ast::{ImportAttributeKey, ImportDeclarationSpecifier, Statement, StringLiteral, WithClause};
use oxc::parser::Parser;
use oxc::span::SourceType;

use crate::hoist::export_name;

/// An import declaration or a re-export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticImport {
    /// The specifier.
    pub specifier: String,
    /// The imported names; `*` stands for the namespace.
    pub names: Vec<String>,
    /// `with { type: … }`
    pub loader: Option<String>,
    /// Where the specifier starts, in UTF-16 units.
    pub start: u32,
    /// Where the specifier and its attributes end.
    pub end: u32,
}

/// Lists them in the order of the text; nothing for code that does not parse.
///
/// # Examples
/// ```
/// let found = dx_transpiler::static_imports("import a, { b } from './x' with { type: 'json' };");
/// assert_eq!((found[0].specifier.as_str(), found[0].start, found[0].end), ("./x", 21, 48));
/// assert_eq!((found[0].names.join("+"), found[0].loader.as_deref()), ("default+b".to_owned(), Some("json")));
/// ```
#[must_use]
pub fn static_imports(code: &str) -> Vec<StaticImport> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, code, SourceType::mjs()).parse();
    let mut units = Units { code, bytes: 0, before: 0 };
    parsed.program.body.iter().filter_map(|statement| describe(statement, &mut units)).collect()
}

fn describe(statement: &Statement<'_>, units: &mut Units<'_>) -> Option<StaticImport> {
    let (source, with, names): (&StringLiteral<'_>, _, Vec<String>) = match statement {
        Statement::ImportDeclaration(import) => {
            let names = import.specifiers.iter().flatten().map(|specifier| match specifier {
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => "default".to_owned(),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => "*".to_owned(),
                ImportDeclarationSpecifier::ImportSpecifier(named) => export_name(&named.imported).to_owned(),
            });
            (&import.source, &import.with_clause, names.collect())
        }
        Statement::ExportFromDeclaration(export) => {
            let names = export.specifiers.iter().map(|specifier| export_name(&specifier.local).to_owned());
            (&export.source, &export.with_clause, names.collect())
        }
        Statement::ExportAllDeclaration(export) => (&export.source, &export.with_clause, vec!["*".to_owned()]),
        _ => return None,
    };
    let end = with.as_ref().map_or(source.span.end, |clause| clause.span.end);
    Some(StaticImport {
        specifier: source.value.to_string(),
        names,
        loader: with.as_ref().and_then(|clause| loader(clause)),
        start: units.at(source.span.start),
        end: units.at(end),
    })
}

fn loader(clause: &WithClause<'_>) -> Option<String> {
    let entry = clause.with_entries.iter().find(|entry| match &entry.key {
        ImportAttributeKey::Identifier(name) => name.name == "type",
        ImportAttributeKey::StringLiteral(name) => name.value == "type",
    })?;
    Some(entry.value.value.to_string())
}

/// Turns rising byte offsets into UTF-16 offsets.
struct Units<'c> {
    code: &'c str,
    bytes: usize,
    /// The UTF-16 units before it.
    before: usize,
}

impl Units<'_> {
    fn at(&mut self, offset: u32) -> u32 {
        let offset = offset as usize;
        let passed = self.code.get(self.bytes..offset).unwrap_or_default();
        self.before += passed.chars().map(char::len_utf16).sum::<usize>();
        self.bytes = offset;
        u32::try_from(self.before).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::static_imports;

    #[test]
    fn offsets_are_in_utf16_units() {
        let code = "const é = '😀'; import * as x from \"é\"; export { y } from 'z'; export * from 'w'";
        let text: Vec<u16> = code.encode_utf16().collect();
        let found = static_imports(code);
        let quoted: Vec<String> = found
            .iter()
            .map(|import| String::from_utf16_lossy(&text[import.start as usize..import.end as usize]))
            .collect();
        assert_eq!(quoted, ["\"é\"", "'z'", "'w'"]);
        assert_eq!(found[1].names, ["y"]);
    }

    #[test]
    fn broken_code_has_none() {
        assert!(static_imports("import {").is_empty());
    }
}
