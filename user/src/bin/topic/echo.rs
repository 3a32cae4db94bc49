//! `topic echo`.

use super::listen::{Event, Task};
use super::message::show;
use super::{Outcome, Words};
use user::options::{Argument, Parsed, unknown};
use user::println;
use user::style::{self, Style};
use user::topic::TypeRecord;

/// How it is called.
pub const USAGE: &str = "NAME [--once] [--count N] [--seconds S] [--depth N] [--kept]";

/// What it does.
pub const HELP: &str = "\
Prints messages as they come, with their numbers and publishers.
Text is shown as text, numbers whose type is known (as in topic pub --type) as
numbers, everything else in hexadecimal. Ends after the first message (--once),
after --count of them or after --seconds. It looks back --depth messages at most,
and tells how many it has lost. --kept begins with the messages that are there.";

/// Prints messages.
pub fn run(words: Words) -> Outcome {
    let parsed = Task::parse(words, |option, _, task| match option {
        Argument::Long("once") => {
            task.count = 1;
            Ok(())
        }
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(task) = parsed else { return Ok(Parsed::Help) };
    let subscriber = task.subscribe()?;
    let colour = style::colour();
    let mut contents = TypeRecord::any();
    task.listen(&subscriber, None, |event| {
        let Event::Message(message) = event else { return Ok(()) };
        let record = message.record();
        if record.lost > 0 {
            let lost = alloc::format!("({} messages were lost)", record.lost);
            println!("{}", Style::Red.paint(colour, lost));
        }
        let head = alloc::format!("#{} from {}:", record.entry, record.pid);
        if contents.name().is_empty() {
            // Somebody may have said meanwhile what messages are.
            contents = subscriber.status()?.contents;
        }
        println!("{} {}", Style::Dim.paint(colour, head), show(&contents, &message));
        Ok(())
    })?;
    Ok(Parsed::Run(0))
}
