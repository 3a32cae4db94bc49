//! What programs read from files and from their arguments: `/etc/inittab`, `/etc/passwd`, `/etc/shadow`, sizes,
//! times, owners, the search patterns of `grep`, names of POSIX's objects, pages of text: any bytes.
//!
//! Entries of a table have what they must have, a user who is found has a line, changing a password changes that
//! one line, and a size that is shown is one that is read.

use crate::input::Input;
use user::text::pages::rows;
use user::text::pattern::{Letters, Pattern, Syntax};
use user::{accounts, hexdump, inittab, options, posix, shadow, units};

/// Drives it.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let kind = input.u8();
    let rest = input.rest();
    names(rest);
    let width = usize::from(kind % 100) + 1;
    pages(rest, width);
    let Ok(text) = str::from_utf8(rest) else { return };
    match kind % 4 {
        0 => table(text),
        1 => users(text),
        2 => values(text),
        _ => search(text),
    }
}

fn names(name: &[u8]) {
    for path in
        [posix::name::object_path(name), posix::name::semaphore_path(name)].into_iter().flatten()
    {
        let path = path.to_bytes();
        let name = path.strip_prefix(b"/dev/shm/").expect("it is in the directory");
        assert!(!name.is_empty() && name.len() <= 255 && !name.contains(&b'/'));
        assert!(!matches!(name, b"." | b".."));
    }
}

fn pages(line: &[u8], width: usize) {
    let rows = rows(line, width);
    assert!(!rows.is_empty() || line.is_empty());
    let mut dump = hexdump::Dump::new(0);
    let mut text = String::new();
    dump.add(line, &mut text).and_then(|()| dump.end(&mut text)).expect("a text takes all");
    assert!(text.lines().all(|line| line.len() < 100));
}

fn table(text: &str) {
    let (entries, errors) = inittab::parse(text);
    assert!(entries.len() + errors.len() <= text.lines().count());
    for entry in entries {
        assert!(entry.command[0].starts_with('/') && !entry.user.is_empty());
        assert!(!entry.terminal.is_empty() && !entry.terminal.contains('/'));
    }
}

fn users(text: &str) {
    let (passwd, shadow_text) = text.split_once('\0').unwrap_or((text, text));
    let names: Vec<&str> =
        passwd.lines().filter_map(|line| line.split(':').next()).take(8).collect();
    for name in names.iter().chain(&["root", "0", "4294967295"]) {
        if let Some(account) = accounts::find_name(passwd, name) {
            assert!(accounts::name_of(passwd, account.uid).is_some());
            assert!(accounts::password_field(passwd, name).is_some());
        }
        assert!(
            accounts::find(passwd, name)
                .is_none_or(|account| account.uid != u32::MAX || passwd.contains("4294967295"))
        );
        let _ = accounts::further_groups(shadow_text, name);
        let secret = shadow::Secret::of(passwd, shadow_text, name);
        let is_known = accounts::password_field(passwd, name).is_some();
        assert!(is_known || secret == shadow::Secret::Locked, "{name:?} is let in");
        if name.contains(['\n', '\r', ':']) {
            continue;
        }
        let changed = shadow::with_hash(shadow_text, name, "$6$new");
        let passwd = format!("{name}:x:1:1::/:/\n");
        assert_eq!(shadow::Secret::of(&passwd, &changed, name), shadow::Secret::Password("$6$new"));
        let others = |text: &str| {
            text.split_terminator('\n')
                .filter(|line| line.split(':').next() != Some(name))
                .map(String::from)
                .collect::<Vec<_>>()
        };
        assert_eq!(others(&changed), others(shadow_text));
    }
    let _ = shadow::Decoy::like(passwd, shadow_text);
}

fn values(text: &str) {
    if let Some(size) = units::parse_size(text) {
        assert_eq!(options::parse_size(text).ok(), Some(size));
        assert_eq!(units::parse_size(&size.to_string()), Some(size));
        let shown = units::Size(size).to_string();
        let read = units::parse_size(&shown);
        assert!(shown.contains('.') || read.is_some_and(|read| read <= size), "{size}: {shown}");
    }
    let _ = (units::parse_pages(text), units::parse_seconds(text));
    assert!(
        options::parse_mode(text).is_ok_and(|mode| mode <= 0o777)
            || options::parse_mode(text).is_err()
    );
    if let Ok((user, group)) = options::parse_owner(text) {
        assert!(user != u32::MAX && group != Some(u32::MAX));
    }
    let words = text.split(' ').take(20);
    let _ = options::parse(words, |option, arguments| match option {
        getargs::Arg::Short('a') | getargs::Arg::Long("size") => arguments.size().map(drop),
        getargs::Arg::Short('n') => arguments.number(1).map(drop),
        other => Err(options::unknown(other)),
    });
}

fn search(text: &str) {
    let (pattern, line) = text.split_once('\n').unwrap_or((text, text));
    for syntax in [Syntax::Basic, Syntax::Extended, Syntax::Fixed] {
        // Long ones are slow to compile, which is no error.
        if pattern.len() > 60 {
            continue;
        }
        let Ok(pattern) = Pattern::new(&[pattern], syntax, Letters::Exact) else {
            assert!(syntax != Syntax::Fixed, "a text is a pattern");
            continue;
        };
        let found = pattern.find(line.as_bytes(), 0);
        assert_eq!(found.is_some(), pattern.is_in(line.as_bytes()));
        assert!(found.is_none_or(|(start, end)| start <= end && end <= line.len()));
    }
    if pattern.len() <= 60
        && Pattern::new(&[pattern], Syntax::Fixed, Letters::Exact)
            .is_ok_and(|known| !known.is_in(pattern.as_bytes()))
    {
        panic!("{pattern:?} is not in itself");
    }
}
