//! The engine as one object: resolver, and the options that hold for each file.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{Error, JsxRuntime, Kind, Resolver, ResolverOptions, Syntax, TranspileOptions, Transpiled, transpile};

/// What the command line and the run-time decide for all files.
#[derive(Debug, Clone, Default)]
pub struct EngineOptions {
    /// Options of the resolver.
    pub resolver: ResolverOptions,
    /// `NODE_ENV` is `production`.
    pub production: bool,
    /// Lower `using` for engines that lack it.
    pub lower_using: bool,
    /// Give every module setters for its exports, for `mock.module`.
    pub mockable: bool,
}

/// Resolves and transpiles.
pub struct Engine {
    resolver: Resolver,
    options: EngineOptions,
}

impl Engine {
    /// Makes an engine with empty caches.
    #[must_use]
    pub fn new(options: EngineOptions) -> Self {
        Self { resolver: Resolver::new(&options.resolver), options }
    }

    /// Finds the file that a specifier means in a file.
    ///
    /// # Errors
    /// `Error::NotFound` (`ResolveMessage` in JavaScript).
    pub fn resolve(&self, specifier: &str, referrer: &Path, kind: Kind) -> Result<PathBuf, Error> {
        self.resolver.resolve(specifier, referrer, kind)
    }

    /// Turns a file into JavaScript; reads it when no source is given.
    ///
    /// # Errors
    /// `Error::Read` (a system error in JavaScript), `Error::Syntax` (`BuildMessage`).
    pub fn load(&self, path: &str, source: Option<&str>, syntax: Syntax) -> Result<Transpiled, Error> {
        let source = match source {
            Some(source) => Cow::Borrowed(source),
            None => Cow::Owned(read(path)?),
        };
        transpile(source.strip_prefix('\u{feff}').unwrap_or(&source), path, &self.options_for(path, syntax))
    }

    /// Gathers the options that hold for a file: tsconfig.json, extension, environment.
    #[must_use]
    pub fn options_for(&self, path: &str, syntax: Syntax) -> TranspileOptions {
        let runtime = if self.options.production { JsxRuntime::Automatic } else { JsxRuntime::AutomaticDev };
        let mut options = TranspileOptions {
            syntax,
            lower_using: self.options.lower_using,
            mockable: self.options.mockable,
            commonjs_by_default: Path::new(path).extension().is_some_and(|name| name == "cjs" || name == "cts"),
            ..TranspileOptions::default()
        };
        options.jsx.runtime = runtime;
        if let Some(config) = self.resolver.tsconfig(Path::new(path)) {
            let compiler = &config.compiler_options;
            options.legacy_decorators = compiler.experimental_decorators.unwrap_or(false);
            options.decorator_metadata = compiler.emit_decorator_metadata.unwrap_or(false);
            options.keep_imports =
                compiler.verbatim_module_syntax.unwrap_or(false) || compiler.preserve_value_imports.unwrap_or(false);
            options.define_fields = compiler.use_define_for_class_fields.unwrap_or(true);
            options.jsx.import_source.clone_from(&compiler.jsx_import_source);
            options.jsx.factory.clone_from(&compiler.jsx_factory);
            options.jsx.fragment.clone_from(&compiler.jsx_fragment_factory);
            if compiler.jsx.as_deref() == Some("react") {
                options.jsx.runtime = JsxRuntime::Classic;
            }
        }
        options
    }
}

fn read(path: &str) -> Result<String, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read { path: PathBuf::from(path), source })?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}
