// Must not compile: error[E0499]
mod archive;
use archive::Owner;

fn main() {
    let mut owner = Owner::new(41);
    std::thread::scope(|threads| {
        threads.spawn(|| owner.use_it());
        threads.spawn(|| owner.use_it()); // both would write
    });
}
