//! Data of ETP is decoded without making anything of an item: the number of allocations does not depend on how many there
//! are.
#![expect(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use porthole::protocol::etp::avro::{AvroError, Reader, Writer};
use porthole::protocol::etp::item::{Datum, Index, Item};
use porthole::protocol::etp::{v11, v12};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: all is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Items of a few channels; their indexes, an attribute with a text, and values of the kinds that need no memory.
fn items(count: i64, item: WriteItem) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.long(count);
    for place in 0..count {
        let mut attribute = Writer::default();
        attribute.long(1);
        attribute.long(7);
        item(&mut writer, place, &attribute.into_bytes());
    }
    writer.long(0);
    writer.into_bytes()
}

/// `indexes`, `channelId`, `value`, `valueAttributes`. Every third item leaves its indexes out.
fn item_v11(writer: &mut Writer, place: i64, attribute: &[u8]) {
    if place % 3 < 2 {
        writer.long(2);
        writer.long(1_700_000_000_000_000 + place);
        writer.long(900);
    }
    writer.long(0);
    writer.long(place % 5);
    match place % 4 {
        0 => writer.raw(&[2, 0, 0, 0, 0, 0, 0, 0, 64]),
        1 => writer.raw(&[8, 84]),
        2 => writer.raw(&[10, 4, b'o', b'k']),
        _ => writer.raw(&[14, 1]),
    }
    writer.raw(attribute);
    writer.raw(&[10, 2, b'x', 0]);
}

/// `channelId`, `indexes`, `value`, `valueAttributes`. Every third item has nulls for its indexes.
fn item_v12(writer: &mut Writer, place: i64, attribute: &[u8]) {
    writer.long(place % 5);
    writer.long(2);
    if place % 3 < 2 {
        writer.long(1);
        writer.long(1_700_000_000_000_000 + place);
        writer.raw(&[4, 0, 0, 0, 0, 0, 0, 0, 64]);
    } else {
        writer.raw(&[0, 0]);
    }
    writer.long(0);
    match place % 4 {
        0 => writer.raw(&[10, 0, 0, 0, 0, 0, 0, 0, 64]),
        1 => writer.raw(&[6, 84]),
        2 => writer.raw(&[12, 4, b'o', b'k']),
        _ => writer.raw(&[2, 1]),
    }
    writer.raw(attribute);
    writer.raw(&[12, 2, b'x', 0]);
}

type WriteItem = fn(&mut Writer, i64, &[u8]);
type Each = fn(&mut Reader<'_>, &mut dyn FnMut(Item<'_, '_>)) -> Result<(), AvroError>;

fn allocations(each: Each, bytes: &[u8]) -> (usize, usize) {
    let (mut items, mut sum) = (0, 0.0);
    let before = ALLOCATIONS.get();
    each(&mut Reader::new(bytes), &mut |item| {
        assert!(matches!(item.indexes, [Index::Long(1_700_000_000_000_000..), _]));
        items += 1;
        sum += match item.value {
            Datum::Number(number) => number,
            Datum::Integer(whole) => whole as f64,
            Datum::Text(text) => text.len() as f64,
            Datum::Bool(on) => f64::from(u8::from(on)),
            other => panic!("{other:?}"),
        };
    })
    .expect("it is right");
    let after = ALLOCATIONS.get();
    assert!(sum > 0.0);
    (items, after - before)
}

#[test]
fn items_are_decoded_without_allocating_for_each() {
    let versions: [(Each, WriteItem); 2] = [
        (|reader, see| v11::data::each(reader, see), item_v11),
        (|reader, see| v12::data::each(reader, see), item_v12),
    ];
    for (each, item) in versions {
        let (few, few_allocations) = allocations(each, &items(10, item));
        let (many, many_allocations) = allocations(each, &items(10_000, item));
        assert_eq!((few, many), (10, 10_000));
        assert_eq!(few_allocations, many_allocations);
        assert!(few_allocations <= 2, "{few_allocations} allocations");
    }
}
