//! A value that is mostly not there: then it is one word, and nothing is done when that goes.

use alloc::boxed::Box;

/// A value in a box, or nothing.
pub struct Rare<T>(Option<Box<T>>);

impl<T> Rare<T> {
    /// Nothing.
    pub const fn none() -> Self {
        Self(None)
    }

    /// Whether there is nothing.
    pub const fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// The value.
    pub fn get(&self) -> Option<&T> {
        self.0.as_deref()
    }

    /// The value, to be changed.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }

    /// Takes the value out.
    pub fn take(&mut self) -> Option<T> {
        self.0.take().map(|value| *value)
    }

    /// Gives the value's memory back if nothing depends on it any more.
    pub fn drop_if(&mut self, is_idle: impl FnOnce(&T) -> bool) {
        self.0.take_if(|value| is_idle(value));
    }
}

impl<T: Default> Rare<T> {
    /// The value, made if it is not there.
    pub fn get_or_make(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T> Drop for Rare<T> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            drop_value(value);
        }
    }
}

// Apart, so that whatever has a rare value does not have the end of one in it as well.
#[cold]
#[inline(never)]
fn drop_value<T>(value: Box<T>) {
    drop(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::sync::Arc;
    use alloc::vec::Vec;

    #[test]
    fn it_is_made_when_it_is_needed_and_goes_when_it_is_not() {
        let mut rare = Rare::<Vec<u8>>::none();
        rare.drop_if(|_| true);
        assert!(rare.is_none() && rare.get().is_none());
        rare.get_or_make().push(7);
        rare.drop_if(Vec::is_empty);
        assert_eq!(rare.get_mut(), Some(&mut [7].to_vec()));
        assert_eq!((rare.take(), rare.take()), (Some([7].to_vec()), None));
    }

    #[test]
    fn the_value_goes_with_it() {
        let value = Arc::new(());
        let mut rare = Rare::<Option<Arc<()>>>::none();
        *rare.get_or_make() = Some(value.clone());
        drop(rare);
        assert_eq!(Arc::strong_count(&value), 1);
    }
}
