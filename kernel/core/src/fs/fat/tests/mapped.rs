//! Files that are mapped: what views store, calls read, and the other way round.

use super::card::Shared;
use super::{READ, system};
use crate::fs::OpenFile;
use crate::fs::tests::{System, read, write};
use crate::mm::{MemoryObject, Sharers, ViewAccess};
use crate::region::Region;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, SEEK_SET};
use alloc::sync::Weak;
use std::sync::Arc;

/// A view that can write, as far as the region knows.
pub struct View(pub Arc<Region>, Arc<Sharers>);

impl View {
    pub fn of(file: &OpenFile) -> Self {
        let region = file.mapping().unwrap();
        let sharers = Sharers::new();
        sharers.join(1, Weak::new());
        region.attach(&sharers, ViewAccess::Write);
        Self(region, sharers)
    }

    pub fn store(&self, at: u64, bytes: &[u8]) {
        self.0.write(at, &mut UserData::kernel(bytes)).unwrap();
    }

    pub fn load(&self, at: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let count = self.0.read(at, &mut UserBuffer::kernel(&mut bytes)).unwrap();
        bytes.truncate(count);
        bytes
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.0.detach(self.1.id(), ViewAccess::Write);
    }
}

/// What the next mount finds in a file.
pub fn on_card(card: &Shared, path: &str) -> Vec<u8> {
    read(&system(&card.copy()).open(path, READ).unwrap(), 1 << 20).unwrap()
}

pub fn volume(system: &System) -> Arc<super::super::volume::Volume> {
    let root = system.open("sd", READ).unwrap();
    let node: Arc<dyn core::any::Any + Send + Sync> = root.node().clone();
    node.downcast::<super::super::node::FatNode>().unwrap().volume.clone()
}

#[test]
fn what_a_view_stores_is_read_at_once_and_on_the_card_after_fsync() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = system.create("sd/f");
    write(&file, &[1; 10_000]).unwrap();
    let view = View::of(&file);
    view.store(5000, b"stored");
    file.seek(4999, SEEK_SET).unwrap();
    assert_eq!(read(&file, 8).unwrap(), b"\x01stored\x01");
    file.node().synchronise().unwrap();
    assert_eq!(on_card(&card, "sd/f")[4999..5007], *b"\x01stored\x01");
}

#[test]
fn what_calls_write_is_in_the_views_and_a_file_that_is_cut_has_no_more() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = system.create("sd/f");
    write(&file, b"first").unwrap();
    let view = View::of(&file);
    write(&file, b" and more").unwrap();
    assert_eq!(view.load(0, 100), b"first and more");
    file.set_length(3).unwrap();
    assert_eq!(view.load(0, 100), b"fir");
    file.set_length(5).unwrap();
    assert_eq!(view.load(0, 100), b"fir\0\0");
    file.node().synchronise().unwrap();
    assert_eq!(on_card(&card, "sd/f"), b"fir\0\0");
}

#[test]
fn two_who_map_a_file_have_the_same_region_and_the_last_to_go_takes_it() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    write(&system.create("sd/f"), b"text").unwrap();
    let one = system.open("sd/f", READ).unwrap().mapping().unwrap();
    let two = system.open("sd/F", READ).unwrap().mapping().unwrap();
    assert_eq!(one.id(), two.id());
    let volume = volume(&system);
    assert_eq!(volume.write_back(), Ok(true));
    drop((one, two));
    assert_eq!(volume.write_back(), Ok(false), "nobody has it any more");
}

#[test]
fn stores_reach_the_card_though_the_file_was_closed_and_the_view_has_gone() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = system.create("sd/f");
    file.set_length(9000).unwrap();
    let view = View::of(&file);
    drop(file);
    view.store(8999, b"!");
    drop(view);
    volume(&system).sync().unwrap();
    assert_eq!(on_card(&card, "sd/f").last(), Some(&b'!'));
    assert_eq!(volume(&system).write_back(), Ok(false));
    card.check();
}

#[test]
fn a_file_that_is_removed_while_it_is_mapped_lives_as_long_as_its_views() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = system.create("sd/f");
    write(&file, b"text").unwrap();
    let view = View::of(&file);
    drop(file);
    system.unlink("sd/f").unwrap();
    view.store(0, b"T");
    let volume = volume(&system);
    assert_eq!(volume.write_back(), Ok(true));
    assert_eq!(view.load(0, 9), b"Text");
    drop(view);
    assert_eq!(volume.write_back(), Ok(false), "nobody has it any more");
    volume.sync().unwrap();
    card.check();
}

#[test]
fn a_full_card_is_an_error_at_the_write_and_the_view_is_no_longer_than_the_file() {
    let card = Shared::formatted(34 << 20);
    let system = system(&card);
    let room = system.open("sd", READ).unwrap().node().room().unwrap().unwrap();
    let most = system.create("sd/most");
    most.set_length((room.free - 20) * room.block_bytes).unwrap();
    let file = system.create("sd/f");
    write(&file, b"text").unwrap();
    let view = View::of(&file);
    assert_eq!(write(&file, &[1; 60_000]), Err(Errno::ENOSPC));
    assert_eq!(view.load(0, 100), b"text");
}

#[test]
fn a_link_among_the_regions_makes_the_file_one_with_a_name() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    write(&system.create("sd/f"), b"text").unwrap();
    system.link("sd/f", "dev/shm/sd-linked").unwrap();
    assert_eq!(system.link("tmp", "dev/shm/sd-other"), Err(Errno::EXDEV));
    let region = system.open("dev/shm/sd-linked", OpenFlags::READ_WRITE).unwrap();
    region.seek(9000, SEEK_SET).unwrap();
    write(&region, b"longer").unwrap();
    let file = system.open("sd/f", READ).unwrap();
    assert_eq!(read(&file, 4).unwrap(), b"text");
    region.node().synchronise().unwrap();
    volume(&system).sync().unwrap();
    assert_eq!(file.stat().st_size, 9006);
    assert_eq!(on_card(&card, "sd/f")[9000..], *b"longer");
    system.unlink("dev/shm/sd-linked").unwrap();
    drop((region, file));
    assert_eq!(volume(&system).write_back(), Ok(false));
    card.check();
}

#[test]
fn a_card_that_is_pulled_lets_the_regions_go() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = system.create("sd/f");
    write(&file, b"text").unwrap();
    let volume = volume(&system);
    let view = View::of(&file);
    assert_eq!(view.load(0, 9), b"text");
    card.pull();
    view.store(0, b"T");
    assert_eq!(file.node().synchronise(), Err(Errno::EIO));
    drop((view, file));
    assert_eq!(volume.sync(), Err(Errno::EIO), "what was stored last is lost, and that is told");
    assert_eq!(volume.sync(), Ok(()));
    assert_eq!(volume.write_back(), Ok(false));
}
