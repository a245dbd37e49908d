//! `@jsxRuntime`, `@jsxImportSource`, `@jsx` and `@jsxFrag` in any comment of a file.
//!
//! The transformer reads those before the first statement; Bun reads all.

use oxc::ast::ast::Program;
use oxc::transformer::{JsxRuntime, TransformOptions};

/// Lets the comments decide.
pub(crate) fn apply(program: &Program<'_>, options: &mut TransformOptions) {
    for comment in &program.comments {
        let text = comment.content_span().source_text(program.source_text);
        if !text.contains("@jsx") {
            continue;
        }
        let mut words = text.split_whitespace().map(|word| word.trim_start_matches('*'));
        while let Some(word) = words.next() {
            match word {
                "@jsxRuntime" => set_runtime(options, words.next()),
                "@jsxImportSource" => options.jsx.import_source = words.next().map(str::to_owned),
                "@jsx" => {
                    options.jsx.pragma = words.next().map(str::to_owned);
                    if let Some(name) = &options.jsx.pragma {
                        options.typescript.jsx_pragma = name.clone().into();
                    }
                }
                "@jsxFrag" => {
                    options.jsx.pragma_frag = words.next().map(str::to_owned);
                    if let Some(name) = &options.jsx.pragma_frag {
                        options.typescript.jsx_pragma_frag = name.clone().into();
                    }
                }
                _ => {}
            }
        }
    }
    if options.jsx.runtime.is_classic() {
        // The transformer would add `__source` and `__self`, which Bun's classic runtime does not have.
        options.jsx.development = false;
        options.jsx.import_source = None;
    } else {
        options.jsx.pragma = None;
        options.jsx.pragma_frag = None;
    }
}

fn set_runtime(options: &mut TransformOptions, name: Option<&str>) {
    match name {
        Some("classic") => options.jsx.runtime = JsxRuntime::Classic,
        Some("automatic") => options.jsx.runtime = JsxRuntime::Automatic,
        _ => {}
    }
}
