//! Specifier and referrer in, file out: Bun's rules on `oxc_resolver`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use oxc_resolver::{
    ResolveError, ResolveOptions, Resolver as OxcResolver, TsConfig, TsconfigDiscovery, TsconfigOptions,
    TsconfigReferences,
};

/// How a module is asked for; decides conditions and the order of extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `import` and `import()`.
    Import,
    /// `require()` and `require.resolve()`.
    Require,
}

/// What the command line can change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ResolverOptions {
    /// `--conditions`
    pub conditions: Vec<String>,
    /// `--tsconfig-override`
    pub tsconfig: Option<PathBuf>,
}

/// Resolves specifiers; keeps what it learnt of the file system.
pub struct Resolver {
    import: OxcResolver,
    require: OxcResolver,
    /// tsconfig.json files that do not load as a whole, by folder: what they say themselves.
    partial: Mutex<HashMap<PathBuf, Option<Arc<TsConfig>>>>,
}

/// `bun run` tries these, in this order, for `import`.
const IMPORT_EXTENSIONS: [&str; 10] = [".tsx", ".jsx", ".mts", ".ts", ".mjs", ".js", ".cts", ".cjs", ".json", ".node"];
/// `bun run` tries these, in this order, for `require`.
const REQUIRE_EXTENSIONS: [&str; 10] = [".tsx", ".ts", ".jsx", ".cts", ".cjs", ".js", ".mjs", ".mts", ".json", ".node"];

impl Resolver {
    /// Makes a resolver with an empty cache.
    #[must_use]
    pub fn new(options: &ResolverOptions) -> Self {
        let import = OxcResolver::new(resolve_options(options, "import", &IMPORT_EXTENSIONS));
        let require = import.clone_with_options(resolve_options(options, "require", &REQUIRE_EXTENSIONS));
        Self { import, require, partial: Mutex::default() }
    }

    /// Finds the file that a specifier means in a file.
    #[must_use]
    pub fn resolve(&self, specifier: &str, referrer: &Path, kind: Kind) -> Option<PathBuf> {
        let resolver = match kind {
            Kind::Import => &self.import,
            Kind::Require => &self.require,
        };
        let found = match resolver.resolve_file(referrer, specifier) {
            Err(first) if is_stale(&first) => {
                // The cache remembers what was not there; the file may have been written since.
                resolver.clear_cache();
                resolver.resolve_file(referrer, specifier)
            }
            Err(first) if is_about_tsconfig(&first) => {
                let folder = referrer.parent()?;
                let tsconfig = self.partial_tsconfig(folder);
                let aliases = tsconfig.as_deref().map_or_else(Vec::new, |tsconfig| aliases(tsconfig, specifier));
                let found = aliases.iter().find_map(|path| resolver.resolve(folder, &path.to_string_lossy()).ok());
                found.map_or_else(|| resolver.resolve(folder, specifier), Ok)
            }
            other => other,
        };
        found.ok().map(oxc_resolver::Resolution::into_path_buf)
    }

    /// Finds the tsconfig.json that holds for a file.
    #[must_use]
    pub fn tsconfig(&self, file: &Path) -> Option<Arc<TsConfig>> {
        match self.import.find_tsconfig(file) {
            Ok(found) => found,
            Err(_) => self.partial_tsconfig(file.parent()?),
        }
    }

    /// Reads the nearest tsconfig.json alone: what it extends may not be installed.
    fn partial_tsconfig(&self, folder: &Path) -> Option<Arc<TsConfig>> {
        if let Some(known) = self.partial.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return known.clone();
        }
        let found = folder.ancestors().find_map(|folder| {
            let path = folder.join("tsconfig.json");
            fs::read_to_string(&path).ok().map(|text| (path, text))
        });
        let config = found.and_then(|(path, text)| {
            let json: serde_json::Value =
                jsonc_parser::parse_to_serde_value(&text, &jsonc_parser::ParseOptions::default()).ok()?;
            let mut json = json.as_object()?.clone();
            json.remove("extends");
            json.remove("references");
            let text = serde_json::to_string(&json).ok()?;
            TsConfig::parse(true, &path, &path, text).ok().map(Arc::new)
        });
        self.partial.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), config.clone());
        config
    }
}

fn is_stale(error: &ResolveError) -> bool {
    matches!(
        error,
        ResolveError::NotFound(_) | ResolveError::MatchedAliasNotFound(..) | ResolveError::ExtensionAlias(..)
    )
}

/// What `paths` and `baseUrl` of a tsconfig.json make of a specifier: the longest pattern wins.
fn aliases(tsconfig: &TsConfig, specifier: &str) -> Vec<PathBuf> {
    if specifier.starts_with(['.', '/']) {
        return Vec::new();
    }
    let compiler = &tsconfig.compiler_options;
    let base = compiler
        .base_url
        .as_ref()
        .map_or_else(|| tsconfig.directory().to_owned(), |url| tsconfig.directory().join(url));
    let matches = compiler.paths.iter().flatten().filter_map(|(pattern, targets)| match pattern.split_once('*') {
        None => (pattern == specifier).then_some((usize::MAX, "", targets)),
        Some((prefix, suffix)) => {
            let rest = specifier.strip_prefix(prefix)?.strip_suffix(suffix)?;
            Some((prefix.len(), rest, targets))
        }
    });
    let mut found: Vec<PathBuf> =
        matches.max_by_key(|(length, ..)| *length).map_or_else(Vec::new, |(_, rest, targets)| {
            targets.iter().map(|target| base.join(target.to_string_lossy().replacen('*', rest, 1))).collect()
        });
    if compiler.base_url.is_some() {
        found.push(base.join(specifier));
    }
    found
}

fn is_about_tsconfig(error: &ResolveError) -> bool {
    matches!(
        error,
        ResolveError::TsconfigLoadFailed { .. }
            | ResolveError::TsconfigNotFound(_)
            | ResolveError::TsconfigSelfReference(_)
            | ResolveError::TsconfigCircularExtend(_)
    )
}

fn resolve_options(options: &ResolverOptions, condition: &str, extensions: &[&str]) -> ResolveOptions {
    let mut condition_names: Vec<String> = ["bun", "node", "node-addons", condition].map(str::to_owned).to_vec();
    condition_names.extend(options.conditions.iter().cloned());
    ResolveOptions {
        tsconfig: Some(match &options.tsconfig {
            Some(config_file) => TsconfigDiscovery::Manual(TsconfigOptions {
                config_file: config_file.clone(),
                references: TsconfigReferences::Auto,
            }),
            None => TsconfigDiscovery::Auto,
        }),
        condition_names,
        extensions: extensions.iter().map(|extension| (*extension).to_owned()).collect(),
        extension_alias: vec![
            (".js".into(), vec![".js".into(), ".ts".into(), ".tsx".into()]),
            (".jsx".into(), vec![".jsx".into(), ".ts".into(), ".tsx".into()]),
            (".mjs".into(), vec![".mjs".into(), ".mts".into()]),
            (".cjs".into(), vec![".cjs".into(), ".cts".into()]),
        ],
        main_fields: vec!["main".into(), "module".into()],
        node_path: true,
        ..ResolveOptions::default()
    }
}
