//! similar_items.h in Rust: the same file, the same order of additions.
use std::ffi::{CStr, OsStr};
use std::os::raw::c_char;
use std::os::unix::ffi::OsStrExt;

pub struct SimilarItems {
    vectors: Vec<f32>,
    count: usize,
    dimensions: usize,
}

fn read(path: &OsStr) -> Option<SimilarItems> {
    let bytes = std::fs::read(path).ok()?;
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    let (count, dimensions) = (word(0)?, word(4)?);
    if count.checked_mul(dimensions)?.checked_mul(4)?.checked_add(8)? != bytes.len() {
        return None;
    }
    let vectors = bytes[8..].chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
    Some(SimilarItems { vectors, count, dimensions })
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0f32; 8];
    let (left, right) = (a.chunks_exact(8), b.chunks_exact(8));
    let (last_left, last_right) = (left.remainder(), right.remainder());
    for (x, y) in left.zip(right) {
        for k in 0..8 {
            sums[k] += x[k] * y[k];
        }
    }
    for (x, y) in last_left.iter().zip(last_right) {
        sums[0] += x * y;
    }
    ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
}

impl SimilarItems {
    fn vector(&self, item: usize) -> &[f32] {
        &self.vectors[item * self.dimensions..(item + 1) * self.dimensions]
    }

    fn nearest(&self, item: usize, items: &mut [u32], scores: &mut [f32]) -> usize {
        let mut found = 0;
        for i in (0..self.count).filter(|&i| i != item) {
            let score = dot(self.vector(item), self.vector(i));
            if scores.is_empty() || found == scores.len() && score <= scores[found - 1] {
                continue;
            }
            let mut at = if found < scores.len() { found } else { found - 1 };
            found = found.max(at + 1);
            while at > 0 && scores[at - 1] < score {
                scores[at] = scores[at - 1];
                items[at] = items[at - 1];
                at -= 1;
            }
            scores[at] = score;
            items[at] = i as u32;
        }
        found
    }
}

/// # Safety
/// `path` is a NUL-terminated string.
#[no_mangle]
pub unsafe extern "C" fn similar_items_open(path: *const c_char) -> *mut SimilarItems {
    let path = OsStr::from_bytes(CStr::from_ptr(path).to_bytes());
    read(path).map_or(std::ptr::null_mut(), |index| Box::into_raw(Box::new(index)))
}

/// # Safety
/// `index` is of similar_items_open(); `items` and `scores` have room for `count`.
#[no_mangle]
pub unsafe extern "C" fn similar_items_nearest(index: *const SimilarItems, item: u32, count: u32, items: *mut u32, scores: *mut f32) -> i64 {
    let (index, count) = (&*index, count as usize);
    if item as usize >= index.count {
        return -1;
    }
    let (items, scores) = (std::slice::from_raw_parts_mut(items, count), std::slice::from_raw_parts_mut(scores, count));
    index.nearest(item as usize, items, scores) as i64
}

/// # Safety
/// `index` is of similar_items_open() and used no more.
#[no_mangle]
pub unsafe extern "C" fn similar_items_close(index: *mut SimilarItems) {
    drop(Box::from_raw(index));
}
