//! An owner with a value, and an archive with views into it: what the probes of the boundary report are, in safe Rust.

pub struct Owner {
    value: i64,
}

impl Owner {
    pub fn new(value: i64) -> Owner {
        Owner { value }
    }

    pub fn use_it(&mut self) -> i64 {
        self.value += 1;
        self.value
    }
}

pub struct Archive {
    files: Vec<Vec<u8>>,
}

/// Borrows from its archive: the lifetime says that it may not outlive it.
pub struct File<'archive> {
    bytes: &'archive [u8],
}

impl Archive {
    pub fn new(files: &[&str]) -> Archive {
        Archive { files: files.iter().map(|file| file.as_bytes().to_vec()).collect() }
    }

    pub fn file(&self, index: usize) -> File<'_> {
        File { bytes: &self.files[index] }
    }

    pub fn add(&mut self, file: &str) {
        self.files.push(file.as_bytes().to_vec());
    }
}

impl File<'_> {
    pub fn digits(&self) -> usize {
        self.bytes.iter().filter(|byte| byte.is_ascii_digit()).count()
    }
}
