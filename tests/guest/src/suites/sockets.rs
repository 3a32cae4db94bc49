//! Sockets within the machine: pairs, names, descriptors in messages.

use crate::{Checks, frames, os};
use abi::file::{IoVector, OpenFlags};
use abi::memory::MADV_DONTNEED;
use abi::process::ExitStatus;
use abi::signal::{SIG_DFL, SIG_IGN, Signal};
use abi::socket::{
    AF_UNIX, ControlHeader, MSG_CTRUNC, MSG_DONTWAIT, MSG_NOSIGNAL, MSG_PEEK, MSG_TRUNC,
    MSG_WAITALL, MessageHeader, PeerCredentials, SCM_CREDENTIALS, SCM_RIGHTS, SHUT_WR, SO_ERROR,
    SO_PASSCRED, SO_PEERCRED, SO_TYPE, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM,
    SOL_SOCKET,
};
use abi::{Errno, Sysno};
use os::{call, fd};
use zerocopy::IntoBytes;

const UNIX: u64 = AF_UNIX as u64;
const PATH: &[u8] = b"/tmp/guest-socket\0";

/// The checks.
pub fn run(checks: &mut Checks) {
    pairs(checks);
    peeks(checks);
    messages(checks);
    ends(checks);
    options(checks);
    rights(checks);
    cut_rights(checks);
    credentials(checks);
    names(checks);
    datagrams(checks);
    refusals(checks);
    frames::unchanged(checks, "sockets leak nothing", || {
        let mut quiet = Checks::new();
        rights(&mut quiet);
        names(&mut quiet);
        circle();
    });
}

fn pair(checks: &mut Checks, kind: u32) -> [i32; 2] {
    checks.value("a pair", make_pair(kind))
}

fn make_pair(kind: u32) -> os::Answer<[i32; 2]> {
    let mut ends = [-1; 2];
    let at = ends.as_mut_ptr() as u64;
    call(Sysno::Socketpair, [UNIX, kind.into(), 0, at]).map(|_| core::hint::black_box(ends))
}

fn send(socket: i32, bytes: &[u8], flags: u32) -> os::Answer {
    let at = bytes.as_ptr() as u64;
    call(Sysno::Sendto, [fd(socket), at, bytes.len() as u64, flags.into(), 0, 0])
}

fn receive(socket: i32, bytes: &mut [u8], flags: u32) -> os::Answer {
    let at = bytes.as_mut_ptr() as u64;
    call(Sysno::Recvfrom, [fd(socket), at, bytes.len() as u64, flags.into(), 0, 0])
}

fn pairs(checks: &mut Checks) {
    let [one, other] = pair(checks, SOCK_STREAM);
    let mut buffer = [0; 16];
    checks.equal("both ways", os::write(one, b"there").and(os::write(other, b"back")), Ok(4));
    checks.equal("there", (os::read(other, &mut buffer), &buffer[..5]), (Ok(5), &b"there"[..]));
    checks.equal("back", (os::read(one, &mut buffer), &buffer[..4]), (Ok(4), &b"back"[..]));
    let empty = receive(one, &mut buffer, MSG_DONTWAIT);
    checks.equal("nothing left", empty, Err(Errno::EAGAIN));
    os::ignore(send(one, b"abc", 0));
    checks.equal("peeked", receive(other, &mut buffer[..2], MSG_PEEK), Ok(2));
    let bad = call(Sysno::Recvfrom, [fd(other), 8, 4, 0, 0, 0]);
    checks.equal("a bad address", bad, Err(Errno::EFAULT));
    checks.equal("nothing is lost", receive(other, &mut buffer, 0), Ok(3));
    let child = os::start_child(|| {
        os::ignore(send(one, b"12", 0));
        os::ignore(os::sleep(20 * os::MILLISECOND));
        i32::from(send(one, b"3456", 0) != Ok(4))
    });
    let child = checks.value("a child", child);
    let whole = receive(other, &mut buffer[..6], MSG_WAITALL);
    checks.equal("all at once", (whole, &buffer[..6]), (Ok(6), &b"123456"[..]));
    checks.equal("it has ended", os::wait(child), Ok(ExitStatus::Exited(0)));
    checks.equal("no offsets", os::seek(one, 0, 0).map(drop), Err(Errno::ESPIPE));
    os::close_all([one, other]);
}

/// A peek into memory that is not there yet, across the border of two pages.
fn peeks(checks: &mut Checks) {
    const LENGTH: u64 = 6000;
    let [one, other] = pair(checks, SOCK_STREAM);
    let memory = os::map(4 * os::PAGE, os::ANONYMOUS);
    let sent = call(Sysno::Write, [fd(one), memory, LENGTH]);
    checks.equal("sent", sent, Ok(LENGTH));
    os::ignore(call(Sysno::Madvise, [memory, 4 * os::PAGE, MADV_DONTNEED.into()]));
    let peek = |at, flags: u32| call(Sysno::Recvfrom, [fd(other), at, LENGTH, flags.into(), 0, 0]);
    checks.equal("peeked", peek(memory + 100, MSG_PEEK), Ok(LENGTH));
    os::ignore(call(Sysno::Madvise, [memory, 4 * os::PAGE, MADV_DONTNEED.into()]));
    checks.equal("received", peek(memory + 100, 0), Ok(LENGTH));
    os::ignore(os::unmap(memory, 4 * os::PAGE));
    os::close_all([one, other]);
}

fn messages(checks: &mut Checks) {
    for kind in [SOCK_DGRAM, SOCK_SEQPACKET] {
        let [one, other] = pair(checks, kind);
        let mut buffer = [0; 16];
        os::ignore(send(one, b"first", 0));
        os::ignore(send(one, b"", 0));
        os::ignore(send(one, b"third", 0));
        checks.equal("cut", receive(other, &mut buffer[..2], MSG_TRUNC), Ok(5));
        checks.equal("empty", receive(other, &mut buffer, 0), Ok(0));
        checks.equal("whole", (receive(other, &mut buffer, 0), buffer[0]), (Ok(5), b't'));
        let parts = [b"par".as_slice(), b"ts"]
            .map(|part| IoVector { base: part.as_ptr() as u64, length: part.len() as u64 });
        let written = call(Sysno::Writev, [fd(one), parts.as_ptr() as u64, 2]);
        checks.equal("parts are one", (written, os::read(other, &mut buffer)), (Ok(5), Ok(5)));
        os::close_all([one, other]);
    }
}

fn ends(checks: &mut Checks) {
    let [one, other] = pair(checks, SOCK_STREAM);
    os::ignore(send(one, b"left", 0));
    checks.equal("shut", call(Sysno::Shutdown, [fd(one), SHUT_WR.into()]), Ok(0));
    checks.equal("for oneself", send(one, b"x", MSG_NOSIGNAL), Err(Errno::EPIPE));
    let mut buffer = [0; 8];
    checks.equal("what was sent", os::read(other, &mut buffer), Ok(4));
    checks.equal("then the end", os::read(other, &mut buffer), Ok(0));
    checks.equal(
        "the other way works",
        send(other, b"y", 0).and(os::read(one, &mut buffer)),
        Ok(1),
    );
    os::ignore(os::close(one));
    checks.equal("nobody there", send(other, b"x", MSG_NOSIGNAL), Err(Errno::EPIPE));
    let killed = os::in_child(|| {
        os::ignore(os::on_signal(Signal::PIPE, SIG_DFL));
        os::ignore(os::write(other, b"x"));
        0
    });
    checks.equal("SIGPIPE", killed, Ok(ExitStatus::Signalled(Signal::PIPE as u8)));
    os::ignore(os::on_signal(Signal::PIPE, SIG_IGN));
    checks.equal("or EPIPE", os::write(other, b"x"), Err(Errno::EPIPE));
    os::ignore(os::on_signal(Signal::PIPE, SIG_DFL));
    os::ignore(os::close(other));
}

fn option(socket: i32, option: u32) -> os::Answer<u32> {
    let (mut value, mut length) = (0_u32, 4_u32);
    let (at, size) = ((&raw mut value) as u64, (&raw mut length) as u64);
    call(Sysno::Getsockopt, [fd(socket), SOL_SOCKET.into(), option.into(), at, size])?;
    Ok(core::hint::black_box(value))
}

fn options(checks: &mut Checks) {
    let [one, other] = pair(checks, SOCK_STREAM | SOCK_CLOEXEC);
    checks.equal("its type", option(one, SO_TYPE), Ok(SOCK_STREAM));
    checks.equal("no error", option(one, SO_ERROR), Ok(0));
    checks.equal("closes at exec", os::control(one, 1, 0), Ok(1));
    let mut peer = PeerCredentials::default();
    let mut length = 12_u32;
    let (at, size) = (peer.as_mut_bytes().as_mut_ptr() as u64, (&raw mut length) as u64);
    let level = SOL_SOCKET.into();
    let told = call(Sysno::Getsockopt, [fd(one), level, SO_PEERCRED.into(), at, size]);
    checks.equal("who is there", (told, u64::from(peer.pid)), (Ok(0), os::own_id()));
    let unknown = option(one, 12_345);
    checks.equal("an unknown option", unknown, Err(Errno::ENOPROTOOPT));
    os::close_all([one, other]);
}

/// Room for what comes with a message, aligned as its heads are.
#[repr(C, align(8))]
struct Control([u8; 64]);

/// One call with a message of one byte and with control data.
fn message(call_number: Sysno, socket: i32, control: &mut [u8], flags: u32) -> Received {
    let mut byte = [b'm'];
    let part = IoVector { base: byte.as_mut_ptr() as u64, length: 1 };
    let header = MessageHeader {
        vector: (&raw const part) as u64,
        vector_length: 1,
        control: control.as_mut_ptr() as u64,
        control_length: control.len() as u64,
        ..MessageHeader::default()
    };
    let at = (&raw const header) as u64;
    let answer = call(call_number, [fd(socket), at, flags.into()]);
    let header = core::hint::black_box(header);
    Received { answer, flags: header.flags, control: header.control_length }
}

#[derive(Debug)]
struct Received {
    answer: os::Answer,
    flags: u32,
    control: u64,
}

fn put_head(control: &mut Control, body: &[u8], kind: u32) -> usize {
    let length = size_of::<ControlHeader>() + body.len();
    let head = ControlHeader { length: length as u64, level: SOL_SOCKET, kind };
    control.0[..16].copy_from_slice(head.as_bytes());
    control.0[16..length].copy_from_slice(body);
    length
}

fn number_at(control: &Control, at: usize) -> i32 {
    let bytes = &control.0[at..at + 4];
    i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

/// Sends descriptors by a socket, with one byte.
pub fn send_files(socket: i32, files: &[i32]) -> os::Answer {
    let mut control = Control([0; 64]);
    let length = put_head(&mut control, files.as_bytes(), SCM_RIGHTS);
    message(Sysno::Sendmsg, socket, &mut control.0[..length], 0).answer
}

fn rights(checks: &mut Checks) {
    let [one, other] = pair(checks, SOCK_STREAM);
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    checks.equal("sent", send_files(one, &[from, to]), Ok(1));
    os::close_all([from, to]);
    let mut control = Control([0; 64]);
    let got = message(Sysno::Recvmsg, other, &mut control.0, 0x4000_0000);
    checks.equal("received", (got.answer, got.control), (Ok(1), 24));
    let [from, to] = [number_at(&control, 16), number_at(&control, 20)];
    let mut buffer = [0; 4];
    let through = os::write(to, b"thru").and(os::read(from, &mut buffer));
    checks.equal("they are the pipe", (through, &buffer), (Ok(4), b"thru"));
    checks.equal("closed at exec", os::control(to, 1, 0), Ok(1));
    checks.equal("sent", send_files(one, &[to]), Ok(1));
    os::close_all([to]);
    checks.equal("on its way", os::write(one, b"x"), Ok(1));
    os::close_all([one, other]);
    checks.equal("lost with the message", os::read(from, &mut buffer), Ok(0));
    os::close_all([from]);
}

fn cut_rights(checks: &mut Checks) {
    let [one, other] = pair(checks, SOCK_DGRAM);
    checks.equal("two sent", send_files(one, &[one, one]), Ok(1));
    let mut control = Control([0; 64]);
    let got = message(Sysno::Recvmsg, other, &mut control.0[..20], 0);
    checks.equal("room for one", (got.answer, got.flags & MSG_CTRUNC), (Ok(1), MSG_CTRUNC));
    os::close_all([number_at(&control, 16)]);
    checks.equal("none sent", send_files(one, &[99]), Err(Errno::EBADF));
    checks.equal("sent", send_files(one, &[one]), Ok(1));
    let got = message(Sysno::Recvmsg, other, &mut [], 0);
    checks.equal("no room", (got.answer, got.flags & MSG_CTRUNC), (Ok(1), MSG_CTRUNC));
    os::close_all([one, other]);
}

/// Sockets in each other's queues, closed by everybody.
fn circle() {
    if let (Ok([one, other]), Ok([near, far])) = (make_pair(SOCK_STREAM), make_pair(SOCK_STREAM)) {
        // Linux takes both, and looks for circles later.
        os::ignore(send_files(one, &[far]));
        os::ignore(send_files(near, &[other]));
        os::ignore(send_files(one, &[other]));
        os::close_all([one, other, near, far]);
    }
}

fn credentials(checks: &mut Checks) {
    let [one, other] = pair(checks, SOCK_STREAM);
    let on = 1_u32;
    let at = (&raw const on) as u64;
    let level = SOL_SOCKET.into();
    let set = call(Sysno::Setsockopt, [fd(other), level, SO_PASSCRED.into(), at, 4]);
    checks.equal("asked for", set, Ok(0));
    os::ignore(send(one, b"m", 0));
    let mut control = Control([0; 64]);
    let got = message(Sysno::Recvmsg, other, &mut control.0, 0);
    let kind = number_at(&control, 12) as u32;
    checks.equal("told", (got.answer, got.control, kind), (Ok(1), 32, SCM_CREDENTIALS));
    checks.equal("who", number_at(&control, 16) as u64, os::own_id());
    os::close_all([one, other]);
}

/// The address of a path or name, and its length.
fn address(name: &[u8]) -> ([u8; 64], u64) {
    let mut bytes = [0; 64];
    bytes[0] = AF_UNIX as u8;
    bytes[2..2 + name.len()].copy_from_slice(name);
    (bytes, 2 + name.len() as u64)
}

fn with_address(number: Sysno, socket: i32, name: &[u8]) -> os::Answer {
    let (bytes, length) = address(name);
    call(number, [fd(socket), bytes.as_ptr() as u64, length])
}

fn socket(checks: &mut Checks, kind: u32) -> i32 {
    checks.value("a socket", call(Sysno::Socket, [UNIX, kind.into(), 0])) as i32
}

fn names(checks: &mut Checks) {
    for name in [PATH, &b"\0guest-abstract"[..]] {
        let server = socket(checks, SOCK_STREAM);
        let client = socket(checks, SOCK_STREAM);
        let early = with_address(Sysno::Connect, client, name);
        let nobody = matches!(early, Err(Errno::ENOENT | Errno::ECONNREFUSED));
        checks.that("nobody there", nobody);
        checks.equal("bound", with_address(Sysno::Bind, server, name), Ok(0));
        let again = with_address(Sysno::Bind, client, name);
        checks.equal("taken", again, Err(Errno::EADDRINUSE));
        let deaf = with_address(Sysno::Connect, client, name);
        checks.equal("not listening", deaf, Err(Errno::ECONNREFUSED));
        checks.equal("listens", call(Sysno::Listen, [fd(server), 4]), Ok(0));
        checks.equal("connected", with_address(Sysno::Connect, client, name), Ok(0));
        let again = with_address(Sysno::Connect, client, name);
        checks.equal("twice", again, Err(Errno::EISCONN));
        let accepted = call(Sysno::Accept4, [fd(server), 0, 0, SOCK_CLOEXEC.into()]);
        let accepted = checks.value("accepted", accepted) as i32;
        let mut buffer = [0; 64];
        let there = os::write(client, b"hi").and(os::read(accepted, &mut buffer));
        checks.equal("joined", there, Ok(2));
        let mut length = 64_u32;
        let places = [buffer.as_mut_ptr() as u64, (&raw mut length) as u64];
        let told = call(Sysno::Getpeername, [fd(client), places[0], places[1]]);
        checks.equal("its name", told, Ok(0));
        let length = core::hint::black_box(length) as usize;
        checks.equal("as it was bound", &buffer[2..length], name);
        os::close_all([server, client, accepted]);
    }
    let path = core::ffi::CStr::from_bytes_with_nul(PATH).unwrap_or(c"");
    let client = socket(checks, SOCK_STREAM);
    let stale = with_address(Sysno::Connect, client, PATH);
    checks.equal("its file is left", stale, Err(Errno::ECONNREFUSED));
    checks.equal("no file to open", os::open_to_read(path), Err(Errno::ENXIO));
    checks.equal("removed", os::unlink(path), Ok(0));
    os::close_all([client]);
}

fn datagrams(checks: &mut Checks) {
    let (server, client) = (socket(checks, SOCK_DGRAM), socket(checks, SOCK_DGRAM));
    let name = b"\0guest-datagrams";
    checks.equal("bound", with_address(Sysno::Bind, server, name), Ok(0));
    checks.equal("by itself", with_address(Sysno::Bind, client, b""), Ok(0));
    let (bytes, length) = address(name);
    let to = bytes.as_ptr() as u64;
    let sent = call(Sysno::Sendto, [fd(client), c"hey".as_ptr() as u64, 3, 0, to, length]);
    checks.equal("sent to a name", sent, Ok(3));
    let (mut buffer, mut from) = ([0; 8], [0; 64]);
    let mut length = 64_u32;
    let places = [from.as_mut_ptr() as u64, (&raw mut length) as u64];
    let at = buffer.as_mut_ptr() as u64;
    let got = call(Sysno::Recvfrom, [fd(server), at, 8, 0, places[0], places[1]]);
    checks.equal("received", (got, core::hint::black_box(length)), (Ok(3), 8));
    let answer = call(Sysno::Sendto, [fd(server), at, 3, 0, places[0], 8]);
    checks.equal("answered", answer.and(os::read(client, &mut buffer)), Ok(3));
    let nowhere = os::write(client, b"x");
    checks.equal("without an address", nowhere, Err(Errno::ENOTCONN));
    os::close_all([server, client]);
}

fn refusals(checks: &mut Checks) {
    let make = |family, kind: u32, protocol| call(Sysno::Socket, [family, kind.into(), protocol]);
    let other = make(99, SOCK_STREAM, 0);
    checks.equal("another family", other, Err(Errno::EAFNOSUPPORT));
    checks.equal("another type", make(UNIX, 7, 0), Err(Errno::ESOCKTNOSUPPORT));
    let protocol = make(UNIX, SOCK_STREAM, 17);
    checks.equal("another protocol", protocol, Err(Errno::EPROTONOSUPPORT));
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    checks.equal("a pipe is none", send(to, b"x", 0), Err(Errno::ENOTSOCK));
    let lost = call(Sysno::Socketpair, [UNIX, SOCK_STREAM.into(), 0, 8]);
    checks.equal("nowhere to tell", lost, Err(Errno::EFAULT));
    let next = os::control(from, 0, 0);
    checks.equal("leaves no descriptor", next.map(|fd| fd as i32), Ok(to.max(from) + 1));
    let lone = socket(checks, SOCK_STREAM);
    checks.equal("alone", send(lone, b"x", MSG_NOSIGNAL), Err(Errno::ENOTCONN));
    checks.equal("no connections", call(Sysno::Accept, [fd(lone), 0, 0]), Err(Errno::EINVAL));
    os::close_all([from, to, lone, next.unwrap_or(0) as i32]);
}
