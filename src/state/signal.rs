//! Signals of any type, of which Leptos sees one type only.
//!
//! Each type of value that a signal of Leptos holds brings some 2 kB of code of its own, and the page holds sixty. Here
//! a value stands behind a pointer, so that Leptos' part is there once; what is left for each type is to look behind
//! the pointer. The names and methods are those of Leptos. A page has one thread, and what these hold stays in it.

use std::any::Any;
use std::marker::PhantomData;
use std::rc::Rc;

use leptos::Update as _;
use leptos::prelude as leptos;
use leptos::{Get as _, GetUntracked as _, GetValue as _, Set as _, SetValue as _};
use send_wrapper::SendWrapper;

/// A value of any type.
#[derive(Clone)]
struct Held(SendWrapper<(Rc<dyn Any>, Same)>);

/// Whether two values of one type are equal.
type Same = fn(&dyn Any, &dyn Any) -> bool;

impl Held {
    fn new<T: 'static>(value: T) -> Self {
        Self::with_same(Rc::new(value), |_, _| false)
    }

    fn comparable<T: PartialEq + 'static>(value: T) -> Self {
        Self::with_same(Rc::new(value), |one, other| one.downcast_ref::<T>() == other.downcast_ref::<T>())
    }

    fn with_same(value: Rc<dyn Any>, same: Same) -> Self {
        Self(SendWrapper::new((value, same)))
    }

    #[inline(never)]
    fn value<T: 'static>(self) -> Read<T> {
        Read(self.0.take().0.downcast().unwrap_or_else(|_| other_type()))
    }

    /// The value itself; a copy of it takes its place where somebody is still reading it.
    fn value_mut<T: Clone + 'static>(&mut self) -> &mut T {
        let held = &mut self.0.0;
        if Rc::get_mut(held).is_none() {
            let copy = held.downcast_ref::<T>().unwrap_or_else(|| other_type()).clone();
            *held = Rc::new(copy);
        }
        Rc::get_mut(held).and_then(|held| held.downcast_mut()).unwrap_or_else(|| other_type())
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        (self.0.1)(&*self.0.0, &*other.0.0)
    }
}

/// The types of a signal and of what it holds are the same from its making on.
fn other_type() -> ! {
    unreachable!("a signal holds what it was made with")
}

/// A value while it is being read.
#[derive(Debug)]
pub struct Read<T>(Rc<T>);

impl<T> std::ops::Deref for Read<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A closure that makes a value. A `Fn` would bring, for each closure, the code to call it as `FnMut` and `FnOnce`.
trait Make {
    fn make(&self) -> Held;
}

impl<F: Fn() -> Held> Make for F {
    fn make(&self) -> Held {
        self()
    }
}

// Not to be inlined: then they would be there for each type all the same.

#[inline(never)]
fn memo(make: Box<dyn Make>) -> leptos::Memo<Held> {
    let make = SendWrapper::new(make);
    leptos::Memo::new(move |_| make.make())
}

#[inline(never)]
fn derived(make: Box<dyn Make>) -> leptos::Signal<Held> {
    let make = SendWrapper::new(make);
    leptos::Signal::derive(move || make.make())
}

macro_rules! signal {
    ($(#[$docs:meta])* $name:ident of $inner:ty) => {
        $(#[$docs])*
        pub struct $name<T> {
            inner: $inner,
            of: PhantomData<fn() -> T>,
        }

        impl<T> $name<T> {
            const fn of(inner: $inner) -> Self {
                Self { inner, of: PhantomData }
            }
        }

        impl<T> std::fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

macro_rules! copied {
    ($($name:ident)*) => {$(
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}
    )*};
}

macro_rules! readable {
    ($($name:ident)*) => {$(
        impl<T: 'static> $name<T> {
            /// The value; who asks is told when it changes.
            pub fn read(&self) -> Read<T> {
                self.inner.get().value()
            }

            /// The value; who asks is not told when it changes.
            pub fn read_untracked(&self) -> Read<T> {
                self.inner.get_untracked().value()
            }

            /// Calls a function with the value; who asks is told when it changes.
            pub fn with<U>(&self, look: impl FnOnce(&T) -> U) -> U {
                look(&self.read())
            }

            /// Calls a function with the value; who asks is not told when it changes.
            pub fn with_untracked<U>(&self, look: impl FnOnce(&T) -> U) -> U {
                look(&self.read_untracked())
            }

            /// Asks to be told when the value changes.
            pub fn track(&self) {
                // Leptos' own `track` does not make the value: a memo that nobody reads would never know its sources,
                // and so never tell of a change.
                drop(self.inner.try_get());
            }
        }

        impl<T: Clone + 'static> $name<T> {
            /// A copy of the value; who asks is told when it changes.
            pub fn get(&self) -> T {
                T::clone(&self.read())
            }

            /// A copy of the value; who asks is not told when it changes.
            pub fn get_untracked(&self) -> T {
                T::clone(&self.read_untracked())
            }

            /// As [`Self::get_untracked`], or nothing where the owner of the signal is gone.
            pub fn try_get_untracked(&self) -> Option<T> {
                self.inner.try_get_untracked().map(|held| T::clone(&held.value::<T>()))
            }
        }
    )*};
}

macro_rules! writable {
    ($($name:ident of $inner:ident)*) => {$(
        impl<T: 'static> $name<T> {
            /// A signal with its first value.
            pub fn new(value: T) -> Self {
                Self::of(leptos::$inner::new(Held::new(value)))
            }

            /// Puts a value in the place of the one before.
            pub fn set(&self, value: T) {
                self.inner.set(Held::new(value));
            }

            /// As [`Self::set`], unless the owner of the signal is gone.
            pub fn try_set(&self, value: T) {
                // The value comes back where nobody holds the signal any more.
                drop(self.inner.try_set(Held::new(value)));
            }

            /// Changes the value.
            pub fn update(&self, change: impl FnOnce(&mut T))
            where
                T: Clone,
            {
                self.inner.update(|held| change(held.value_mut()));
            }
        }
    )*};
}

signal! {
    /// A value that can be set, and that lives as long as the owner it was made in.
    RwSignal of leptos::RwSignal<Held>
}
signal! {
    /// A value that can be set, and that lives as long as somebody holds it.
    ArcRwSignal of leptos::ArcRwSignal<Held>
}
signal! {
    /// A value made of others, made anew when one of them has changed; those who read it hear only of another value.
    Memo of leptos::Memo<Held>
}
signal! {
    /// A value to be read, wherever it comes from.
    Signal of leptos::Signal<Held>
}
signal! {
    /// A value that nobody is told about, and that lives as long as the owner it was made in.
    StoredValue of leptos::StoredValue<Held>
}

copied!(RwSignal Memo Signal StoredValue);
readable!(RwSignal ArcRwSignal Memo Signal);
writable!(RwSignal of RwSignal ArcRwSignal of ArcRwSignal);

impl<T> Clone for ArcRwSignal<T> {
    fn clone(&self) -> Self {
        Self::of(self.inner.clone())
    }
}

impl<T: PartialEq + 'static> Memo<T> {
    /// A value made by a closure.
    pub fn new(make: impl Fn() -> T + 'static) -> Self {
        Self::of(memo(Box::new(move || Held::comparable(make()))))
    }
}

impl<T: 'static> Signal<T> {
    /// A value that a closure makes whenever it is asked for.
    pub fn derive(make: impl Fn() -> T + 'static) -> Self {
        Self::of(derived(Box::new(move || Held::new(make()))))
    }

    /// A value that stays.
    pub fn stored(value: T) -> Self {
        Self::of(leptos::Signal::stored(Held::new(value)))
    }
}

impl<T: Default + 'static> Default for Signal<T> {
    fn default() -> Self {
        Self::stored(T::default())
    }
}

impl<T> From<RwSignal<T>> for Signal<T> {
    fn from(signal: RwSignal<T>) -> Self {
        Self::of(signal.inner.into())
    }
}

impl<T> From<ArcRwSignal<T>> for Signal<T> {
    fn from(signal: ArcRwSignal<T>) -> Self {
        Self::of(signal.inner.into())
    }
}

impl<T> From<Memo<T>> for Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self::of(memo.inner.into())
    }
}

impl From<&str> for Signal<String> {
    fn from(text: &str) -> Self {
        Self::stored(text.to_owned())
    }
}

impl From<String> for Signal<String> {
    fn from(text: String) -> Self {
        Self::stored(text)
    }
}

impl<T: 'static> StoredValue<T> {
    /// A value in its place.
    pub fn new(value: T) -> Self {
        Self::of(leptos::StoredValue::new(Held::new(value)))
    }

    /// Puts a value in the place of the one before.
    pub fn set_value(&self, value: T) {
        self.inner.set_value(Held::new(value));
    }

    /// Calls a function with the value.
    pub fn with_value<U>(&self, look: impl FnOnce(&T) -> U) -> U {
        look(&self.inner.get_value().value())
    }
}

impl<T: Clone + 'static> StoredValue<T> {
    /// A copy of the value.
    pub fn get_value(&self) -> T {
        self.with_value(T::clone)
    }

    /// As [`Self::get_value`], or nothing where the owner of the value is gone.
    pub fn try_get_value(&self) -> Option<T> {
        self.inner.try_get_value().map(|held| T::clone(&held.value::<T>()))
    }
}
