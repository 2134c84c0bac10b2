//! The reader of ustar archives of ext/boundary/tar.c, with the same rules and reasons.

use crate::{borrowed, clear_error, guarded, set_error};
use std::ops::Range;
use std::os::raw::c_int;

const BLOCK: usize = 512;
const CHECKSUM: Range<usize> = 148..156;

struct Entry {
    name: Vec<u8>,
    data: Range<usize>,
}

pub struct Tar {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

/// Octal digits, then spaces or NULs up to the end.
fn octal(field: &[u8]) -> Option<usize> {
    let digits = field.iter().take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    let padded = field[digits..].iter().all(|&byte| byte == b' ' || byte == 0);
    let value = field[..digits].iter().fold(0, |value, byte| value * 8 + usize::from(byte - b'0'));
    (digits > 0 && padded).then_some(value)
}

fn checksum_is_right(head: &[u8]) -> bool {
    let value = |(i, &byte): (usize, &u8)| usize::from(if CHECKSUM.contains(&i) { b' ' } else { byte });
    octal(&head[CHECKSUM]) == Some(head.iter().enumerate().map(value).sum())
}

/// The size of the data, or why this reader does not take the header.
fn accepted(head: &[u8], left: usize) -> Result<usize, &'static str> {
    let kind = head[156];
    if !checksum_is_right(head) {
        return Err("its checksum is wrong");
    }
    if &head[257..265] != b"ustar\000" {
        return Err("it is not ustar");
    }
    if ![b'0', 0, b'5'].contains(&kind) {
        return Err("it is neither a regular file nor a directory");
    }
    if head[0] == 0 {
        return Err("it has no name");
    }
    let size = octal(&head[124..136]).ok_or("its size is no octal number")?;
    if kind == b'5' && size != 0 {
        return Err("it is a directory with a size");
    }
    if size > left {
        return Err("its data is cut off");
    }
    Ok(size)
}

fn until_nul(field: &[u8]) -> &[u8] {
    field.split(|&byte| byte == 0).next().unwrap_or(field)
}

fn name_of(head: &[u8]) -> Vec<u8> {
    let prefix = until_nul(&head[345..500]);
    let mut name = prefix.to_vec();
    if !prefix.is_empty() {
        name.push(b'/');
    }
    name.extend_from_slice(until_nul(&head[..100]));
    name
}

impl Tar {
    fn open(bytes: &[u8]) -> Result<Tar, String> {
        let mut tar = Tar { bytes: bytes.to_vec(), entries: Vec::new() };
        let mut at = 0;
        while tar.bytes.len() - at >= BLOCK {
            let head = &tar.bytes[at..at + BLOCK];
            if head.iter().all(|&byte| byte == 0) {
                return Ok(tar);
            }
            let data = at + BLOCK;
            let left = tar.bytes.len() - data;
            let size = accepted(head, left)
                .map_err(|reason| format!("the archive cannot be read: of the header at byte {at}, {reason}"))?;
            if head[156] != b'5' {
                let name = name_of(head);
                tar.entries.push(Entry { name, data: data..data + size });
            }
            let padded = (size + BLOCK - 1) / BLOCK * BLOCK;
            if padded > left {
                break;
            }
            at = data + padded;
        }
        Err("the archive cannot be read: its end is missing".to_string())
    }
}

#[repr(C)]
pub struct File {
    name: *const u8,
    name_len: usize,
    bytes: *const u8,
    len: usize,
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_tar_open(bytes: *const u8, len: usize) -> *mut Tar {
    guarded(std::ptr::null_mut(), || match Tar::open(borrowed(bytes, len)) {
        Ok(tar) => {
            clear_error();
            Box::into_raw(Box::new(tar))
        }
        Err(message) => {
            set_error(&message);
            std::ptr::null_mut()
        }
    })
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_tar_count(tar: *const Tar) -> usize {
    let tar = &*tar;
    guarded(0, || tar.entries.len())
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_tar_file(tar: *const Tar, index: usize, file: *mut File) -> c_int {
    guarded(0, || {
        let tar = &*tar;
        match tar.entries.get(index) {
            Some(Entry { name, data }) => {
                let bytes = &tar.bytes[data.clone()];
                *file = File { name: name.as_ptr(), name_len: name.len(), bytes: bytes.as_ptr(), len: bytes.len() };
                1
            }
            None => 0,
        }
    })
}

#[no_mangle]
pub unsafe extern "C" fn lyger_probe_tar_free(tar: *mut Tar) {
    if !tar.is_null() {
        guarded((), || drop(Box::from_raw(tar)));
    }
}
