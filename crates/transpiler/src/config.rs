//! The engine as one object: resolver, cache, and the options that hold for each file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::{env, fs};

use oxc_resolver::{CompilerOptions, TsConfig};

use crate::cache::{self, Cache};
use crate::package::{PackageTypes, is_in_package, may_be_module, needs_transpiler};
use crate::{
    Error, Jsx, JsxRuntime, Kind, ModuleKind, Resolver, ResolverOptions, Syntax, TranspileOptions, Transpiled,
    source_map, transpile,
};

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
    /// The folder of the on-disk cache; none switches it off.
    pub cache: Option<PathBuf>,
    /// Expressions and what stands in for them.
    pub define: Vec<(String, String)>,
    /// What holds for JSX where tsconfig.json says nothing.
    pub jsx: Jsx,
}

/// Sources that are in no file (`-e`, standard input), for all engines of the process.
static SOURCES: LazyLock<Mutex<HashMap<String, Arc<str>>>> = LazyLock::new(Mutex::default);

/// Makes a path answer with a text instead of a file.
pub fn set_source(path: &str, source: &str) {
    SOURCES.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), source.into());
}

/// Gives the text that `set_source` keeps for a path.
#[must_use]
pub fn source_of(path: &str) -> Option<String> {
    SOURCES.lock().unwrap_or_else(PoisonError::into_inner).get(path).map(ToString::to_string)
}

/// Resolves and transpiles.
pub struct Engine {
    resolver: Resolver,
    options: EngineOptions,
    package_types: PackageTypes,
    cache: Option<Cache>,
    tsconfig: OnceLock<Option<Arc<TsConfig>>>,
}

impl Engine {
    /// Makes an engine with empty caches.
    #[must_use]
    pub fn new(options: EngineOptions) -> Self {
        Self {
            resolver: Resolver::new(&options.resolver),
            package_types: PackageTypes::default(),
            cache: options.cache.clone().map(Cache::new),
            tsconfig: OnceLock::new(),
            options,
        }
    }

    /// Finds the file that a specifier means in a file.
    #[must_use]
    pub fn resolve(&self, specifier: &str, referrer: &Path, kind: Kind) -> Option<PathBuf> {
        self.resolver.resolve(specifier, referrer, kind)
    }

    /// Turns a file into JavaScript; reads it when no source is given.
    ///
    /// Published JavaScript that needs nothing of Bun comes back as it is; the `code` of such a
    /// `CommonJS` module stays empty, as Node reads it itself.
    ///
    /// # Errors
    /// `Error::Read` (a system error in JavaScript), `Error::Syntax` (`BuildMessage`).
    pub fn load(&self, path: &str, source: Option<&str>, syntax: Syntax) -> Result<Transpiled, Error> {
        let source = match source {
            Some(source) => Cow::Borrowed(source),
            None => read(path)?,
        };
        let source = source.strip_prefix('\u{feff}').unwrap_or(&source);
        if syntax == Syntax::Js
            && is_in_package(path)
            && let Some(untouched) = self.untouched(path, source)
        {
            return Ok(untouched);
        }
        let options = self.options_for(path, syntax);
        let entry = self.cache.as_ref().and_then(|cache| cache.entry(source, path, &options));
        let module = if let Some(module) = entry.as_deref().and_then(cache::read) {
            module
        } else {
            let module = transpile(source, path, &options)?;
            if let Some(entry) = entry {
                cache::write(&entry, &module);
            }
            module
        };
        source_map::keep(path, &module.mappings);
        Ok(module)
    }

    /// Tells whether package.json declares the files of a folder ES modules.
    #[must_use]
    pub fn is_module_scope(&self, file: &Path) -> bool {
        self.package_types.of(file) == Some(ModuleKind::Esm)
    }

    fn untouched(&self, path: &str, source: &str) -> Option<Transpiled> {
        let kind = match Path::new(path).extension().and_then(|extension| extension.to_str()) {
            Some("mjs") => ModuleKind::Esm,
            Some("cjs") if !may_be_module(source) => ModuleKind::CommonJs,
            Some("cjs") => return None,
            // Module syntax makes a module, whatever else package.json says.
            _ if self.is_module_scope(Path::new(path)) => ModuleKind::Esm,
            _ if !may_be_module(source) => ModuleKind::CommonJs,
            _ => return None,
        };
        let code = match kind {
            ModuleKind::Esm if needs_transpiler(source) => return None,
            ModuleKind::Esm => source.to_owned(),
            ModuleKind::CommonJs => String::new(),
        };
        Some(Transpiled { code, mappings: String::new(), kind, requests: Vec::new() })
    }

    /// How code is emitted is decided by the tsconfig.json in the working directory for all files, as in Bun; `paths`
    /// are those of the one nearest to the file.
    fn tsconfig(&self) -> Option<&TsConfig> {
        let find = || self.resolver.tsconfig_in(&env::current_dir().ok()?);
        self.tsconfig.get_or_init(find).as_deref()
    }

    /// Gathers the options that hold for a file: tsconfig.json, extension, environment.
    #[must_use]
    pub fn options_for(&self, path: &str, syntax: Syntax) -> TranspileOptions {
        let mut options = TranspileOptions {
            syntax,
            lower_using: self.options.lower_using,
            mockable: self.options.mockable && !is_in_package(path),
            define: self.options.define.clone(),
            jsx: self.options.jsx.clone(),
            commonjs_by_default: Path::new(path).extension().is_some_and(|name| name == "cjs" || name == "cts"),
            ..TranspileOptions::default()
        };
        if let Some(config) = self.tsconfig() {
            let compiler = &config.compiler_options;
            options.legacy_decorators = compiler.experimental_decorators.unwrap_or(false);
            options.decorator_metadata = compiler.emit_decorator_metadata.unwrap_or(false);
            options.define_fields = compiler.use_define_for_class_fields.unwrap_or(true);
            override_jsx(&mut options.jsx, compiler);
        }
        if self.options.production && options.jsx.runtime == JsxRuntime::AutomaticDev {
            options.jsx.runtime = JsxRuntime::Automatic;
        }
        options
    }
}

/// tsconfig.json goes before bunfig.toml and the command line.
fn override_jsx(jsx: &mut Jsx, compiler: &CompilerOptions) {
    for (given, option) in [
        (&compiler.jsx_import_source, &mut jsx.import_source),
        (&compiler.jsx_factory, &mut jsx.factory),
        (&compiler.jsx_fragment_factory, &mut jsx.fragment),
    ] {
        if given.is_some() {
            option.clone_from(given);
        }
    }
    match compiler.jsx.as_deref() {
        Some("react") => jsx.runtime = JsxRuntime::Classic,
        Some("react-jsx") => jsx.runtime = JsxRuntime::Automatic,
        Some("react-jsxdev") => jsx.runtime = JsxRuntime::AutomaticDev,
        _ => {}
    }
}

fn read(path: &str) -> Result<Cow<'static, str>, Error> {
    if let Some(source) = SOURCES.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
        return Ok(Cow::Owned(source.to_string()));
    }
    let bytes = fs::read(path).map_err(|source| Error::Read { path: PathBuf::from(path), source })?;
    Ok(Cow::Owned(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }))
}
