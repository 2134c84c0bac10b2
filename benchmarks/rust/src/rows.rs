//! Rows that stay on this side.

use crate::guarded;
use std::os::raw::c_int;

struct Stored {
    id: i64,
    price: f64,
    name: [u8; 28], // "row " and the digits of a usize need 24
    name_len: u32,
}

fn stored(number: usize) -> Stored {
    let mut row = Stored { id: number as i64, price: number as f64 * 0.25, name: [0; 28], name_len: 0 };
    let (mut digits, mut count, mut left) = ([0u8; 20], 0, number);
    loop {
        count += 1;
        digits[20 - count] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    row.name[..4].copy_from_slice(b"row ");
    row.name[4..4 + count].copy_from_slice(&digits[20 - count..]);
    row.name_len = 4 + count as u32;
    row
}

pub struct Rows(Vec<Stored>);

#[repr(C)]
pub struct Row {
    id: i64,
    price: f64,
    name: *const u8,
    name_len: usize,
}

#[no_mangle]
pub extern "C" fn lyger_probe_rows_new(count: usize) -> *mut Rows {
    guarded(std::ptr::null_mut(), || {
        let mut rows = Vec::new();
        if rows.try_reserve_exact(count).is_err() {
            return std::ptr::null_mut();
        }
        rows.extend((1..=count).map(stored));
        Box::into_raw(Box::new(Rows(rows)))
    })
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_rows_count(rows: *const Rows) -> usize {
    let rows = &*rows;
    guarded(0, || rows.0.len())
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_rows_read(rows: *const Rows, index: usize, row: *mut Row) -> c_int {
    let rows = &*rows;
    guarded(0, || match rows.0.get(index) {
        Some(found) => {
            *row = Row { id: found.id, price: found.price, name: found.name.as_ptr(), name_len: found.name_len as usize };
            1
        }
        None => 0,
    })
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_rows_total(rows: *const Rows) -> f64 {
    let rows = &*rows;
    guarded(0.0, || rows.0.iter().map(|row| row.price).sum())
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_rows_free(rows: *mut Rows) {
    if !rows.is_null() {
        guarded((), || drop(Box::from_raw(rows)));
    }
}
