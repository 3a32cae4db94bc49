//! Operations whose n-th question for memory is refused, for every n: each leaves all as it was, and
//! succeeds when it is tried again.

mod allocator;
mod changes;
#[path = "../common/mod.rs"]
mod common;
mod handing_over;
mod world;

use kcore::mm::refusals::{Asked, with_refusal as frames_refuse};

/// Where memory is refused.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// By the frame pool: frames, promises, and the reserve for the heap.
    Frames,
    /// By the heap.
    Heap,
}

/// How often memory was refused by each source.
#[derive(Clone, Copy, Debug, Default)]
struct Refusals {
    frames: usize,
    heap: usize,
}

/// Does something with the n-th refusal, for every n up to the first that it does not come to;
/// `once` does it all, from its beginning on, with a function to wrap around what is tested.
fn with_every_refusal(mut once: impl FnMut(&mut dyn FnMut(&mut dyn FnMut()) -> Asked)) -> Refusals {
    let mut refusals = Refusals::default();
    for source in [Source::Frames, Source::Heap] {
        for number in 1.. {
            let mut asked = Asked::TooSeldom;
            once(&mut |work| {
                asked = match source {
                    Source::Frames => frames_refuse(number, work).1,
                    Source::Heap => allocator::with_refusal(number, work).1,
                };
                asked
            });
            if asked == Asked::TooSeldom {
                break;
            }
            match source {
                Source::Frames => refusals.frames += 1,
                Source::Heap => refusals.heap += 1,
            }
        }
    }
    refusals
}
