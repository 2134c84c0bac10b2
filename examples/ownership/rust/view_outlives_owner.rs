// Must not compile: error[E0597]
mod archive;
use archive::Archive;

fn main() {
    let view;
    {
        let archive = Archive::new(&["1 2 3"]);
        view = archive.file(0);
    } // the archive ends here
    println!("{}", view.digits());
}
