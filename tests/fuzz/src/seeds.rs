//! Inputs to begin with: what is valid, and nearly.

use crate::strace::bytes_of;
use crate::system::archive;
use abi::signal::{FpRecord, RECORD_FP};
use abi::trace::{TraceEvent, TraceRecord};
use vm_fdt::FdtWriter;

/// Archives.
pub fn cpio() -> Vec<Vec<u8>> {
    let plain: &[(&str, u32, &[u8])] = &[
        (".", 0o040755, b""),
        ("bin", 0o040755, b""),
        ("bin/tool", 0o100755, b"\x7fELF"),
        ("etc/motd", 0o100644, b"hello"),
        ("tool", 0o120777, b"bin/tool"),
        ("./loop", 0o120777, b"/loop"),
    ];
    vec![archive(&[]), archive(plain), archive(&[("tmp/x", 0o100644, b"x"), ("a", 0o020644, b"")])]
}

fn tree(cells: [u32; 2], banks: &[u32], words: &str) -> Option<Vec<u8>> {
    let mut tree = FdtWriter::new().ok()?;
    let root = tree.begin_node("").ok()?;
    tree.property_u32("#address-cells", cells[0]).ok()?;
    tree.property_u32("#size-cells", cells[1]).ok()?;
    let memory = tree.begin_node("memory@0").ok()?;
    tree.property_string("device_type", "memory").ok()?;
    tree.property_array_u32("reg", banks).ok()?;
    tree.end_node(memory).ok()?;
    let chosen = tree.begin_node("chosen").ok()?;
    tree.property_string("bootargs", words).ok()?;
    tree.end_node(chosen).ok()?;
    tree.end_node(root).ok()?;
    tree.finish().ok()
}

/// Device trees.
pub fn device_tree() -> Vec<Vec<u8>> {
    let trees = [
        tree([2, 1], &[0, 0, 0x3B40_0000, 1, 0, 0xFFFF_F000], "quiet init=/bin/sh"),
        tree([2, 2], &[0, 0, 0, 0x1000_0000], ""),
        tree([1, 1], &[0, 4096, 8192, 0], "x"),
        tree([0, 3], &[1, 2, 3], "y"),
    ];
    trees.into_iter().flatten().collect()
}

/// An ELF file: program headers of kind, flags, offset, address, bytes in the file and in memory.
fn program(kind: u16, entry: u64, headers: &[[u64; 6]], bytes: usize) -> Vec<u8> {
    let mut file = Vec::from(*b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    file.extend(kind.to_le_bytes());
    file.extend(183_u16.to_le_bytes());
    file.extend(1_u32.to_le_bytes());
    [entry, 64, 0].iter().for_each(|word| file.extend(word.to_le_bytes()));
    file.extend(0_u32.to_le_bytes());
    [64, 56, headers.len() as u16, 64, 0, 0]
        .iter()
        .for_each(|word| file.extend(word.to_le_bytes()));
    for [kind, flags, offset, address, in_file, in_memory] in headers {
        [*kind as u32, *flags as u32].iter().for_each(|word| file.extend(word.to_le_bytes()));
        let words = [*offset, *address, *address, *in_file, *in_memory, 0x1000];
        words.iter().for_each(|word| file.extend(word.to_le_bytes()));
    }
    file.resize(bytes.max(file.len()), 0xD5);
    file
}

/// Programs, and scripts.
pub fn elf() -> Vec<Vec<u8>> {
    let (load, interpreter, stack) = (1, 3, 0x6474_E551);
    vec![
        program(2, 0x40_0100, &[[load, 5, 0, 0x40_0000, 400, 400]], 400),
        program(
            2,
            0x40_0100,
            &[[load, 5, 0, 0x40_0000, 300, 300], [load, 6, 304, 0x41_0130, 64, 9000]],
            400,
        ),
        program(
            3,
            0x100,
            &[[load, 5, 0, 0, 300, 300], [load, 6, 300, 0x212C, 10, 10], [stack, 6, 0, 0, 0, 0]],
            400,
        ),
        program(3, 0x100, &[[load, 5, 0, 0, 300, 300], [interpreter, 4, 120, 120, 20, 20]], 400),
        program(
            2,
            0x40_0100,
            &[[load, 5, 0, 0x40_0000, 300, 300], [load, 6, 0, 0x50_0000, 0, 4096]],
            300,
        ),
        program(2, 0x40_0000, &[[load, 7, 0, 0x40_0000, 300, 300]], 300),
        b"#!/bin/shell -e x\necho\n".to_vec(),
        b"#! \t\n".to_vec(),
    ]
}

/// A program and its interpreter, each where it wants, and some that do not fit.
pub fn linker() -> Vec<Vec<u8>> {
    let (load, interpreter) = (1, 3);
    let path = b"/tmp/ld\0";
    let head = |address| [load, 5, 0, address, 300, 300];
    let named = [interpreter, 4, 290, 290, path.len() as u64, 8];
    let mut anywhere = program(3, 0x100, &[named, head(0), [load, 6, 300, 0x212C, 10, 90]], 400);
    let mut fixed = program(2, 0x40_0100, &[named, head(0x40_0000)], 400);
    for program in [&mut anywhere, &mut fixed] {
        program[290..][..path.len()].copy_from_slice(path);
    }
    let linkers = [
        program(3, 0x100, &[head(0), [load, 6, 300, 0x1_012C, 10, 5000]], 400),
        program(2, 0x40_0100, &[head(0x40_0000)], 300),
        program(2, 0x80_0100, &[head(0x80_0000)], 300),
        anywhere.clone(),
        b"#!/bin/shell\n".to_vec(),
    ];
    let join = |program: &Vec<u8>, linker: &Vec<u8>| {
        [&(program.len() as u16).to_le_bytes()[..], program, linker].concat()
    };
    [anywhere, fixed]
        .iter()
        .flat_map(|program| linkers.iter().map(move |linker| join(program, linker)))
        .collect()
}

/// Scripts of a few lines.
const SCRIPTS: [&str; 20] = [
    "echo 'a b'\"c $d\"e \\' ${x:-y z} $((1 + 2)) `ls` $(cat <f)\n",
    "if a; then b; elif c; then d; else e; fi >out 2>&1 &\n",
    "for i in 1 2 *.rs; do echo $i; done | while read x; do :; done\n",
    "case $x in a|b) c;; (*) d; esac && ! time e || f\n",
    "cat <<E >f; x\nline $y `z`\nE\n",
    "cat <<-'E'\n\tline\n\tE\n",
    "f() { local x=1; return 3; }; (cd /; pwd)\n",
    "A=1 B=~/x run ~user/y {a,b} [a-z]* ?\n",
    "echo ${#x} ${x#a*} ${x##b} ${x%c} ${x%%d} ${x:=e} ${x?f} ${x:+g} $1 $@ \"$*\" $# $? $$ $!\n",
    "echo $((x = 3 * (4 - 1) << 2, x > 5 ? 0x10 : 010)) $((~1 ^ !0 | 7 & 3 || a += 2))\n",
    "set -- a b; trap 'x' 2; alias ll='ls -l'\nll\n",
    "loop break; done; x | & y\n",
    "echo \"unclosed",
    "# comment\n\n;;\n",
    "(1 + 2) * -3 % 4 / 1",
    "[!a-c[:digit:]]*\\?",
    "échö 日本 'e\u{301}'",
    "a&&b||c;d&e|f>g<h>>i<>j>|k 3<&4 5>&-",
    "until false; do { a; } ; done",
    "$(echo $(echo `echo \\`a\\``))",
];

/// Scripts.
pub fn shell() -> Vec<Vec<u8>> {
    SCRIPTS.iter().map(|script| script.as_bytes().to_vec()).collect()
}

/// Words.
pub fn expansion() -> Vec<Vec<u8>> {
    shell()
}

/// Calls on a sound card of each kind, and on damaged ones.
pub fn fat() -> Vec<Vec<u8>> {
    let calls: &[&[u8]] = &[
        &[0, 0, 1, 0, 0, 0, 0, 200, 3, 7, 11],
        &[0, 1, 1, 16, 39, 0, 0, 0, 32, 9, 10, 2, 0, 16, 0, 0, 8, 1, 0, 0, 0, 0],
        &[0, 3, 1, 0, 0, 0, 0, 255, 255, 5, 4, 3, 2, 8, 2, 0, 0, 0, 0, 3, 2, 5, 3, 6, 3],
        &[5, 2, 7, 0, 7, 2, 9, 5, b'a', b'.', b'b', b' ', b'c', 6, 0, 0, 5, 3, 5],
    ];
    let mut seeds = Vec::new();
    for kind in [0, 1, 2, 240] {
        seeds.push([&[kind, 0][..], &calls.concat()].concat());
        seeds.extend(calls.iter().map(|calls| [&[kind, 0][..], calls].concat()));
        // Of the boot sector, of the table, and of a directory.
        for (place, at) in [(0x8000_u16, 11_u16), (0x8000, 36), (0x8001, 0), (3, 4), (6, 26)] {
            let patch = [&place.to_le_bytes()[..], &at.to_le_bytes(), &[1, 0xFF, 0xFF]].concat();
            seeds.push([&[kind, 1][..], &patch, &calls.concat()].concat());
        }
    }
    seeds
}

fn call(operation: u8, path: &str, second: &str) -> Vec<u8> {
    let counted = |text: &str| [&[text.len() as u8], text.as_bytes()].concat();
    let second = if second.is_empty() { Vec::new() } else { counted(second) };
    [&[operation][..], &counted(path), &second].concat()
}

/// Calls with paths.
pub fn path() -> Vec<Vec<u8>> {
    let calls = [
        call(0, "/etc//./motd/../motd", ""),
        call(5, "/tmp/d", ""),
        call(3, "tmp/d/f", ""),
        call(6, "/tmp/d/l", "../../etc"),
        call(0, "tmp/d/l/motd/", ""),
        call(9, "/tmp/d/f", "below/g"),
        call(11, "/tmp/g", "/tmp/d/h"),
        call(10, "/tmp/g", "/tmp/d"),
        call(0x82, "in", ""),
        call(0x82, "/etc/secret", ""),
        call(0x83, "/tmp/mine", ""),
        call(7, "/tmp/d/h", ""),
        call(8, "/tmp/d", ""),
        call(0, "/proc/self/../../loop", ""),
        call(1, "dev/shm/../pts/..", ""),
    ];
    let mut seeds = vec![calls.concat()];
    seeds.extend(calls);
    seeds
}

/// Rings, lanes and logs.
pub fn ring() -> Vec<Vec<u8>> {
    vec![
        vec![0, 3, 0, 0],
        vec![0, 5, 1, 2, 0, 0, 2, 255, 255, 255, 255, 1, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8],
        vec![0, 7, 0, 1, 1, 0, 3, 255, 0, 0, 0, 0, 0, 0, 0, 0, 1, 24, 0],
        vec![2, 0, 65, 20, 0, 0, 1, 2, 2, 0, 0, 2, 255, 255, 0, 0, 8, 0, 2, 1, 0, 0, 0, 1, 1],
        vec![3, 1, 0, 0, 2, 0, 2, 0, 0, 0, 0, 0, 4],
    ]
}

/// Tables and arguments.
pub fn tables() -> Vec<Vec<u8>> {
    let texts = [
        "\0# what runs\n\nconsole:root:wait:/bin/echo  hello\nconsole : 1000 : respawn : /bin/shell\na/b:x:y:z\n",
        "\x01root:x:0:0:root:/:/bin/shell\nuser::1000:100:a user:/tmp:/bin/sh\nold:$5$a$b:7:7::/:/\n\0root:$6$rounds=5000$salt$hash:1::::::\nuser:!:\nwheel:x:10:root,user\n",
        "\x02-a 64K --size=0x10 -n3 --help x",
        "\x0264K",
        "\x020.25",
        "\x021000:100",
        "\x02644",
        "\x03^a\\(b\\|c\\)*\\{1,2\\}[^x-z[:alpha:]]$\nabcbc",
        "\x03(a|b+)?\\<w\\> .{2}\nword",
        "\x04/name",
        "\x32\ta long line\x1b[1mé日本\u{301}",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Records of calls.
pub fn strace() -> Vec<Vec<u8>> {
    let head = TraceRecord { pid: 7, tid: 7, number: 56, ..TraceRecord::default() };
    let enter = bytes_of(TraceRecord {
        event: TraceEvent::Enter as u32,
        arguments: [1, 2, 3, 4, 5, 6, 7, 8].first_chunk().copied().unwrap_or_default(),
        ..head
    });
    let leave = bytes_of(TraceRecord { event: TraceEvent::Leave as u32, value: 3, ..head });
    let mut seeds = vec![[&[0; 9][..], &enter, &leave].concat()];
    // A record of every call that there is, with something copied of each argument.
    for number in (0_u16..512).step_by(24) {
        let mut seed = vec![32 + 4, 0, 0, 0, 0, 0, 0, 0, 0];
        for number in number..number + 24 {
            seed.extend([0, 1, 1]);
            seed.extend(number.to_le_bytes());
            seed.extend([
                0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 2, 0, 1, 0, 4, b'/', b'a', 0, 1,
                0, 0, 0, 0,
            ]);
        }
        seeds.push(seed);
    }
    seeds
}

/// Frames of handlers.
pub fn frame() -> Vec<Vec<u8>> {
    let fp = [&RECORD_FP.to_le_bytes()[..], &(size_of::<FpRecord>() as u32).to_le_bytes()].concat();
    vec![
        vec![0, 0, 0, 1, 0],
        vec![0, 16, 0, 2, 1, 0, 176, 1, 8, 255, 255, 255, 255, 255, 255, 255, 255],
        [&[0, 0, 0, 1, 5][..], &fp].concat(),
        vec![8, 0, 0, 1, 0],
        vec![0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
}

/// Requests, members and messages.
pub fn topic() -> Vec<Vec<u8>> {
    let message = |bytes: &[u8]| [&[bytes.len() as u8], bytes].concat();
    let publisher = [0, 0, 0, 4, 0];
    let subscriber = [0, 1, 1, 4, 0];
    let publish = [2, 0, 0, 16, 0, 8, 0];
    let take = [4, 0, 1, 1];
    let request = |depth: u8| {
        let mut record =
            vec![depth, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0];
        record.extend(b"/pose");
        [&[6, 0, 0][..], &message(&record)].concat()
    };
    vec![
        [
            &message(&[0; 16])[..],
            &publisher,
            &subscriber,
            &publish,
            &take,
            &publish,
            &take,
            &[7, 0],
        ]
        .concat(),
        [&message(b"u8 1 2 3")[..], &request(1), &request(255)].concat(),
        [&message(&[255; 200])[..], &subscriber, &publisher, &publish, &publish, &[7, 1], &take]
            .concat(),
    ]
}

/// What programs print.
pub fn terminal() -> Vec<Vec<u8>> {
    let texts = [
        "hello\r\nworld\ttab\x08\x08xx\r\n\n\n\n\n\n\n\nlast",
        "\x1b[1;31mred\x1b[0m \x1b[2mfaint\x1b[90m\x1b[96mcyan\x1b[39;22m \x1b[38;5;1mx",
        "\x1b[2J\x1b[H\x1b[3;4Hat\x1b[6n\x1b[5n\x1b[A\x1b[2B\x1b[3C\x1b[1D\x1b[5G\x1b[2d",
        "long lines that go round the end of a row\x1b[K\x1b[1K\x1b[2K\x1b[J\x1b[1J",
        "abc\x1b[2D\x1b[@\x1b[P\x1b[L\x1b[M\x1b[X\x1b7\x1b[H\x1b8\x1b[s\x1b[u",
        "\x1b[?25l\x1b[?25h\x1b]0;title\x07\x1bPdevice\x1b\\ é日本\u{85}\u{7f}e\u{301}",
        "\x1b[65535;65535H\x1b[65535@\x1b[65535L\x1b[99999999999C\x1b[;;;;;;m",
    ];
    let sizes = [[160, 100, 0], [41, 46, 3], [0, 0, 0], [13, 20, 1], [160, 19, 255]];
    let with_size = |size: [u8; 3]| texts.map(|text| [&size[..], text.as_bytes()].concat());
    sizes.into_iter().flat_map(with_size).collect()
}
