//! Sorting by one routine for all types.
//!
//! The standard library's sort is compiled anew for each type, 4 kB each time, and a page is paid for by the byte.
//! This one sorts places and moves the items afterwards.

use std::cmp::Ordering;

/// Sorts a list; equals keep their order.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut sources = sources(items.len(), &|a, b| compare(&items[a], &items[b]));
    // Each place takes its item from its source, along one ring of places after the other.
    for first in 0..sources.len() {
        let mut place = first;
        loop {
            let source = std::mem::replace(&mut sources[place], place);
            if source == first {
                break;
            }
            items.swap(place, source);
            place = source;
        }
    }
}

/// The place from which each item of the sorted list comes.
///
/// Merges runs of doubled length. What is in order already is copied, so that a few sorted lists, one behind the
/// other, take little time.
fn sources(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..len).collect();
    let mut merged: Vec<usize> = Vec::with_capacity(len);
    let mut run = 1;
    while run < len {
        for pair in sorted.chunks(2 * run) {
            let (mut left, mut right) = pair.split_at(run.min(pair.len()));
            if let (Some(last), Some(first)) = (left.last(), right.first())
                && compare(*last, *first).is_gt()
            {
                while let ([a, lefts @ ..], [b, rights @ ..]) = (left, right) {
                    if compare(*a, *b).is_gt() {
                        merged.push(*b);
                        right = rights;
                    } else {
                        merged.push(*a);
                        left = lefts;
                    }
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(&mut sorted, &mut merged);
        merged.clear();
        run *= 2;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_no_or_one_item_are_sorted() {
        for mut items in [vec![], vec![7]] {
            let before = items.clone();
            sort_by(&mut items, Ord::cmp);
            assert_eq!(items, before);
        }
    }

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        for len in 0..200_u32 {
            let mut items: Vec<(u32, u32)> = (0..len).map(|n| (n * n * 7 % 31, n)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            sort_by(&mut items, |a, b| a.0.cmp(&b.0));
            assert_eq!(items, expected);
        }
    }
}
