//! `which`.

use std::{
    io,
    path::{Path, PathBuf},
};

use bstr::{BStr, ByteSlice as _, ByteVec as _};

use super::{
    Context,
    options::Options,
    text::{complain, resolve},
};
use crate::file::{Access, can};

/// Writes where programs are; that one is not found is told on standard output, as Bun does. `-a` shows all places,
/// `-s` none.
pub(super) fn which(context: &mut Context<'_>) -> io::Result<u8> {
    let parsed = match (Options { short: "as", long: &[("all", 'a')], stops: true }).parse(context.args) {
        Ok(parsed) => parsed,
        Err(wrong) => {
            complain(context.stderr, context.args, wrong)?;
            return Ok(1);
        }
    };
    if parsed.operands.is_empty() {
        context.stdout.write_all(b"\n")?;
        return Ok(1);
    }
    let path = context.environment.get(b"PATH".as_bstr()).map(std::borrow::Cow::into_owned).unwrap_or_default();
    let extensions = context.environment.get(b"PATHEXT".as_bstr()).map(|list| list.to_string());
    let (mut text, mut code) = (Vec::new(), 0);
    for name in &parsed.operands {
        let mut found = places(name, path.as_bstr(), extensions.as_deref(), context.cwd);
        if !parsed.has('a') {
            found.truncate(1);
        }
        if found.is_empty() {
            code = 1;
        }
        if parsed.has('s') {
            continue;
        }
        if found.is_empty() {
            text.push_str(format!("which: {name} not found\n"));
        }
        for place in found {
            text.push_str(Vec::from_path_lossy(&place));
            text.push(b'\n');
        }
    }
    context.stdout.write_all(&text)?;
    Ok(code)
}

fn places(name: &BStr, path: &BStr, extensions: Option<&str>, cwd: &Path) -> Vec<PathBuf> {
    if name.is_empty() {
        return Vec::new();
    }
    let endings: Vec<&str> = match extensions {
        Some(list) if std::path::MAIN_SEPARATOR == '\\' => std::iter::once("").chain(list.split(';')).collect(),
        _ => vec![""],
    };
    let with_endings = |place: PathBuf| {
        endings.iter().find_map(|ending| {
            let mut whole = place.clone().into_os_string();
            whole.push(ending);
            let whole = PathBuf::from(whole);
            (whole.is_file() && can(&whole, Access::Execute)).then_some(whole)
        })
    };
    if name.contains(&b'/') || Path::new(&*name.to_path_lossy()).is_absolute() {
        return with_endings(resolve(cwd, name)).into_iter().collect();
    }
    std::env::split_paths(&*path.to_os_str_lossy())
        .filter(|directory| !directory.as_os_str().is_empty())
        .filter_map(|directory| with_endings(cwd.join(directory).join(name.to_path_lossy())))
        .collect()
}
