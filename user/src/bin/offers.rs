//! `offers`: what is offered and not yet claimed.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use user::error::Result;
use user::offer::{self, Direction, Offer, OfferFlags};
use user::options::{Parsed, plain, usage};
use user::process::{self, Pid};
use user::style::{self, Size};
use user::table::Align;
use user::{env, print, println};

const HELP: &str = "usage: offers [PID]\n\
    Lists the offers that nobody has claimed yet, of all processes of this user (root: of all), or\n\
    those that a process has sent and received.";

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    let found: Vec<(Pid, Offer)> = match words[..] {
        [] => everywhere()?,
        [word] => {
            let number = word.parse().map_err(|_| usage(format!("{word}: not a number")))?;
            offer::list(Some(Pid(number)))?.into_iter().map(|offer| (Pid(number), offer)).collect()
        }
        _ => return Err(usage("one process at most")),
    };
    let columns = [
        ("FROM", Align::Right),
        ("TO", Align::Right),
        ("ADDRESS", Align::Right),
        ("SIZE", Align::Right),
        ("GRANTS", Align::Left),
        ("DROPS", Align::Left),
    ];
    let mut table = style::table(&columns);
    found.iter().for_each(|(whose, offer)| table.row(row(*whose, offer)));
    print!("{table}");
    Ok(())
}

/// The kernel, which offers as process 0.
const KERNEL: Pid = Pid(0);

/// Every offer once: as its offerer tells it, or, of the kernel's, as its receiver does.
fn everywhere() -> Result<Vec<(Pid, Offer)>> {
    let mut found = Vec::new();
    for record in process::list()? {
        let pid = Pid(record.pid);
        // Those of other users are not to be seen, and a process may have ended.
        let offers = offer::list(Some(pid)).unwrap_or_default();
        let is_told_here =
            |offer: &Offer| offer.direction == Direction::Sent || offer.pid == KERNEL;
        found.extend(offers.into_iter().filter(is_told_here).map(|offer| (pid, offer)));
    }
    Ok(found)
}

fn row(whose: Pid, offer: &Offer) -> [String; 6] {
    let (from, to) = match offer.direction {
        Direction::Sent => (whose, offer.pid),
        Direction::Received => (offer.pid, whose),
    };
    [
        from.to_string(),
        to.to_string(),
        format!("{:#x}", offer.address),
        Size(offer.bytes as u64).to_string(),
        letters(offer.flags, [OfferFlags::GRANT_R, OfferFlags::GRANT_W, OfferFlags::GRANT_X]),
        letters(offer.flags, [OfferFlags::DROP_R, OfferFlags::DROP_W, OfferFlags::DROP_X]),
    ]
}

/// The rights for which a flag is set, as `rw-`.
fn letters(flags: OfferFlags, rights: [OfferFlags; 3]) -> String {
    let letter = |(right, letter)| if flags.contains(right) { letter } else { '-' };
    rights.into_iter().zip(['r', 'w', 'x']).map(letter).collect()
}
