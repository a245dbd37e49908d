//! Running a pattern's program over a path.
//!
//! A backtracking machine that never visits the same step at the same place twice, so that its time
//! grows with the length of the path times that of the pattern, whatever the pattern is.

use super::compile::{Pattern, Step};

impl Pattern {
    /// Whether the whole path matches.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        Machine::new(&self.program, path).run(0, 0) != self.negated
    }
}

struct Machine<'run> {
    program: &'run [Step],
    path: &'run str,
    visited: Vec<u64>,
    todo: Vec<(usize, usize)>,
}

impl<'run> Machine<'run> {
    fn new(program: &'run [Step], path: &'run str) -> Self {
        let places = program.len() * (path.len() + 1);
        Self { program, path, visited: vec![0; places.div_ceil(64)], todo: Vec::new() }
    }

    /// Whether this place is new.
    fn visit(&mut self, step: usize, at: usize) -> bool {
        let place = step * (self.path.len() + 1) + at;
        let (word, bit) = (place / 64, 1 << (place % 64));
        let new = self.visited[word] & bit == 0;
        self.visited[word] |= bit;
        new
    }

    fn run(&mut self, step: usize, at: usize) -> bool {
        self.todo.push((step, at));
        while let Some((step, at)) = self.todo.pop() {
            if self.follow(step, at) {
                return true;
            }
        }
        false
    }

    /// Follows one thread until it ends; true when it ended in a match.
    fn follow(&mut self, mut step: usize, mut at: usize) -> bool {
        loop {
            let program = self.program;
            let taken = match &program[step] {
                Step::End => return at == self.path.len(),
                Step::Jump(to) => {
                    step = *to;
                    continue;
                }
                Step::Fork(first, second) => {
                    if !self.visit(step, at) {
                        return false;
                    }
                    self.todo.push((*second, at));
                    step = *first;
                    continue;
                }
                Step::Not(to) => {
                    if !self.visit(step, at) || Machine::new(program, self.path).run(*to, at) {
                        return false;
                    }
                    step += 1;
                    continue;
                }
                Step::Number { first, last, step: stride, width } => {
                    for length in numbers(&self.path[at..], *first, *last, *stride, *width) {
                        self.todo.push((step + 1, at + length));
                    }
                    return false;
                }
                Step::Char(wanted) => self.path[at..].starts_with(*wanted).then(|| wanted.len_utf8()),
                Step::NotSeparator => self.next(at).filter(|&found| found != '/').map(char::len_utf8),
                Step::Any => self.next(at).map(char::len_utf8),
                Step::Class { ranges, negated } => self
                    .next(at)
                    .filter(|found| ranges.iter().any(|(low, high)| low <= found && found <= high) != *negated)
                    .map(char::len_utf8),
            };
            let Some(length) = taken else { return false };
            at += length;
            step += 1;
        }
    }

    fn next(&self, at: usize) -> Option<char> {
        self.path[at..].chars().next()
    }
}

/// The lengths of the beginnings of `text` that are numbers of the range, in its spelling.
fn numbers(text: &str, first: i64, last: i64, stride: i64, width: usize) -> Vec<usize> {
    let sign = usize::from(text.starts_with('-'));
    let digits = text.as_bytes()[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count().min(19);
    let inside = |number: &i64| {
        first.min(last) <= *number
            && *number <= first.max(last)
            && number.abs_diff(first).is_multiple_of(stride.unsigned_abs())
    };
    (sign + 1..=sign + digits)
        .filter(|&length| {
            let spelled = &text[..length];
            spelled.parse::<i64>().ok().filter(inside).is_some_and(|number| spell(number, width) == spelled)
        })
        .collect()
}

fn spell(number: i64, width: usize) -> String {
    format!("{number:0width$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching<'path>(pattern: &str, paths: &[&'path str]) -> Vec<&'path str> {
        let pattern = Pattern::new(pattern);
        paths.iter().copied().filter(|path| pattern.matches(path)).collect()
    }

    #[test]
    fn components_and_stars() {
        assert_eq!(matching("*.ts", &["a.ts", "x/a.ts", ".ts", "a.js"]), ["a.ts", ".ts"]);
        assert_eq!(matching("**/*.ts", &["a.ts", "x/y/a.ts", "a.js"]), ["a.ts", "x/y/a.ts"]);
        assert_eq!(matching("a/**", &["a", "a/", "a/b/c"]), ["a/", "a/b/c"]);
        assert_eq!(matching("a**b", &["ab", "axb", "a/b"]), ["ab", "axb"]);
    }

    #[test]
    fn groups() {
        assert_eq!(matching("{a,{b,c}d}", &["a", "bd", "cd", "d"]), ["a", "bd", "cd"]);
        assert_eq!(matching("!(a|b).js", &["a.js", "c.js"]), ["c.js"]);
        assert_eq!(matching("{a,b", &["{a,b", "a"]), ["{a,b"]);
        assert_eq!(matching("v{01..10}", &["v1", "v01", "v10", "v11"]), ["v01", "v10"]);
        assert_eq!(matching("!!a", &["a", "b"]), ["a"]);
    }

    #[test]
    fn hostile_patterns_take_no_time() {
        let stars = "*a".repeat(50);
        assert!(!Pattern::new(&format!("{stars}b")).matches(&"a".repeat(2000)));
        assert!(!Pattern::new(&"{a,b".repeat(2000)).matches("a"));
        assert!(!Pattern::new(&"{".repeat(5000)).matches("a"));
        assert!(!Pattern::new(&format!("{}{}", "{".repeat(5000), "}".repeat(5000))).matches("a"));
        assert!(!Pattern::new("+(+(+(a)))b").matches(&"a".repeat(500)));
    }
}
