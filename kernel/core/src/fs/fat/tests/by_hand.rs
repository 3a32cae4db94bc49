//! Mounting and unmounting by call, beside those who use files and the device.

use super::super::by_hand::Access;
use super::super::node::FatNode;
use super::super::volume::Volume;
use super::card::Shared;
use super::mapped::{View, on_card};
use super::{READ, names, system};
use crate::fs::Follow;
use crate::fs::tests::{System, read, write};
use abi::Errno;
use abi::file::OpenFlags;
use std::sync::Arc;

const WRITE: OpenFlags = OpenFlags::READ_WRITE;

fn volume(system: &System) -> Arc<Volume> {
    let root = system.namespace.find(&system.context(), b"sd", Follow::Yes).unwrap();
    FatNode::from_node(&root).unwrap().volume.clone()
}

#[test]
fn the_device_is_written_to_or_its_file_system_is_mounted() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let device = system.open("dev/mmcblk0", WRITE).unwrap();
    assert_eq!(system.error("sd/f", READ), Errno::EBUSY, "somebody may write to it");
    assert_eq!(volume(&system).mount_by_hand(Access::ReadWrite), Err(Errno::EBUSY));
    drop(device);
    system.create("sd/f");
    assert_eq!(system.error("dev/mmcblk0", WRITE), Errno::EBUSY);
    assert!(system.open("dev/mmcblk0", READ).is_ok(), "who only looks does no harm");
    volume(&system).unmount_by_hand().unwrap();
    assert!(system.open("dev/mmcblk0", WRITE).is_ok());
}

#[test]
fn what_is_unmounted_stays_so_until_it_is_mounted_by_call() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    write(&system.create("sd/f"), b"text").unwrap();
    volume(&system).unmount_by_hand().unwrap();
    assert!(card.findings().is_empty(), "it is clean: {:?}", card.findings());
    assert_eq!(system.error("sd/f", READ), Errno::ENODEV);
    assert_eq!(system.error("sd", READ), Errno::ENODEV);
    assert_eq!(volume(&system).unmount_by_hand(), Err(Errno::EINVAL));
    assert_eq!(volume(&system).remount(Access::ReadOnly), Err(Errno::EINVAL));
    volume(&system).mount_by_hand(Access::ReadWrite).unwrap();
    assert_eq!(volume(&system).mount_by_hand(Access::ReadWrite), Err(Errno::EBUSY));
    assert_eq!(read(&system.open("sd/f", READ).unwrap(), 9).unwrap(), b"text");
}

#[test]
fn who_has_a_file_or_a_directory_keeps_it_mounted() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    system.make_directory("sd/d").unwrap();
    let busy = Err(Errno::EBUSY);
    for path in ["sd/d/f", "sd/d", "sd"] {
        let flags = if path == "sd/d/f" { WRITE | OpenFlags::CREATE } else { OpenFlags::DIRECTORY };
        let file = system.open(path, flags).unwrap();
        assert_eq!(volume(&system).unmount_by_hand(), busy, "{path} is open");
        drop(file);
    }
    let removed = system.create("sd/removed");
    system.unlink("sd/removed").unwrap();
    assert_eq!(volume(&system).unmount_by_hand(), busy);
    drop(removed);
    assert_eq!(names(&system, "sd"), [".", "..", "d"]);
    volume(&system).unmount_by_hand().unwrap();
    card.check();
}

#[test]
fn nothing_is_changed_on_a_card_that_is_mounted_to_be_looked_at() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = system.create("sd/f");
    write(&file, b"text").unwrap();
    assert_eq!(volume(&system).remount(Access::ReadOnly), Err(Errno::EBUSY));
    drop(file);
    volume(&system).remount(Access::ReadOnly).unwrap();
    let before = card.copy();
    for flags in [WRITE, OpenFlags::TRUNCATE | WRITE] {
        assert_eq!(system.error("sd/f", flags), Errno::EROFS);
    }
    assert_eq!(system.error("sd/g", OpenFlags::CREATE | WRITE), Errno::EROFS);
    assert_eq!(system.make_directory("sd/d"), Err(Errno::EROFS));
    assert_eq!(system.unlink("sd/f"), Err(Errno::EROFS));
    assert_eq!(system.rename("sd/f", "sd/g"), Err(Errno::EROFS));
    assert_eq!(read(&system.open("sd/f", READ).unwrap(), 9).unwrap(), b"text");
    assert!(card.is_same(&before));
    volume(&system).remount(Access::ReadWrite).unwrap();
    system.rename("sd/f", "sd/g").unwrap();
    volume(&system).unmount_by_hand().unwrap();
    volume(&system).mount_by_hand(Access::ReadOnly).unwrap();
    assert_eq!(system.unlink("sd/g"), Err(Errno::EROFS));
}

#[test]
fn who_may_store_to_a_file_keeps_its_card_from_being_mounted_to_be_looked_at() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = system.create("sd/f");
    write(&file, b"text").unwrap();
    let view = View::of(&file);
    drop(file);
    assert_eq!(volume(&system).remount(Access::ReadOnly), Err(Errno::EBUSY), "a view may store");
    system.create("sd/g");
    view.store(0, b"T");
    drop(view);
    let looks = system.open("sd/f", READ).unwrap().mapping().unwrap();
    volume(&system).remount(Access::ReadOnly).unwrap();
    assert_eq!(on_card(&card, "sd/f"), b"Text", "what was stored before is there");
    system.link("sd/f", "dev/shm/sd-to-look-at").unwrap();
    assert_eq!(system.error("dev/shm/sd-to-look-at", WRITE), Errno::EROFS);
    assert_eq!(read(&system.open("dev/shm/sd-to-look-at", READ).unwrap(), 9).unwrap(), b"Text");
    volume(&system).remount(Access::ReadWrite).unwrap();
    let named = system.open("dev/shm/sd-to-look-at", WRITE).unwrap();
    assert_eq!(volume(&system).remount(Access::ReadOnly), Err(Errno::EBUSY), "its name is open");
    drop(named);
    volume(&system).remount(Access::ReadOnly).unwrap();
    system.unlink("dev/shm/sd-to-look-at").unwrap();
    drop(looks);
}

#[test]
fn a_mount_that_fails_changes_nothing() {
    let card = Shared::blank(64 << 20);
    let system = system(&card);
    assert_eq!(volume(&system).mount_by_hand(Access::ReadOnly), Err(Errno::ENODEV));
    assert!(system.open("dev/mmcblk0", WRITE).is_ok());
    assert_eq!(volume(&system).unmount_by_hand(), Err(Errno::EINVAL));
}
