//! The witness: a surface of one colour, another one in each picture, and a look at what of it is on the screen.
//!
//! A picture that is torn has parts of two commits, and so two colours. The screen is looked at while it is shown: as long
//! as the server draws into the other half of the frame buffer, nothing changes there.

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::primitives::Rectangle;
use user::error::Result;
use user::screen::frame_buffer::Spectator;
use user::surface::{Display, Wanted};
use user::time;
use user::topic::Pool;

/// Where the surface is.
const PLACE: Rectangle = Rectangle::new(Point::new(890, 34), Size::new(108, 130));
/// Within this the half of the frame buffer that is shown stays as it is, from when it was seen to be shown.
const STILL: Duration = Duration::from_millis(10);
/// Commits until colours come again.
const TURN: u32 = 256;

/// Commits pictures as fast as they are shown.
pub fn commit() -> Result<()> {
    let pool = Pool::new()?;
    let display = Display::connect(&pool)?;
    let wanted =
        Wanted { title: "witness", size: PLACE.size, place: Some(PLACE.top_left), flags: 0 };
    let mut surface = display.open(wanted)?;
    for number in 0_u32.. {
        // Up and down between two shades of the same colour.
        let shade = (number % TURN).min(TURN - 1 - number % TURN) as u8;
        let mut canvas = surface.frame()?;
        let Ok(()) = canvas.clear(Rgb888::new(40 + shade / 2, 60 + shade, 110));
        surface.commit(surface.bounds())?;
    }
    Ok(())
}

/// Looks at the witness's surface on the screen.
pub struct Judge {
    screen: Spectator,
    row: Vec<u8>,
    /// Whether the surface has been seen: before, there is what lies behind it.
    has_begun: bool,
    /// Pictures that were looked at.
    pub looked: u64,
    /// Of these, those with more than one colour.
    pub torn: u64,
}

impl Judge {
    /// Nothing is looked at yet.
    pub fn new() -> Result<Self> {
        let row = vec![0; PLACE.size.width as usize * 4];
        Ok(Self { screen: Spectator::open()?, row, has_begun: false, looked: 0, torn: 0 })
    }

    /// Looks at the picture that is shown, unless another one comes meanwhile.
    pub fn look(&mut self) -> Result<()> {
        let (begin, row) = (time::now(), self.screen.row()?);
        let is_whole = self.is_of_one_colour(row);
        if time::now() - begin < STILL && self.screen.row()? == row {
            self.has_begun |= is_whole;
        } else {
            return Ok(());
        }
        if self.has_begun {
            self.looked += 1;
            self.torn += u64::from(!is_whole);
        }
        Ok(())
    }

    fn is_of_one_colour(&mut self, row: u32) -> bool {
        let pixels = self.screen.pixels(row);
        let mut colour = None;
        PLACE.rows().all(|y| {
            let at = pixels.at(PLACE.top_left.x as usize, y as usize);
            let read = pixels.memory.read(at, &mut self.row);
            let words = self.row.as_chunks::<4>().0;
            let first = *colour.get_or_insert(words[0]);
            read.is_some() && words.iter().all(|word| *word == first)
        })
    }
}
