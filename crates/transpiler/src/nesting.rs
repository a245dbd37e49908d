//! Room on the stack for sources that nest deeply.
//!
//! Parser, transformer and printer recurse; a source can nest as deep as it is long. Most files are
//! transpiled where they are asked for; one that may nest deeply gets a thread with a stack to match.

use std::thread;

use crate::Error;
use crate::diagnostics::Diagnostic;

/// Up to here the caller's stack is known to do (a worker thread of Node has 4 MB).
const SHALLOW: usize = 250;
/// What a level takes, in an unoptimized build.
const BYTES_PER_LEVEL: usize = 8 * 1024;
const SMALLEST_STACK: usize = 16 << 20;
const LARGEST_STACK: usize = 1 << 30;
/// Nothing that people or tools write nests deeper.
const DEEPEST: usize = 100_000;

/// Runs work that recurses as deep as the source nests.
pub(crate) fn with_room_for<T: Send>(source: &str, work: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    let Nesting { brackets, chain } = measure(source);
    if brackets > DEEPEST {
        let message = "Maximum call stack size exceeded".to_owned();
        return Err(Error::Syntax(vec![Diagnostic::at(message, source, "", 0)]));
    }
    let levels = brackets + chain + source.matches("else").count();
    if levels <= SHALLOW {
        return work();
    }
    let stack = (SMALLEST_STACK + levels * BYTES_PER_LEVEL).min(LARGEST_STACK);
    thread::scope(|scope| match thread::Builder::new().stack_size(stack).spawn_scoped(scope, work) {
        Ok(running) => running.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload)),
        Err(source) => Err(Error::Read { path: "a thread for the transpiler".into(), source }),
    })
}

/// Upper bounds, strings and comments included.
struct Nesting {
    /// How deep brackets nest.
    brackets: usize,
    /// How many operators stand between two semicolons.
    chain: usize,
}

fn measure(source: &str) -> Nesting {
    let (mut depth, mut brackets, mut run, mut chain) = (0_usize, 0_usize, 0_usize, 0_usize);
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' | b'<' => {
                depth += usize::from(byte != b'<');
                brackets = brackets.max(depth);
                run += 1;
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b';' => run = 0,
            b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'!' | b'~' | b'?' | b':' | b'.' | b'=' | b'>'
            | b' ' | b'\t' | b'\n' | b'`' => run += 1,
            _ => continue,
        }
        chain = chain.max(run);
    }
    Nesting { brackets, chain }
}

#[cfg(test)]
mod tests {
    use crate::{Error, Syntax, TranspileOptions, transpile};

    fn emits(source: &str) -> Result<String, Error> {
        let options = TranspileOptions { syntax: Syntax::Ts, ..TranspileOptions::default() };
        transpile(source, "deep.ts", &options).map(|module| module.code)
    }

    #[test]
    fn deep_sources_do_not_overflow_the_stack() {
        let parens = format!("export default {}1{}", "(".repeat(5000), ")".repeat(5000));
        assert!(emits(&parens).is_ok());
        let sum = format!("export default {}1", "1+".repeat(20_000));
        assert!(emits(&sum).is_ok());
        let nots = format!("export default {}1", "!".repeat(20_000));
        assert!(emits(&nots).is_ok());
        let calls = format!("export default x{}", ".f(a, b)".repeat(10_000));
        assert!(emits(&calls).is_ok());
        let branches = format!("if (a) {{ b; }}{}", " else if (a) { b; }".repeat(5000));
        assert!(emits(&branches).is_ok());
    }

    #[test]
    fn absurd_depth_is_an_error() {
        assert!(matches!(emits(&"(".repeat(200_000)), Err(Error::Syntax(_))));
    }
}
