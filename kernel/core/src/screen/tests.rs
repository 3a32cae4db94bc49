//! Text on a screen in simulated memory.

use super::{Screen, TextWriter};
use arch::addr::{PAGE_SIZE, PhysAddr};
use core::fmt::Write;

const WHITE: u32 = 0x00FF_FFFF;
/// Bytes between one row's pixels and the next row's.
const GAP: u32 = 8;
/// Frames in front of the frame buffer and behind it, which nobody is to write to.
const GUARD: usize = 1;

struct Fake {
    screen: &'static Screen,
    all: core::ops::Range<PhysAddr>,
}

fn fake(width: u32, height: u32, rows: u32) -> Fake {
    let pitch = width * 4 + GAP;
    let frames = ((rows * pitch) as usize).div_ceil(PAGE_SIZE);
    let all = arch::ram::claim(frames + 2 * GUARD);
    let start = all.start.add((GUARD * PAGE_SIZE) as u64);
    let memory = start..start.add((frames * PAGE_SIZE) as u64);
    let screen = Box::leak(Box::new(Screen::new(memory, [width, height], rows, pitch)));
    Fake { screen, all }
}

impl Fake {
    fn words(&self, range: core::ops::Range<PhysAddr>) -> Vec<u32> {
        let bytes = (range.end.value() - range.start.value()) as usize;
        let start = arch::ram::linear(range.start).cast::<u32>();
        #[allow(unsafe_code, reason = "the test looks at simulated memory")]
        // SAFETY: the frames are this test's alone, and stay.
        let words = unsafe { core::slice::from_raw_parts(start, bytes / 4) };
        words.to_vec()
    }

    /// The pixels of a row.
    fn row(&self, y: u32) -> Vec<u32> {
        let start = self.screen.memory.start.add(u64::from(y * self.screen.pitch));
        self.words(start..start.add(u64::from(self.screen.width * 4)))
    }

    /// Rows in which something is written.
    fn written(&self) -> Vec<u32> {
        (0..self.screen.rows).filter(|y| self.row(*y).contains(&WHITE)).collect()
    }

    /// Whether what belongs to nobody is as it was.
    fn is_contained(&self) -> bool {
        let before = self.words(self.all.start..self.screen.memory.start);
        let behind = self.words(self.screen.memory.end..self.all.end);
        let gaps = (0..self.screen.rows).flat_map(|y| {
            let end = u64::from(y * self.screen.pitch + self.screen.width * 4);
            let start = self.screen.memory.start.add(end);
            self.words(start..start.add(u64::from(GAP)))
        });
        before.into_iter().chain(behind).chain(gaps).all(|word| word == 0)
    }
}

#[test]
fn lines_stand_below_each_other_and_begin_at_the_top_again() {
    let fake = fake(100, 39, 78);
    let mut text = TextWriter::for_messages(fake.screen);
    let paper = fake.row(0)[0];
    writeln!(text, "one").unwrap();
    assert!(fake.written().iter().all(|row| *row < 13) && !fake.written().is_empty());
    write!(text, "two\nthree\n").unwrap();
    // The fourth line has taken the first one's place, and the one behind it is empty, too.
    assert!(fake.written().iter().all(|row| (26..39).contains(row)), "{:?}", fake.written());
    assert!(fake.row(30).iter().all(|word| [WHITE, paper].contains(word)));
    assert!(fake.is_contained());
}

#[test]
fn a_line_that_is_too_long_goes_on_in_the_next_one() {
    let fake = fake(8 * 12, 39, 39);
    let mut text = TextWriter::for_messages(fake.screen);
    write!(text, "{}", "x".repeat(15)).unwrap();
    assert!(fake.written().iter().any(|row| *row < 13));
    assert!(fake.written().iter().any(|row| *row >= 13));
    assert!(fake.is_contained());
}

#[test]
fn last_words_are_on_both_halves() {
    let fake = fake(100, 39, 78);
    write!(TextWriter::for_panic(fake.screen), "why\u{1F980}").unwrap();
    let (upper, lower): (Vec<u32>, Vec<u32>) =
        fake.written().into_iter().partition(|row| *row < 39);
    assert!(!upper.is_empty());
    assert_eq!(upper, lower.iter().map(|row| row - 39).collect::<Vec<_>>());
    assert!(fake.is_contained());
}

#[test]
fn a_screen_without_room_for_a_character_stays_empty() {
    for (width, height) in [(1, 1), (16, 200), (200, 12)] {
        let fake = fake(width, height, height);
        write!(TextWriter::for_panic(fake.screen), "nothing\nat all").unwrap();
        assert!(fake.written().is_empty() && fake.is_contained());
    }
}
