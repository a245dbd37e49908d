//! TypeScript and JSX to JavaScript, module resolution, data-file loaders.

#![forbid(unsafe_code)]

mod cache;
mod completion;
mod config;
mod copies;
mod data;
mod decorators;
mod diagnostics;
mod early_errors;
mod error;
mod functions;
mod hoist;
mod jsx_extensions;
mod jsx_pragmas;
mod jsx_source;
mod legacy_decorators;
mod lenient;
mod macros;
mod main_check;
mod mockable;
mod module_kind;
mod namespaces;
mod nesting;
mod options;
mod package;
mod prologue;
mod requests;
mod resolve;
mod source_map;
mod static_imports;
mod text;
mod transpile;

pub use completion::wrap_completion;
pub use config::{Engine, EngineOptions, set_source, source_of};
pub use data::{DataFormat, DataText, parse_data};
pub use diagnostics::Diagnostic;
pub use error::Error;
pub use functions::{Piece, functions};
pub use macros::{MacroCall, MacroImport, Macros, Range, Refusal, macros};
pub use module_kind::ModuleKind;
pub use options::{Jsx, JsxRuntime, Syntax, TranspileOptions};
pub use requests::Request;
pub use resolve::{Kind, Resolver, ResolverOptions};
pub use source_map::{Place, mappings_of, original_place};
pub use static_imports::{StaticImport, static_imports};
pub use text::{Import, Scanned, scan_text, transform_text};
pub use transpile::{Transpiled, transpile};
