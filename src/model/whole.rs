//! Whole numbers of any size, with the little arithmetic that reading and writing of doubles takes.

/// By 32 bits, the lowest first; the last of them is not 0.
#[derive(Default)]
pub(super) struct Whole(Vec<u32>);

impl Whole {
    pub(super) fn multiply_and_add(&mut self, factor: u32, summand: u32) {
        let mut carry = u64::from(summand);
        for limb in &mut self.0 {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// Divides, and gives the remainder.
    pub(super) fn divide(&mut self, divisor: u32) -> u32 {
        let mut remainder = 0;
        for limb in self.0.iter_mut().rev() {
            let dividend = remainder << 32 | u64::from(*limb);
            *limb = (dividend / u64::from(divisor)) as u32;
            remainder = dividend % u64::from(divisor);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        remainder as u32
    }

    /// Multiplies by 2^32 so many times.
    pub(super) fn shift(&mut self, limbs: usize) {
        self.0.splice(..0, std::iter::repeat_n(0, limbs));
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn is_odd(&self) -> bool {
        self.0.first().is_some_and(|limb| limb & 1 == 1)
    }

    /// All but the highest limbs, and those.
    pub(super) fn highest(&self, limbs: usize) -> (&[u32], &[u32]) {
        self.0.split_at(self.0.len().saturating_sub(limbs))
    }
}
