//! Where the groups of a pattern close.

/// For each index of `pattern` where a group opens, where it closes.
///
/// One pass with a stack, so that a row of unclosed braces costs no more than any other text.
pub(super) fn closings(pattern: &[char]) -> Vec<Option<usize>> {
    let mut closings = vec![None; pattern.len()];
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < pattern.len() {
        match pattern[at] {
            '\\' => at += 1,
            '[' => at = class_end(pattern, at).unwrap_or(at),
            '{' | '(' => open.push(at),
            '}' => close(&mut open, &mut closings, pattern, '{', at),
            ')' => close(&mut open, &mut closings, pattern, '(', at),
            _ => {}
        }
        at += 1;
    }
    closings
}

fn close(open: &mut Vec<usize>, closings: &mut [Option<usize>], pattern: &[char], opener: char, at: usize) {
    if let Some(depth) = open.iter().rposition(|&index| pattern[index] == opener) {
        closings[open[depth]] = Some(at);
        open.truncate(depth);
    }
}

/// Where the class that opens at `at` closes; `None` when it does not.
pub(super) fn class_end(pattern: &[char], at: usize) -> Option<usize> {
    let mut index = at + 1;
    if matches!(pattern.get(index), Some('!' | '^')) {
        index += 1;
    }
    let first = index;
    loop {
        match pattern.get(index)? {
            ']' if index > first => return Some(index),
            '\\' => index += 2,
            _ => index += 1,
        }
    }
}
