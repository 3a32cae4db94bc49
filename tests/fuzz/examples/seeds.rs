//! Writes the seeds of a target into a folder: `cargo run -p fuzz --example seeds TARGET FOLDER`.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (name, folder) =
        (arguments.next().unwrap_or_default(), PathBuf::from(arguments.next().unwrap_or_default()));
    let Some(target) = fuzz::TARGETS.iter().find(|target| target.name == name) else {
        return Err(std::io::Error::other(format!("{name}: no such target")));
    };
    std::fs::create_dir_all(&folder)?;
    for (number, seed) in (target.seeds)().iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number:02}")), seed)?;
    }
    Ok(())
}
