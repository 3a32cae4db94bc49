//! Renames of every kind.

use super::card::Shared;
use super::{READ, names, sync, system};
use crate::fs::Rule;
use crate::fs::tests::{read, write};
use abi::Errno;

#[test]
fn a_rename_in_capitals_alone_gives_the_name_its_new_letters() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = system.create("sd/a long name.text");
    write(&file, b"text").unwrap();
    system.rename("sd/a long name.text", "sd/A Long Name.TEXT").unwrap();
    assert_eq!(names(&system, "sd"), [".", "..", "A Long Name.TEXT"]);
    write(&file, b" and more").unwrap();
    drop(file);
    system.make_directory("sd/D").unwrap();
    write(&system.create("sd/d/f"), b"inside").unwrap();
    system.rename("sd/D", "sd/d").unwrap();
    system.rename("sd/d/f", "sd/D/F").unwrap();
    assert_eq!(names(&system, "sd"), [".", "..", "A Long Name.TEXT", "d"]);
    assert_eq!(names(&system, "sd/d"), [".", "..", "F"]);
    // The same letters change nothing, and a name that is there is one, however it is written.
    system.rename("sd/d", "sd/d").unwrap();
    assert_eq!(system.rename_by("sd/d", "sd/D", Rule::KeepNew), Err(Errno::EEXIST));
    assert_eq!(system.rename_by("sd/d", "sd/D", Rule::Exchange), Ok(()));
    sync(&system);
    card.check();
    let again = super::system(&card);
    assert_eq!(
        read(&again.open("sd/a long name.text", READ).unwrap(), 99).unwrap(),
        b"text and more"
    );
    assert_eq!(names(&again, "sd"), [".", "..", "A Long Name.TEXT", "d"]);
    assert_eq!(read(&again.open("sd/d/f", READ).unwrap(), 99).unwrap(), b"inside");
}

#[test]
fn a_rename_that_may_not_replace_leaves_both_files() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    write(&system.create("sd/one"), b"one").unwrap();
    write(&system.create("sd/Two"), b"two").unwrap();
    assert_eq!(system.rename_by("sd/one", "sd/tWO", Rule::KeepNew), Err(Errno::EEXIST));
    assert_eq!(system.rename_by("sd/one", "sd/three", Rule::KeepNew), Ok(()));
    assert_eq!(names(&system, "sd"), [".", "..", "Two", "three"]);
    assert_eq!(read(&system.open("sd/two", READ).unwrap(), 9).unwrap(), b"two");
}

#[test]
fn two_files_change_places_with_their_directories() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    system.make_directory("sd/d").unwrap();
    let one = system.create("sd/d/one");
    write(&one, b"one").unwrap();
    system.make_directory("sd/two").unwrap();
    write(&system.create("sd/two/inside"), b"inside").unwrap();
    system.rename_by("sd/d/one", "sd/two", Rule::Exchange).unwrap();
    assert_eq!(names(&system, "sd"), [".", "..", "d", "two"]);
    assert_eq!(read(&system.open("sd/two", READ).unwrap(), 9).unwrap(), b"one");
    assert_eq!(read(&system.open("sd/d/one/inside", READ).unwrap(), 9).unwrap(), b"inside");
    let above = system.open("sd/d/one/..", READ).unwrap().node().identity();
    assert_eq!(above, system.open("sd/d", READ).unwrap().node().identity());
    write(&one, b" and more").unwrap();
    assert_eq!(read(&system.open("sd/two", READ).unwrap(), 99).unwrap(), b"one and more");
    assert_eq!(system.rename_by("sd/two", "sd/none", Rule::Exchange), Err(Errno::ENOENT));
    drop(one);
    sync(&system);
    card.check();
}

#[test]
fn a_directory_and_what_is_in_it_cannot_change_places() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    system.make_directory("sd/d").unwrap();
    write(&system.create("sd/d/f"), b"f").unwrap();
    for (one, other) in [("sd/d", "sd/d/f"), ("sd/d/f", "sd/d")] {
        assert_eq!(system.rename_by(one, other, Rule::Exchange), Err(Errno::EINVAL), "{one}");
        assert_eq!(names(&system, "sd"), [".", "..", "d"]);
        assert_eq!(names(&system, "sd/d"), [".", "..", "f"]);
    }
    sync(&system);
    card.check();
}
