//! How similar two texts are, by the measure of Python's `difflib`, which the password policy
//! requires. `strsim` has other measures only.

/// `SequenceMatcher(None, a, b).ratio()`: twice the matching characters divided by all characters;
/// 1 for equal texts. difflib's junk heuristic begins at 200 characters, which no name has.
pub fn ratio(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let length = a.len() + b.len();
    if length == 0 {
        return 1.0;
    }
    // A few hundred characters at most.
    let as_float = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    2.0 * as_float(matching_chars(&a, &b)) / as_float(length)
}

/// The length of the longest common block, plus the same sum for the texts on its left and right.
fn matching_chars(a: &[char], b: &[char]) -> usize {
    let mut total = 0;
    let mut pairs = vec![(a, b)];
    while let Some((a, b)) = pairs.pop() {
        let block = longest_block(a, b);
        if block.length == 0 {
            continue;
        }
        total += block.length;
        let ((left_a, rest_a), (left_b, rest_b)) = (a.split_at(block.in_a), b.split_at(block.in_b));
        pairs.push((left_a, left_b));
        pairs.push((
            rest_a.split_at(block.length).1,
            rest_b.split_at(block.length).1,
        ));
    }
    total
}

#[derive(Default)]
struct Block {
    in_a: usize,
    in_b: usize,
    length: usize,
}

/// The longest common block. If there are several, the first in `a`, then the first in `b`.
fn longest_block(a: &[char], b: &[char]) -> Block {
    let mut best = Block::default();
    // The length of the common block that ends at each index of `b` and the previous one of `a`.
    let mut ends = vec![0; b.len()];
    for (in_a, from_a) in a.iter().enumerate() {
        let mut before = 0;
        for ((in_b, from_b), end) in b.iter().enumerate().zip(&mut ends) {
            let length = if from_a == from_b { before + 1 } else { 0 };
            before = std::mem::replace(end, length);
            if length > best.length {
                best = Block {
                    in_a: in_a + 1 - length,
                    in_b: in_b + 1 - length,
                    length,
                };
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected numbers come from Python's `get_matching_blocks`.
    #[test]
    fn the_ratio_is_that_of_difflib() {
        for (a, b, matching) in MATCHING {
            let (found, length) = (ratio(a, b), a.chars().count() + b.chars().count());
            let expected = match length {
                0 => 1.0,
                _ => f64::from(2 * matching) / f64::from(u32::try_from(length).unwrap()),
            };
            assert!((found - expected).abs() < 1e-9, "{a} {b}: {found}");
        }
    }

    const MATCHING: [(&str, &str, u32); 11] = [
        ("", "", 0),
        ("abcd", "", 0),
        ("abcd", "bcde", 3),
        ("lovelace1", "lovelace", 8),
        ("lovelace1815", "lovelace", 8),
        (
            "private Thread currentThread;",
            "private volatile Thread currentThread;",
            29,
        ),
        ("abxcd", "abcd", 4),
        ("qabxcd", "abycdf", 4),
        ("ada.lovelace", "lovelace.ada", 8),
        ("straße99", "strasse", 5),
        ("xaxbxcxdx", "abcd", 4),
    ];
}
