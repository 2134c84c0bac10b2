// Must not compile: error[E0382]
mod archive;
use archive::Owner;

fn main() {
    let mut owner = Owner::new(41);
    drop(owner);
    println!("{}", owner.use_it()); // the owner was given away
}
