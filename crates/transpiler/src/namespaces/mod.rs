//! Namespaces and enums of TypeScript in more than one part, and namespaces with variables.
//!
//! The transformer lowers each part for itself. What it leaves open is done around it: before, a name
//! that means an export of the namespace (a variable of the same part, anything of another part)
//! becomes `namespace.name`, and `export let x = 1` becomes `namespace.x = 1`; afterwards the object
//! gets the name that the transformer has chosen for the function's parameter.

mod collect;
mod finish;
mod rewrite;
mod targets;

use oxc::allocator::Allocator;
use oxc::ast::ast::Program;
use oxc::semantic::{Scoping, SemanticBuilder};
use oxc::span::Span;

pub(crate) use finish::finish;

/// How the object of a namespace's part is called until the transformer has named it.
const PLACEHOLDER: &str = "$dxNamespace";

/// What `finish` has to find again in the transformer's output.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// The span of each part of a namespace; its index stands in the placeholder.
    namespaces: Vec<Span>,
    /// The spans of enums that continue one of an earlier part of the namespace.
    continued: Vec<Span>,
}

/// Qualifies what the transformer would not; gives the scoping anew if there was anything to do.
pub(crate) fn qualify<'a>(program: &mut Program<'a>, scoping: Scoping, allocator: &'a Allocator) -> (Scoping, Parts) {
    let Some(found) = collect::collect(program, &scoping) else {
        return (scoping, Parts::default());
    };
    rewrite::rewrite(program, &scoping, &found, allocator);
    let semantic = SemanticBuilder::new().with_enum_eval(true).with_excess_capacity(2.0).build(program);
    (semantic.semantic.into_scoping(), Parts { namespaces: found.namespaces, continued: found.continued })
}
