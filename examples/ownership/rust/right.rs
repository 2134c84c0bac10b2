// Compiles, and prints "42 3".
mod archive;
use archive::{Archive, Owner};

fn main() {
    let mut owner = Owner::new(41);
    let archive = Archive::new(&["abc", "1 2 3"]);
    println!("{} {}", owner.use_it(), archive.file(1).digits());
}
