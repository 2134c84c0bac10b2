// Must not compile: error[E0502]
mod archive;
use archive::Archive;

fn main() {
    let mut archive = Archive::new(&["1 2 3"]);
    let view = archive.file(0);
    archive.add("4"); // may move what the view looks at
    println!("{}", view.digits());
}
