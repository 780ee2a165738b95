//! Maps that the whole page shares: each further kind of the standard library's maps costs it 2 to 5 kB.

use std::collections::HashMap;

/// A map in a sorted list, for keys that are counted up: a new one goes to the end.
#[derive(Clone, Debug)]
pub struct Slots<K, V>(Vec<(K, V)>);

impl<K, V> Default for Slots<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Slots<K, V> {
    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        let place = self.place(key).ok()?;
        Some(&self.0[place].1)
    }

    /// The value of a key, to change it.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place(key).ok()?;
        Some(&mut self.0[place].1)
    }

    /// The value of a key; a new one is made if there is none.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let place = self.place(&key).unwrap_or_else(|place| {
            self.0.insert(place, (key, make()));
            place
        });
        &mut self.0[place].1
    }

    /// Sets the value of a key.
    pub fn insert(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.place(key).ok()?;
        Some(self.0.remove(place).1)
    }

    /// The keys with their values, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// The values, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    fn place(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(key))
    }
}

/// Names, each with a number. As many as there may be, a name is found at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names(HashMap<String, usize>);

impl Names {
    /// Numbers names from 0 on; of equal ones the last counts.
    pub fn number<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut numbered = Self::default();
        for (number, name) in names.enumerate() {
            numbered.insert(name, number);
        }
        numbered
    }

    /// The number of a name.
    pub fn get(&self, name: &str) -> Option<usize> {
        self.0.get(name).copied()
    }

    /// Whether a name is there.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Gives a name a number; whether it had none before.
    pub fn insert(&mut self, name: &str, number: usize) -> bool {
        self.0.insert(name.to_owned(), number).is_none()
    }

    /// Takes a name out; whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }

    /// Keeps those names that are in `others` too.
    pub fn retain(&mut self, others: &Self) {
        self.0.retain(|name, _| others.contains(name));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_order_however_they_came() {
        let mut slots = Slots::default();
        for key in [5, 1, 9, 1] {
            slots.insert(key, key * 10);
        }
        *slots.get_or_insert_with(3, || 0) += 7;
        *slots.get_or_insert_with(9, || 0) += 1;
        assert_eq!(slots.remove(&5), Some(50));
        assert_eq!(slots.remove(&5), None);
        assert_eq!(slots.iter().collect::<Vec<_>>(), [(&1, &10), (&3, &7), (&9, &91)]);
        assert_eq!((slots.get(&3), slots.get(&4)), (Some(&7), None));
    }

    #[test]
    fn names_are_found_by_their_text() {
        let mut names = Names::number(["a", "b", "a"].into_iter());
        assert_eq!((names.get("a"), names.get("b"), names.get("c")), (Some(2), Some(1), None));
        assert!(!names.insert("b", 5) && names.remove("b") && !names.remove("b"));
        names.retain(&Names::default());
        assert!(names.is_empty());
    }
}
