//! What the parts of each namespace and enum export.

use std::collections::{HashMap, HashSet};

use oxc::ast::ast::{
    Declaration, ExportDeclaration, Program, Statement, TSEnumDeclaration, TSNamespaceDeclaration,
    TSNamespaceDeclarationBody,
};
use oxc::ast_visit::{Visit, walk};
use oxc::semantic::{ScopeId, Scoping, SymbolId};
use oxc::span::Span;

/// A namespace or an enum, which may have several parts.
#[derive(Debug, Default)]
pub(super) struct Whole {
    /// The names of the values that its parts export.
    pub(super) exports: HashSet<String>,
}

/// A part of a namespace or an enum, by its scope.
#[derive(Debug)]
pub(super) struct Part {
    /// The index of the whole.
    pub(super) whole: usize,
    /// What its object is called: the enum's name, or the number of the namespace's part.
    pub(super) object: Object,
}

#[derive(Debug)]
pub(super) enum Object {
    Enum(String),
    Namespace(usize),
}

/// All namespaces and enums of a program.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) wholes: Vec<Whole>,
    pub(super) parts: HashMap<ScopeId, Part>,
    pub(super) namespaces: Vec<Span>,
    pub(super) continued: Vec<Span>,
}

/// Gathers them; `None` when there is nothing to qualify.
pub(super) fn collect(program: &Program<'_>, scoping: &Scoping) -> Option<Found> {
    let mut collector =
        Collector { scoping, found: Found::default(), keys: HashMap::new(), parent: None, exported: false };
    collector.visit_program(program);
    let found = collector.found;
    let merged = found.parts.len() > found.wholes.len();
    (merged || !found.namespaces.is_empty()).then_some(found)
}

/// What makes two parts one: the same symbol, or the same exported name of the same namespace.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Symbol(SymbolId),
    Member(usize, String),
}

struct Collector<'s> {
    scoping: &'s Scoping,
    found: Found,
    keys: HashMap<Key, usize>,
    /// The namespace around.
    parent: Option<usize>,
    /// Whether the declaration that comes next is exported from it.
    exported: bool,
}

impl Collector<'_> {
    /// The whole that a declaration is part of, and whether it has an earlier part.
    fn whole(&mut self, name: &str, symbol: SymbolId) -> (usize, bool) {
        let exported = std::mem::take(&mut self.exported);
        let key = match self.parent {
            Some(parent) if exported => Key::Member(parent, name.to_owned()),
            _ => Key::Symbol(symbol),
        };
        let next = self.found.wholes.len();
        let whole = *self.keys.entry(key).or_insert(next);
        if whole == next {
            self.found.wholes.push(Whole::default());
        }
        (whole, whole != next)
    }

    fn export(&mut self, whole: usize, names: impl IntoIterator<Item = String>) {
        self.found.wholes[whole].exports.extend(names);
    }
}

impl<'a> Visit<'a> for Collector<'_> {
    fn visit_export_declaration(&mut self, export: &ExportDeclaration<'a>) {
        self.exported = true;
        walk::walk_export_declaration(self, export);
        self.exported = false;
    }

    fn visit_function(&mut self, function: &oxc::ast::ast::Function<'a>, flags: oxc::syntax::scope::ScopeFlags) {
        self.exported = false;
        walk::walk_function(self, function, flags);
    }

    fn visit_class(&mut self, class: &oxc::ast::ast::Class<'a>) {
        self.exported = false;
        walk::walk_class(self, class);
    }

    fn visit_ts_enum_declaration(&mut self, declaration: &TSEnumDeclaration<'a>) {
        if declaration.declare {
            return;
        }
        let name = declaration.id.name.as_str();
        let in_namespace = self.exported && self.parent.is_some();
        let (whole, continued) = self.whole(name, declaration.id.symbol_id());
        if continued && in_namespace && self.scoping.symbol_redeclarations(declaration.id.symbol_id()).is_empty() {
            self.found.continued.push(declaration.span);
        }
        self.export(whole, declaration.body.members.iter().map(|member| member.id.static_name().to_string()));
        let part = Part { whole, object: Object::Enum(name.to_owned()) };
        self.found.parts.insert(declaration.body.scope_id(), part);
        walk::walk_ts_enum_declaration(self, declaration);
    }

    fn visit_ts_namespace_declaration(&mut self, declaration: &TSNamespaceDeclaration<'a>) {
        if declaration.declare {
            return;
        }
        let (whole, _) = self.whole(declaration.id.name.as_str(), declaration.id.symbol_id());
        let part = Part { whole, object: Object::Namespace(self.found.namespaces.len()) };
        self.found.namespaces.push(declaration.span);
        if let Some(scope) = declaration.scope_id.get() {
            self.found.parts.insert(scope, part);
        }
        let parent = self.parent.replace(whole);
        match &declaration.body {
            TSNamespaceDeclarationBody::TSModuleBlock(block) => {
                self.export(whole, block.body.iter().flat_map(exported_names));
                walk::walk_ts_module_block(self, block);
            }
            TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => {
                self.export(whole, [inner.id.name.to_string()]);
                self.exported = true;
                self.visit_ts_namespace_declaration(inner);
            }
        }
        self.parent = parent;
    }
}

/// The names of the values that a statement of a namespace exports.
fn exported_names(statement: &Statement<'_>) -> Vec<String> {
    let Statement::ExportDeclaration(export) = statement else { return Vec::new() };
    if export.declaration.declare() {
        return Vec::new();
    }
    match &export.declaration {
        Declaration::TSTypeAliasDeclaration(_) | Declaration::TSInterfaceDeclaration(_) => Vec::new(),
        Declaration::VariableDeclaration(variables) => {
            let identifiers =
                variables.declarations.iter().flat_map(|declarator| declarator.id.get_binding_identifiers());
            identifiers.map(|identifier| identifier.name.to_string()).collect()
        }
        other => other.id().map(|id| id.name.to_string()).into_iter().collect(),
    }
}
