//! The signals: what is read, who is told, and what is left when the owner is gone.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::Owner;
use porthole::state::signal::{ArcRwSignal, Memo, RwSignal, Signal, StoredValue};
use porthole::ui::dom::watch;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Mounted, sleep};

/// What an effect has read, each time that it ran.
type Seen<T> = Rc<RefCell<Vec<T>>>;

fn seen<T: 'static>(read: impl Fn() -> T + 'static) -> Seen<T> {
    let seen = Seen::default();
    let noted = Rc::clone(&seen);
    watch(move || noted.borrow_mut().push(read()));
    seen
}

/// A page with nothing on it, so that effects have an owner.
fn owned<T: 'static>(make: impl FnOnce() -> T + 'static) -> (Mounted, T) {
    let slot = Rc::new(RefCell::new(None));
    let put = Rc::clone(&slot);
    let page = Mounted::new(move |_| *put.borrow_mut() = Some(make()));
    let value = slot.borrow_mut().take().expect("mounted at once");
    (page, value)
}

#[wasm_bindgen_test]
async fn a_signal_tells_those_who_read_it_and_nobody_else() {
    let (_page, (signal, tracked, untracked)) = owned(|| {
        let signal = RwSignal::new(1);
        (signal, seen(move || signal.get()), seen(move || signal.get_untracked()))
    });
    sleep(0).await;
    signal.set(2);
    sleep(0).await;
    signal.update(|value| *value += 1);
    sleep(0).await;
    assert_eq!(*tracked.borrow(), [1, 2, 3]);
    assert_eq!(*untracked.borrow(), [1]);
}

#[wasm_bindgen_test]
async fn what_is_only_tracked_tells_too() {
    let (_page, (signal, memo, derived)) = owned(|| {
        let signal = RwSignal::new(1);
        let memo = Memo::new(move || signal.get() / 10);
        let derived = Signal::derive(move || signal.get() + 1);
        let told = |track: Box<dyn Fn()>| {
            let count = std::cell::Cell::new(0);
            seen(move || {
                track();
                count.set(count.get() + 1);
                count.get()
            })
        };
        (signal, told(Box::new(move || memo.track())), told(Box::new(move || derived.track())))
    });
    sleep(0).await;
    for value in [2, 10, 11, 20] {
        signal.set(value);
        sleep(0).await;
    }
    assert_eq!(*memo.borrow(), [1, 2, 3], "of four changes two made another memo");
    assert_eq!(*derived.borrow(), [1, 2, 3, 4, 5]);
}

#[wasm_bindgen_test]
async fn several_settings_at_once_are_told_once() {
    let (_page, (signal, told)) = owned(|| {
        let signal = ArcRwSignal::new(0);
        let read = signal.clone();
        (signal, seen(move || read.get()))
    });
    sleep(0).await;
    for value in 1..=100 {
        signal.set(value);
    }
    sleep(0).await;
    assert_eq!(*told.borrow(), [0, 100]);
}

#[wasm_bindgen_test]
async fn a_memo_tells_only_of_another_value() {
    let (_page, (signal, told)) = owned(|| {
        let signal = RwSignal::new(1.25_f64);
        let memo = Memo::new(move || format!("{:.1}", signal.get()));
        (signal, seen(move || memo.get()))
    });
    for value in [1.26, 1.27, 1.31, 1.29] {
        sleep(0).await;
        signal.set(value);
    }
    sleep(0).await;
    assert_eq!(*told.borrow(), ["1.2", "1.3"]);
}

#[wasm_bindgen_test]
fn what_is_being_read_stays_while_it_is_changed() {
    let (_page, signal) = owned(|| RwSignal::new(vec![1, 2]));
    let read = signal.read_untracked();
    signal.update(|values| values.push(3));
    assert_eq!(*read, [1, 2]);
    assert_eq!(signal.get_untracked(), [1, 2, 3]);
    signal.with_untracked(|values| {
        signal.set(Vec::new());
        assert_eq!(*values, [1, 2, 3]);
    });
    assert!(signal.read_untracked().is_empty());
}

#[wasm_bindgen_test]
async fn a_signal_to_be_read_follows_what_it_was_made_of() {
    let (_page, (source, held, told)) = owned(|| {
        let source = RwSignal::new(2);
        let held = ArcRwSignal::new(3);
        let all: [Signal<i32>; 5] = [
            source.into(),
            held.clone().into(),
            Memo::new(move || source.get() * 10).into(),
            Signal::derive(move || source.get() * 100),
            Signal::stored(7),
        ];
        (source, held, seen(move || all.iter().map(Signal::get).collect::<Vec<_>>()))
    });
    sleep(0).await;
    source.set(4);
    held.set(5);
    sleep(0).await;
    assert_eq!(*told.borrow(), [[2, 3, 20, 200, 7], [4, 5, 40, 400, 7]]);
    assert_eq!(Signal::<String>::from("text").get_untracked(), "text");
    assert_eq!(Signal::<u64>::default().get_untracked(), 0);
}

#[wasm_bindgen_test]
fn a_stored_value_is_replaced_and_told_to_nobody() {
    let (_page, stored) = owned(|| StoredValue::new(vec![1]));
    stored.with_value(|before| {
        stored.set_value(vec![2, 3]);
        assert_eq!(*before, [1]);
    });
    assert_eq!(stored.get_value(), [2, 3]);
}

#[wasm_bindgen_test]
fn what_an_owner_held_is_gone_with_it_and_asking_is_no_failure() {
    let owner = Owner::new();
    let (signal, stored) = owner.with(|| (RwSignal::new(1), StoredValue::new(1)));
    assert_eq!((signal.try_get_untracked(), stored.try_get_value()), (Some(1), Some(1)));
    owner.cleanup();
    assert_eq!((signal.try_get_untracked(), stored.try_get_value()), (None, None));
    signal.try_set(2);
    assert_eq!(signal.try_get_untracked(), None);
}
