//! Specifier and referrer in, file out: Bun's rules on `oxc_resolver`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

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
        Self { import, require }
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
            other => other,
        };
        found.ok().map(oxc_resolver::Resolution::into_path_buf)
    }

    /// Finds the tsconfig.json that holds for a file.
    #[must_use]
    pub fn tsconfig(&self, file: &Path) -> Option<Arc<TsConfig>> {
        self.import.find_tsconfig(file).ok().flatten()
    }
}

fn is_stale(error: &ResolveError) -> bool {
    matches!(
        error,
        ResolveError::NotFound(_) | ResolveError::MatchedAliasNotFound(..) | ResolveError::ExtensionAlias(..)
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
