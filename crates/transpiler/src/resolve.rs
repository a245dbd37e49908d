//! Specifier and referrer in, file out: Bun's rules on `oxc_resolver`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::package::is_in_package;
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
    options: ResolverOptions,
    /// By tsconfig.json: for files that none holds for, too.
    projects: Mutex<HashMap<Option<PathBuf>, Arc<Project>>>,
    /// By folder, the tsconfig.json or jsconfig.json that holds for its files.
    configs: Mutex<HashMap<PathBuf, Option<PathBuf>>>,
}

/// The files that one tsconfig.json holds for.
struct Project {
    sources: Pair,
    /// Extensions have another order in packages: what is published goes before what it was made of.
    packages: Pair,
    tsconfig: Option<Arc<TsConfig>>,
    /// The tsconfig.json did not load as a whole, so the resolvers do not know of it. (For files in packages they
    /// never do.)
    apart: bool,
}

struct Pair {
    import: OxcResolver,
    require: OxcResolver,
}

impl Pair {
    fn of(&self, kind: Kind) -> &OxcResolver {
        match kind {
            Kind::Import => &self.import,
            Kind::Require => &self.require,
        }
    }
}

/// `bun run` tries these, in this order, for `import`.
const IMPORT_EXTENSIONS: [&str; 10] = [".tsx", ".jsx", ".mts", ".ts", ".mjs", ".js", ".cts", ".cjs", ".json", ".node"];
/// `bun run` tries these, in this order, for `require`.
const REQUIRE_EXTENSIONS: [&str; 10] = [".tsx", ".ts", ".jsx", ".cts", ".cjs", ".js", ".mjs", ".mts", ".json", ".node"];
/// The same in packages.
const PACKAGE_IMPORT_EXTENSIONS: [&str; 10] =
    [".mjs", ".jsx", ".mts", ".js", ".cjs", ".tsx", ".ts", ".cts", ".json", ".node"];
/// The same in packages.
const PACKAGE_REQUIRE_EXTENSIONS: [&str; 10] =
    [".jsx", ".cjs", ".js", ".mjs", ".mts", ".tsx", ".ts", ".cts", ".json", ".node"];

impl Resolver {
    /// Makes a resolver with an empty cache.
    #[must_use]
    pub fn new(options: &ResolverOptions) -> Self {
        Self { options: options.clone(), projects: Mutex::default(), configs: Mutex::default() }
    }

    /// Finds the file that a specifier means in a file.
    #[must_use]
    pub fn resolve(&self, specifier: &str, referrer: &Path, kind: Kind) -> Option<PathBuf> {
        let project = self.project_of(referrer);
        let from_package = is_in_package(&referrer.to_string_lossy());
        let guess = from_package || !specifier.starts_with(['.', '/']);
        let found = project.resolve(specifier, referrer, kind, from_package, guess)?;
        let is_package = is_in_package(&found.to_string_lossy());
        if is_package == guess {
            return Some(found);
        }
        // What was found was not where its extension was chosen for.
        project.resolve(specifier, referrer, kind, from_package, is_package).or(Some(found))
    }

    /// Gives the tsconfig.json or jsconfig.json in a folder, not one above it; that of the command line goes before.
    #[must_use]
    pub fn tsconfig_in(&self, folder: &Path) -> Option<Arc<TsConfig>> {
        let config = self.options.tsconfig.clone().or_else(|| config_in(folder))?;
        self.project(Some(config)).tsconfig.clone()
    }

    fn project_of(&self, file: &Path) -> Arc<Project> {
        let nearest = || file.parent().and_then(|folder| self.config_of(folder));
        self.project(self.options.tsconfig.clone().or_else(nearest))
    }

    fn project(&self, config: Option<PathBuf>) -> Arc<Project> {
        let mut projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = projects.get(&config) {
            return Arc::clone(known);
        }
        let project = Arc::new(Project::new(&self.options, config.as_deref()));
        projects.insert(config, Arc::clone(&project));
        project
    }

    /// The nearest one holds, whatever its `include` and `exclude` say, as in Bun.
    fn config_of(&self, folder: &Path) -> Option<PathBuf> {
        if let Some(known) = self.configs.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return known.clone();
        }
        let found = config_in(folder).or_else(|| folder.parent().and_then(|parent| self.config_of(parent)));
        self.configs.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), found.clone());
        found
    }
}

const CONFIGS: [&str; 2] = ["tsconfig.json", "jsconfig.json"];

impl Project {
    /// `package` says which order of extensions holds.
    fn resolve(
        &self,
        specifier: &str,
        referrer: &Path,
        kind: Kind,
        from_package: bool,
        package: bool,
    ) -> Option<PathBuf> {
        let resolver = if package { self.packages.of(kind) } else { self.sources.of(kind) };
        let find = || {
            if self.apart || from_package {
                let folder = referrer.parent()?;
                let aliases = self.tsconfig.as_deref().map_or_else(Vec::new, |tsconfig| aliases(tsconfig, specifier));
                if let Some(found) =
                    aliases.iter().find_map(|path| resolver.resolve(folder, &path.to_string_lossy()).ok())
                {
                    return Some(Ok(found));
                }
            }
            Some(resolver.resolve_file(referrer, specifier))
        };
        let found = match find()? {
            Err(first) if is_stale(&first) => {
                // The cache remembers what was not there; the file may have been written since.
                resolver.clear_cache();
                find()?
            }
            other => other,
        };
        found.ok().map(oxc_resolver::Resolution::into_path_buf)
    }

    fn new(options: &ResolverOptions, config: Option<&Path>) -> Self {
        let with = |config: Option<&Path>| {
            let options = |condition, extensions: &[&str]| resolve_options(options, config, condition, extensions);
            let import = OxcResolver::new(options("import", &IMPORT_EXTENSIONS));
            let packages = Pair {
                import: import.clone_with_options(options("import", &PACKAGE_IMPORT_EXTENSIONS)),
                require: import.clone_with_options(options("require", &PACKAGE_REQUIRE_EXTENSIONS)),
            };
            let require = import.clone_with_options(options("require", &REQUIRE_EXTENSIONS));
            (Pair { import, require }, packages)
        };
        let (sources, packages) = with(config);
        let Some(config) = config else { return Self { sources, packages, tsconfig: None, apart: false } };
        if let Ok(tsconfig) = sources.import.resolve_tsconfig(config) {
            return Self { sources, packages, tsconfig: Some(tsconfig), apart: false };
        }
        let (sources, packages) = with(None);
        Self { sources, packages, tsconfig: read_alone(config), apart: true }
    }
}

fn config_in(folder: &Path) -> Option<PathBuf> {
    CONFIGS.iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

/// Reads a tsconfig.json without what it extends, which may not be installed.
fn read_alone(path: &Path) -> Option<Arc<TsConfig>> {
    let text = fs::read_to_string(path).ok()?;
    let json: serde_json::Value =
        jsonc_parser::parse_to_serde_value(&text, &jsonc_parser::ParseOptions::default()).ok()?;
    let mut json = json.as_object()?.clone();
    json.remove("extends");
    json.remove("references");
    let text = serde_json::to_string(&json).ok()?;
    TsConfig::parse(true, path, path, text).ok().map(Arc::new)
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

fn resolve_options(
    options: &ResolverOptions,
    config: Option<&Path>,
    condition: &str,
    extensions: &[&str],
) -> ResolveOptions {
    let mut condition_names: Vec<String> = ["bun", "node", "node-addons", condition].map(str::to_owned).to_vec();
    condition_names.extend(options.conditions.iter().cloned());
    ResolveOptions {
        tsconfig: config.map(|config| {
            TsconfigDiscovery::Manual(TsconfigOptions {
                config_file: config.to_owned(),
                references: TsconfigReferences::Disabled,
            })
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
