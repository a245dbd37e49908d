//! ECMAScript module or CommonJS: the syntax of a file decides, as in Bun.

use oxc::semantic::Scoping;
use oxc::syntax::module_record::ModuleRecord;

/// What a source file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModuleKind {
    /// An ECMAScript module.
    Esm,
    /// A CommonJS module.
    CommonJs,
}

/// Decides by what the file contains: module syntax makes an ECMAScript module, the free
/// variables of a CommonJS wrapper make a CommonJS module; `fallback` is for files with neither.
pub(crate) fn decide(
    record: &ModuleRecord<'_>,
    scoping: &Scoping,
    top_level_await: bool,
    fallback: ModuleKind,
) -> ModuleKind {
    if record.has_module_syntax || !record.import_metas.is_empty() || top_level_await {
        ModuleKind::Esm
    } else if is_free(scoping, "module") || is_free(scoping, "exports") || is_free(scoping, "require") {
        ModuleKind::CommonJs
    } else {
        fallback
    }
}

/// Tells whether the file uses a name that it does not declare.
pub(crate) fn is_free(scoping: &Scoping, name: &str) -> bool {
    scoping.root_unresolved_references().contains_key(name)
}
