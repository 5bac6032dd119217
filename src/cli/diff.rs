//! Owns the difference of two texts, line by line, as `diff -u` writes it. It must never know what the texts are.

/// Lines of context around what differs.
const CONTEXT: usize = 3;
/// The most lines, of both texts multiplied, that are compared one by one; beyond that, all of the middle is replaced.
const WORK: usize = 16_000_000;

/// A line of a difference.
#[derive(Clone, Copy, PartialEq)]
enum Change<'t> {
    Same(&'t str),
    Gone(&'t str),
    New(&'t str),
}

/// The difference, in the unified form; empty where there is none.
pub fn unified(name: &str, before: &str, after: &str) -> String {
    let changes = changes(&before.lines().collect::<Vec<_>>(), &after.lines().collect::<Vec<_>>());
    let differs = |at: usize| changes.get(at).is_some_and(|change| !matches!(change, Change::Same(_)));
    let near = |at: usize| (at.saturating_sub(CONTEXT)..=at + CONTEXT).any(differs);
    let mut out = String::new();
    let (mut old, mut new, mut at) = (1, 1, 0);
    while at < changes.len() {
        if !near(at) {
            (old, new, at) = (old + 1, new + 1, at + 1);
            continue;
        }
        let hunk: Vec<Change<'_>> =
            (at..changes.len()).take_while(|at| near(*at)).filter_map(|at| changes.get(at).copied()).collect();
        let olds = hunk.iter().filter(|change| !matches!(change, Change::New(_))).count();
        let news = hunk.iter().filter(|change| !matches!(change, Change::Gone(_))).count();
        if out.is_empty() {
            out = format!("--- {name}\n+++ {name}\n");
        }
        out.push_str(&format!("@@ -{old},{olds} +{new},{news} @@\n"));
        for change in &hunk {
            let (sign, line) = match change {
                Change::Same(line) => (' ', line),
                Change::Gone(line) => ('-', line),
                Change::New(line) => ('+', line),
            };
            out.push(sign);
            out.push_str(line);
            out.push('\n');
        }
        (old, new, at) = (old + olds, new + news, at + hunk.len());
    }
    out
}

/// What was left out and what was put in, by the longest common lines.
fn changes<'t>(before: &[&'t str], after: &[&'t str]) -> Vec<Change<'t>> {
    let same = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (old, new) = (before.get(same..).unwrap_or(&[]), after.get(same..).unwrap_or(&[]));
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, rest) = old.split_at_checked(old.len() - tail).unwrap_or((old, &[]));
    let (new, _) = new.split_at_checked(new.len() - tail).unwrap_or((new, &[]));
    let mut out: Vec<Change<'t>> = before.iter().take(same).map(|line| Change::Same(line)).collect();
    if old.len().saturating_mul(new.len()) > WORK {
        out.extend(old.iter().map(|line| Change::Gone(line)));
        out.extend(new.iter().map(|line| Change::New(line)));
    } else {
        middle(old, new, &mut out);
    }
    out.extend(rest.iter().map(|line| Change::Same(line)));
    out
}

fn middle<'t>(old: &[&'t str], new: &[&'t str], out: &mut Vec<Change<'t>>) {
    let columns = new.len() + 1;
    // How many lines are common behind each pair of places.
    let mut common = vec![0u32; (old.len() + 1) * columns];
    let at = |common: &[u32], row: usize, column: usize| common.get(row * columns + column).copied().unwrap_or(0);
    for (row, a) in old.iter().enumerate().rev() {
        for (column, b) in new.iter().enumerate().rev() {
            let best = if a == b {
                at(&common, row + 1, column + 1) + 1
            } else {
                at(&common, row + 1, column).max(at(&common, row, column + 1))
            };
            if let Some(place) = common.get_mut(row * columns + column) {
                *place = best;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    loop {
        match (old.get(row), new.get(column)) {
            (Some(a), Some(b)) if a == b => {
                out.push(Change::Same(a));
                (row, column) = (row + 1, column + 1);
            }
            (Some(a), b) if b.is_none() || at(&common, row + 1, column) >= at(&common, row, column + 1) => {
                out.push(Change::Gone(a));
                row += 1;
            }
            (_, Some(b)) => {
                out.push(Change::New(b));
                column += 1;
            }
            _ => break,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_shown_with_what_stands_around_it() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let after = before.replace("2\n", "two\n").replace("8\n", "");
        insta::assert_snapshot!(unified("a", before, &after), @r"
        --- a
        +++ a
        @@ -1,9 +1,8 @@
         1
        -2
        +two
         3
         4
         5
         6
         7
        -8
         9
        ");
        assert_eq!(unified("a", before, before), "");
    }
}
