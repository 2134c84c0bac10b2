// Must not compile: error[E0382]
mod archive;
use archive::Owner;

fn main() {
    let owner = Owner::new(41);
    drop(owner);
    drop(owner); // the owner was given away
}
