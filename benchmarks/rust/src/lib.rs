//! The probes of ext/boundary/lyger_probe.h in Rust: the same names, signatures and algorithms, so that what differs
//! between the two libraries is the language. That header says what each function does.
//!
//! Every export catches a panic, as a Rust library with a C interface has to: unwinding into C is undefined. What a
//! caught panic returns is the function's failure value. Memory for the caller comes from malloc, so that
//! lyger_probe_free() is free(), as in C.
#![allow(clippy::missing_safety_doc)] // the header says what callers owe

mod bytes;
mod owners;
mod rows;
mod tar;

use std::cell::RefCell;
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_int, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Once;

extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn free(memory: *mut c_void);
}

/// What a panic becomes at the boundary.
fn guarded<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(otherwise)
}

/// Bytes that the caller only lends; a null pointer is taken for none.
unsafe fn borrowed<'a>(bytes: *const u8, len: usize) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    std::slice::from_raw_parts(bytes, len)
}

/// A NUL-terminated copy of what write puts into len bytes, null when there is no memory.
unsafe fn text_for_caller(len: usize, write: impl FnOnce(&mut [u8])) -> *mut c_char {
    let text = malloc(len + 1) as *mut u8;
    if !text.is_null() {
        *text.add(len) = 0;
        write(std::slice::from_raw_parts_mut(text, len));
    }
    text as *mut c_char
}

// ---- scalars ----

#[no_mangle]
pub extern "C" fn lyger_probe_nothing() {}

#[no_mangle]
pub extern "C" fn lyger_probe_take_nothing() -> i64 {
    0
}

#[no_mangle]
pub extern "C" fn lyger_probe_take(_value: i64) -> i64 {
    0
}

#[no_mangle]
pub extern "C" fn lyger_probe_take_float(_value: f64) -> i64 {
    0
}

#[no_mangle]
pub extern "C" fn lyger_probe_take_text(_text: *const c_char) -> i64 {
    0
}

#[no_mangle]
pub extern "C" fn lyger_probe_take_bytes(_bytes: *const c_void, _len: usize) -> i64 {
    0
}

#[no_mangle]
pub extern "C" fn lyger_probe_double(value: i64) -> i64 {
    value.wrapping_mul(2)
}

#[no_mangle]
pub extern "C" fn lyger_probe_halve(value: f64) -> f64 {
    value * 0.5
}

// ---- strings ----

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_text_in(text: *const u8, len: usize) -> i64 {
    guarded(-1, || len as i64 + borrowed(text, len).first().map_or(0, |&first| i64::from(first)))
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_nul_scan(text: *const c_char) -> usize {
    guarded(0, || CStr::from_ptr(text).to_bytes().len())
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_utf8(text: *const u8, len: usize) -> c_int {
    guarded(0, || c_int::from(bytes::is_utf8(borrowed(text, len))))
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_text_out(len: usize) -> *mut c_char {
    guarded(std::ptr::null_mut(), || text_for_caller(len, |to| to.fill(b'x')))
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_reverse(text: *const c_char) -> *mut c_char {
    guarded(std::ptr::null_mut(), || {
        let from = CStr::from_ptr(text).to_bytes();
        text_for_caller(from.len(), |to| bytes::reverse(to, from))
    })
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_free(memory: *mut c_void) {
    free(memory);
}

// ---- borrowed buffers ----

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_digits(data: *const u8, len: usize) -> usize {
    guarded(0, || bytes::digits(borrowed(data, len)))
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_sum(packed: *const u8, count: usize) -> i64 {
    guarded(0, || bytes::sum(borrowed(packed, count * 8)))
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_threads(data: *const u8, len: usize, threads: c_int) -> i64 {
    if !(1..=64).contains(&threads) {
        set_error(&format!("the number of threads must be 1 to 64, not {threads}"));
        return -1;
    }
    clear_error();
    guarded(-1, || bytes::digits_by_threads(borrowed(data, len), threads as usize) as i64)
}

// ---- a struct with padding ----

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Record {
    id: u32,
    value: f64,
    flag: u8,
}

const _: () = assert!(std::mem::size_of::<Record>() == 24 && std::mem::align_of::<Record>() == 8);

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_record_next(input: *const Record, out: *mut Record) {
    let record = *input;
    *out = Record { id: record.id.wrapping_add(1), value: record.value * 2.0, flag: record.flag ^ 1 };
}

/// Measured on a value, because offset_of!() came with Rust 1.77.
#[no_mangle]
pub extern "C" fn lyger_probe_record_layout(part: c_int) -> usize {
    let record = Record { id: 0, value: 0.0, flag: 0 };
    let start = &record as *const Record as usize;
    match part {
        0 => std::mem::size_of::<Record>(),
        1 => &record.id as *const u32 as usize - start,
        2 => &record.value as *const f64 as usize - start,
        3 => &record.flag as *const u8 as usize - start,
        _ => 0,
    }
}

// ---- callbacks ----

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_each(callback: extern "C" fn(i64) -> i64, count: usize) -> i64 {
    guarded(0, || (0..count as i64).fold(0i64, |sum, i| sum.wrapping_add(callback(i))))
}

// ---- errors ----

thread_local! {
    static ERROR: RefCell<CString> = RefCell::new(CString::default());
}

fn set_error(message: &str) {
    ERROR.with(|error| *error.borrow_mut() = CString::new(message).unwrap_or_default());
}

fn clear_error() {
    ERROR.with(|error| {
        if !error.borrow().as_bytes().is_empty() {
            *error.borrow_mut() = CString::default();
        }
    });
}

fn check(value: i64) -> Result<(), String> {
    if value >= 0 {
        Ok(())
    } else {
        Err(format!("{value} is below 0"))
    }
}

#[no_mangle]
pub extern "C" fn lyger_probe_check(value: i64) -> c_int {
    guarded(-1, || match check(value) {
        Ok(()) => {
            clear_error();
            0
        }
        Err(message) => {
            set_error(&message);
            2
        }
    })
}

#[no_mangle]
pub extern "C" fn lyger_probe_error() -> *const c_char {
    ERROR.with(|error| error.borrow().as_ptr())
}

#[no_mangle]
pub extern "C" fn lyger_probe_panic(value: i64) -> c_int {
    static QUIET: Once = Once::new();
    // The default hook prints to stderr; this library's own runtime is the only one that the hook belongs to.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    guarded(-1, || match check(value) {
        Ok(()) => 0,
        Err(message) => panic!("{}", message),
    })
}
