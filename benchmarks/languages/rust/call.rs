//! The crossings of benchmarks/languages from Rust, linked with the library.
use std::ffi::CStr;
use std::io::{BufRead, Write};
use std::os::raw::{c_char, c_double, c_longlong, c_ulong, c_void};

#[link(name = "lyger")]
extern "C" {
    fn lyger_probe_nothing();
    fn lyger_probe_double(value: i64) -> i64;
    fn lyger_probe_text_in(text: *const c_char, len: usize) -> i64;
    fn lyger_probe_text_out(len: usize) -> *mut c_char;
    fn lyger_probe_free(memory: *mut c_void);
    fn lyger_probe_sum(packed: *const c_void, count: usize) -> i64;
    fn lyger_probe_each(callback: extern "C" fn(i64) -> i64, count: usize) -> i64;
    fn lyger_cache_set(key: *const c_char, value: *const c_char);
    fn lyger_cache_get(key: *const c_char) -> *mut c_char;
    fn lyger_free_string(string: *mut c_char);
    fn lyger_ffi_cache_get_into(key: *const c_char, key_len: usize, buffer: *mut c_char, size: usize) -> c_longlong;
    fn lyger_heavy_computation(iterations: c_ulong) -> c_double;
}

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

extern "C" {
    fn clock_gettime(clock: i32, now: *mut Timespec) -> i32;
}

fn cpu_nanoseconds() -> i64 {
    let mut now = Timespec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(3, &mut now) }; // CLOCK_THREAD_CPUTIME_ID
    now.seconds * 1_000_000_000 + now.nanoseconds
}

/// What the compiler cannot see through: std::hint::black_box() is not in Debian 12's Rust.
fn opaque<T>(value: &T) -> &T {
    unsafe { std::ptr::read_volatile(&value) }
}

extern "C" fn next(value: i64) -> i64 {
    value + 1
}

/// A String of its own, as a Rust program keeps it.
fn taken(made: *mut c_char) -> String {
    unsafe { CStr::from_ptr(made) }.to_string_lossy().into_owned()
}

fn text_out() -> i64 {
    let made = unsafe { lyger_probe_text_out(100) };
    let text = taken(made);
    unsafe { lyger_probe_free(made.cast()) };
    opaque(&text).len() as i64
}

fn cache_get() -> i64 {
    let mut buffer: Vec<u8> = Vec::with_capacity(256);
    unsafe {
        let len = lyger_ffi_cache_get_into(b"languages".as_ptr().cast(), 9, buffer.as_mut_ptr().cast(), buffer.capacity());
        buffer.set_len(len as usize);
    }
    opaque(&buffer).len() as i64
}

fn cache_get_copy() -> i64 {
    let made = unsafe { lyger_cache_get(b"languages\0".as_ptr().cast()) };
    let text = taken(made);
    unsafe { lyger_free_string(made) };
    opaque(&text).len() as i64
}

/// What so many calls add up to; None for a crossing that this program has not.
fn run(crossing: &str, calls: i64, text: &str, integers: &[i64]) -> Option<String> {
    let mut sum: i64 = 0;
    let mut number = 0.0;
    match crossing {
        "loop" => (0..calls).for_each(|_| sum = *opaque(&sum)),
        "nothing" => (0..calls).for_each(|_| unsafe { lyger_probe_nothing() }),
        "integer" => (0..calls).for_each(|i| sum += unsafe { lyger_probe_double(i) }),
        "string-in" => (0..calls).for_each(|_| sum += unsafe { lyger_probe_text_in(text.as_ptr().cast(), text.len()) }),
        "string-out" => (0..calls).for_each(|_| sum += text_out()),
        "array" => (0..calls).for_each(|_| sum += unsafe { lyger_probe_sum(integers.as_ptr().cast(), integers.len()) }),
        "callback" => (0..calls).for_each(|_| sum += unsafe { lyger_probe_each(next, 100) }),
        "cache-get" => (0..calls).for_each(|_| sum += cache_get()),
        "cache-get-copy" => (0..calls).for_each(|_| sum += cache_get_copy()),
        "compute" => {
            (0..calls).for_each(|_| number = unsafe { lyger_heavy_computation(1000) });
            return Some(format!("{number:?}"));
        }
        _ => return None,
    }
    Some(sum.to_string())
}

fn main() {
    let text = "x".repeat(100);
    let value = format!("{text}\0");
    let integers: Vec<i64> = (0..1000).collect();
    unsafe { lyger_cache_set(b"languages\0".as_ptr().cast(), value.as_ptr().cast()) };
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (crossing, calls) = line.split_once(' ').unwrap();
        let begun = cpu_nanoseconds();
        let said = run(crossing, calls.parse().unwrap(), &text, &integers);
        let took = cpu_nanoseconds() - begun;
        match said {
            Some(value) => println!("{took} {value}"),
            None => println!("-"),
        }
        std::io::stdout().flush().unwrap();
    }
}
