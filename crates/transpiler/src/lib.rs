//! TypeScript and JSX to JavaScript, module resolution, data-file loaders.

#![forbid(unsafe_code)]

mod completion;
mod config;
mod diagnostics;
mod error;
mod hoist;
mod module_kind;
mod options;
mod prologue;
mod resolve;
mod transpile;

pub use completion::wrap_completion;
pub use config::{Engine, EngineOptions};
pub use diagnostics::Diagnostic;
pub use error::Error;
pub use module_kind::ModuleKind;
pub use options::{Jsx, JsxRuntime, Syntax, TranspileOptions};
pub use resolve::{Kind, Resolver, ResolverOptions};
pub use transpile::{Transpiled, transpile};
