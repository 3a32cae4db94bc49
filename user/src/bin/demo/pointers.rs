//! The story of a list with plain pointers in a region, which every process can follow.

use super::actor::actor;
use super::stage::{Name, claim, say};
use abi::Errno;
use alloc::format;
use user::error::{Error, Result};
use user::println;
use user::region::{Protection, Region, View};

const BYTES: u64 = 64 << 10;
const NODES: usize = 1000;
/// No divisor of the number of nodes, so that neighbours in the list are none in memory.
const STRIDE: usize = 387;

/// A node of the list, as any program has them.
#[derive(Clone, Copy)]
#[repr(C)]
struct Node {
    value: u64,
    next: *const Node,
}

/// Tells the story.
pub fn run() -> Result<()> {
    let name = Name::new("pointers");
    say("A region that asks for one address in all processes.");
    let region = Region::options().bytes(BYTES).same_address().create(&name)?;
    let address = region.stat()?.address as usize;
    println!("  it is {address:#x}, for as long as the region lives");

    say(&format!(
        "One process builds a list of {NODES} nodes there, with the pointers that Rust has."
    ));
    let builder = actor(|_| {
        let view = Region::open(&name)?.map(Protection::READ | Protection::WRITE)?;
        claim("the builder has the region at that address", view.address() == address)?;
        build(&view)
    })?;
    builder.ends_well()?;

    say(
        "It has ended. Another process, with other things in its memory, opens the region by name.",
    );
    let walker = actor(|_| {
        let other = Region::options().bytes(BYTES).anonymous()?;
        let _other = other.map(Protection::READ)?;
        let view = Region::open_read_only(&name)?.map(Protection::READ)?;
        claim("the walker has it at the same address", view.address() == address)?;
        let (nodes, sum) = walk(&view)?;
        println!("  the walker follows the pointers: {nodes} nodes, their sum is {sum}");
        let expected = (1..=NODES as u64).sum::<u64>();
        claim("that is the whole list", nodes == NODES && sum == expected)
    })?;
    walker.ends_well()
}

fn build(view: &View) -> Result<()> {
    let base = view.memory().base().as_ptr().cast::<Node>();
    let place = |number: usize| base.wrapping_add(number * STRIDE % NODES);
    for number in 0..NODES {
        let next = if number + 1 < NODES { place(number + 1) } else { core::ptr::null_mut() };
        let place = place(number);
        check(view, place)?;
        // SAFETY: the node lies in the view, which may be stored to, and nobody else has it yet.
        unsafe { place.write_volatile(Node { value: number as u64 + 1, next }) };
    }
    Ok(())
}

fn walk(view: &View) -> Result<(usize, u64)> {
    let mut node = view.memory().base().as_ptr().cast_const().cast::<Node>();
    let (mut nodes, mut sum) = (0, 0_u64);
    // A list that another process wrote could be a circle.
    while !node.is_null() && nodes <= NODES {
        check(view, node)?;
        // SAFETY: the node lies in the view; any bytes are a node.
        let Node { value, next } = unsafe { node.read_volatile() };
        sum = sum.wrapping_add(value);
        nodes += 1;
        node = next;
    }
    Ok((nodes, sum))
}

/// Fails unless a whole node lies there, in the view.
fn check(view: &View, node: *const Node) -> Result<()> {
    let offset = (node as usize).checked_sub(view.address());
    let lies_within = offset.is_some_and(|offset| {
        node.is_aligned()
            && offset.checked_add(size_of::<Node>()).is_some_and(|end| end <= view.len())
    });
    if lies_within {
        Ok(())
    } else {
        Err(Error::new(Errno::EFAULT, format!("{node:p}"))
            .problem("that pointer leads out of the region"))
    }
}
