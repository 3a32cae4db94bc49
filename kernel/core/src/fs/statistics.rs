//! `statfs`: what a file system is and how much room it has.

use super::node::{FileSystem, Node, Room};
use crate::mm::frames;
use abi::Errno;
use abi::file_system::{ST_RDONLY, ST_VALID, StatFs};
use abi::limits::{NAME_MAX, PAGE_SIZE};

/// Linux's number for the kind of a file system, which programs compare.
const fn kind(file_system: FileSystem) -> u64 {
    match file_system {
        // Read only and in memory: what Linux calls ramfs.
        FileSystem::Archive => 0x8584_58F6,
        FileSystem::Devices | FileSystem::Regions | FileSystem::Memory => 0x0102_1994,
        FileSystem::Pipes => 0x5049_5045,
        FileSystem::Processes => 0x9FA0,
        FileSystem::Sockets => 0x534F_434B,
        FileSystem::Machine => 0x6265_6572,
        FileSystem::MessageQueues => 0x1980_0202,
        FileSystem::Card => 0x4D44,
        FileSystem::Terminals => 0x1CD1,
        FileSystem::Topics | FileSystem::Offers | FileSystem::Events => 0x0904_1934,
    }
}

/// What `statfs` tells of the file system that a node belongs to.
pub fn of(node: &dyn Node) -> Result<StatFs, Errno> {
    let file_system = node.identity().file_system;
    let is_read_only = match file_system {
        FileSystem::Archive => true,
        FileSystem::Card => node.is_read_only(),
        _ => false,
    };
    let read_only = if is_read_only { ST_RDONLY } else { 0 };
    let room = node.room()?.unwrap_or_else(|| room_in_memory(file_system));
    Ok(StatFs {
        kind: kind(file_system),
        block_size: room.block_bytes,
        blocks: room.blocks,
        free: room.free,
        available: room.free,
        id: [file_system as u32, 0],
        name_max: NAME_MAX as u64,
        fragment_size: room.block_bytes,
        flags: ST_VALID | read_only,
        ..StatFs::default()
    })
}

fn room_in_memory(file_system: FileSystem) -> Room {
    let memory = frames::statistics();
    let (blocks, free) = match file_system {
        FileSystem::Memory | FileSystem::Regions => (memory.total, memory.free),
        FileSystem::Archive => (crate::boot::image_pages(), 0),
        _ => (0, 0),
    };
    Room { block_bytes: PAGE_SIZE as u64, blocks, free }
}
