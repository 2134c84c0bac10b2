//! An owner behind a pointer that nobody checks, and behind a number that is checked on every use.

use crate::guarded;
use std::cell::RefCell;
use std::os::raw::c_int;

pub struct Owner {
    value: i64,
}

impl Owner {
    fn use_it(&mut self) -> i64 {
        self.value = self.value.wrapping_add(1);
        self.value
    }
}

#[no_mangle]
pub extern "C" fn lyger_probe_owner_new(value: i64) -> *mut Owner {
    guarded(std::ptr::null_mut(), || Box::into_raw(Box::new(Owner { value })))
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_owner_use(owner: *mut Owner) -> i64 {
    guarded(0, || (*owner).use_it())
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_owner_free(owner: *mut Owner) {
    if !owner.is_null() {
        guarded((), || drop(Box::from_raw(owner)));
    }
}

// ---- handles ----

/// As ext/base/handle.c: a slot and its generation, which freeing advances.
struct Slot {
    generation: u32,
    owner: Option<Box<Owner>>,
}

#[derive(Default)]
struct Table {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

/// A generation that would be repeated after this many uses of a slot retires the slot instead.
const GENERATION_MAX: u32 = 0x7FFF_FFFF;

impl Table {
    fn open(&mut self, owner: Box<Owner>) -> u64 {
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.slots.push(Slot { generation: 1, owner: None });
                (self.slots.len() - 1) as u32
            }
        };
        let slot = &mut self.slots[index as usize];
        slot.owner = Some(owner);
        (u64::from(slot.generation) << 32) | (u64::from(index) + 1)
    }

    fn slot(&mut self, handle: u64) -> Option<&mut Slot> {
        let index = (handle & 0xFFFF_FFFF).checked_sub(1)?;
        let slot = self.slots.get_mut(index as usize)?;
        (slot.owner.is_some() && u64::from(slot.generation) == handle >> 32).then_some(slot)
    }

    fn close(&mut self, handle: u64) -> Option<Box<Owner>> {
        let slot = self.slot(handle)?;
        let owner = slot.owner.take();
        if slot.generation < GENERATION_MAX {
            slot.generation += 1;
            self.free.push((handle & 0xFFFF_FFFF) as u32 - 1);
        }
        owner
    }
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::new(Table::default());
}

#[no_mangle]
pub extern "C" fn lyger_probe_handle_new(value: i64) -> u64 {
    guarded(0, || TABLE.with(|table| table.borrow_mut().open(Box::new(Owner { value }))))
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_handle_use(handle: u64, value: *mut i64) -> c_int {
    guarded(-1, || {
        TABLE.with(|table| match table.borrow_mut().slot(handle) {
            Some(Slot { owner: Some(owner), .. }) => {
                *value = owner.use_it();
                1
            }
            _ => -1,
        })
    })
}

#[no_mangle]
pub extern "C" fn lyger_probe_handle_free(handle: u64) -> c_int {
    guarded(-1, || TABLE.with(|table| if table.borrow_mut().close(handle).is_some() { 1 } else { -1 }))
}
