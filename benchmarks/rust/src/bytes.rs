//! The algorithms of ext/boundary/boundary.c and threads.c, step by step the same.

/// Eight bytes at a time from the end of one and the start of the other, then what is left.
pub fn reverse(to: &mut [u8], from: &[u8]) {
    let mut blocks = to.chunks_exact_mut(8);
    for (to, from) in (&mut blocks).zip(from.rchunks_exact(8)) {
        let eight = u64::from_ne_bytes(from.try_into().unwrap());
        to.copy_from_slice(&eight.swap_bytes().to_ne_bytes());
    }
    for (to, from) in blocks.into_remainder().iter_mut().zip(from[..from.len() % 8].iter().rev()) {
        *to = *from;
    }
}

fn continues(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// The length of the sequence that begins with a byte above 0x7F, 0 when it is none (RFC 3629, section 4).
fn sequence(at: &[u8]) -> usize {
    let first = at[0];
    if (0xC2..=0xDF).contains(&first) {
        return if at.len() >= 2 && continues(at[1]) { 2 } else { 0 };
    }
    if at.len() < 3 || !continues(at[1]) || !continues(at[2]) {
        return 0;
    }
    if (0xE0..=0xEF).contains(&first) {
        let overlong = first == 0xE0 && at[1] < 0xA0;
        let surrogate = first == 0xED && at[1] > 0x9F;
        return if overlong || surrogate { 0 } else { 3 };
    }
    let range = (0xF0..=0xF4).contains(&first) && at.len() >= 4 && continues(at[3]);
    let overlong = first == 0xF0 && at[1] < 0x90;
    let beyond = first == 0xF4 && at[1] > 0x8F;
    if range && !overlong && !beyond {
        4
    } else {
        0
    }
}

pub fn is_utf8(text: &[u8]) -> bool {
    let mut i = 0;
    while i < text.len() {
        if let Some(eight) = text.get(i..i + 8) {
            let eight = u64::from_ne_bytes(eight.try_into().unwrap());
            if eight & 0x8080_8080_8080_8080 == 0 {
                i += 8;
                continue;
            }
        }
        let length = if text[i] < 0x80 { 1 } else { sequence(&text[i..]) };
        if length == 0 {
            return false;
        }
        i += length;
    }
    true
}

fn is_digit(byte: u8) -> bool {
    byte.wrapping_sub(b'0') < 10
}

/// In blocks whose count fits into a byte, so that a vector register counts as many lanes as it has bytes.
pub fn digits(bytes: &[u8]) -> usize {
    const BLOCK: usize = 240;
    let blocks = bytes.chunks_exact(BLOCK);
    let rest = blocks.remainder();
    let mut digits = 0;
    for block in blocks {
        let mut count = 0u8;
        for &byte in block {
            count = count.wrapping_add(u8::from(is_digit(byte)));
        }
        digits += usize::from(count);
    }
    digits + rest.iter().filter(|&&byte| is_digit(byte)).count()
}

fn integer(eight: &[u8]) -> i64 {
    i64::from_ne_bytes(eight.try_into().unwrap())
}

/// Four sums, so that no addition waits for the one before it.
pub fn sum(packed: &[u8]) -> i64 {
    let blocks = packed.chunks_exact(32);
    let rest = blocks.remainder();
    let mut sums = [0i64; 4];
    for block in blocks {
        for (sum, eight) in sums.iter_mut().zip(block.chunks_exact(8)) {
            *sum = sum.wrapping_add(integer(eight));
        }
    }
    let sum = sums.iter().fold(0i64, |sum, &more| sum.wrapping_add(more));
    rest.chunks_exact(8).fold(sum, |sum, eight| sum.wrapping_add(integer(eight)))
}

/// What the threads need; the same in C.
const STACK: usize = 256 * 1024;

/// Threads that start and end within the call; the share of one that does not start is counted here.
pub fn digits_by_threads(bytes: &[u8], threads: usize) -> usize {
    let each = bytes.len() / threads;
    std::thread::scope(|scope| {
        let shares: Vec<_> = (0..threads)
            .map(|i| {
                let share = if i == threads - 1 { &bytes[i * each..] } else { &bytes[i * each..(i + 1) * each] };
                (share, std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || digits(share)))
            })
            .collect();
        shares
            .into_iter()
            .map(|(share, thread)| match thread {
                Ok(thread) => thread.join().unwrap_or(0),
                Err(_) => digits(share),
            })
            .sum()
    })
}
