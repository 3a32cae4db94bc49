"""GDB commands for Commons: `make gdb` loads them, `help commons` lists them.

They read the kernel's memory while it stands still, and call nothing in it: so they work wherever it
was stopped, in a panic and with locks held, too.
"""

import os
import re
import sys

import gdb

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import values  # noqa: E402  (found through the line above)
from values import atomic, locked, number, shared, some  # noqa: E402

# What kcore::sched::state::ThreadState tells, in its order.
STATES = ["running", "running", "parking", "waking", "waiting", "ready", "ended", "ready"]
FRAMES_SHOWN = 32
# Of PSTATE: the exception level and the stack pointer that is in use.
MODE_MASK = 0xF
MODE_EL1H = 0x5


def processes():
    """The entries of the table of processes, in the order of their numbers."""
    table = locked(values.static("kcore::process::table::TABLE"))
    for leaf in values.vec(table["entries"]["leaves"]):
        taken = int(leaf["taken"])
        places = values.array(leaf["places"].dereference())
        for index, place in enumerate(places):
            if taken >> index & 1:
                yield some(place)


def threads():
    """All threads of processes."""
    for entry in processes():
        process = shared(entry["process"])
        for thread in values.small_vec(locked(process["state"])["threads"]):
            yield process, shared(thread)


def command_of(process):
    """A process's command."""
    return values.text(values.array(locked(process["state"])["command"]))


def state_of(thread):
    """What a thread is doing."""
    state = int(thread["state"]["__0"]["v"]["value"])
    return STATES[state] if state < len(STATES) else f"state {state}"


def symbol(address):
    """The name of what is at an address, with its line."""
    found = gdb.execute(f"info symbol {address:#x}", to_string=True).strip()
    # The compiler's hash behind a name tells a reader nothing.
    name = re.sub(r"::h[0-9a-f]{16}", "", found.split(" in section")[0])
    place = gdb.find_pc_line(address)
    line = f"  {place.symtab.filename}:{place.line}" if place.symtab else ""
    return name + line


def in_kernel(function):
    """Runs a command's function with the kernel's memory in sight and types read as Rust's.

    QEMU reads memory as the stopped core would, and one that runs a program may not read the
    kernel's: it is told to be at EL1 meanwhile (PSTATE.M, Arm Architecture Reference Manual, D1.4)."""

    def run(self, argument, from_tty):
        language = gdb.parameter("language")
        state = int(gdb.parse_and_eval("$cpsr"))
        is_user = state & MODE_MASK == 0
        gdb.execute("set language rust")
        try:
            if is_user:
                gdb.execute(f"set var $cpsr = {state & ~MODE_MASK | MODE_EL1H}")
            function(self, argument, from_tty)
        except gdb.MemoryError as error:
            raise gdb.GdbError(
                f"the kernel's memory cannot be read ({error}): before it has made its page tables "
                "there is nothing to see. Let it run: continue"
            ) from error
        finally:
            if is_user:
                gdb.execute(f"set var $cpsr = {state}")
            gdb.execute(f"set language {language}")

    return run


def print_table(heads, rows):
    """Prints rows below their heads; what is a number stands to the right."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[index]) for row in [heads, *rows]) for index in range(len(heads))]
    for row in [heads, *rows]:
        cells = [
            cell.rjust(width) if rows and rows[0][index].isdigit() else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths))
        ]
        print("  ".join(cells).rstrip())


class Commons(gdb.Command):
    """Commons' processes, threads, cores, regions and log, as the stopped kernel has them."""

    def __init__(self):
        super().__init__("commons", gdb.COMMAND_STATUS, prefix=True)


class Ps(gdb.Command):
    """commons ps: all processes."""

    def __init__(self):
        super().__init__("commons ps", gdb.COMMAND_STATUS)

    @in_kernel
    def invoke(self, argument, from_tty):
        rows = []
        for entry in processes():
            process = shared(entry["process"])
            threads = [shared(each) for each in values.small_vec(locked(process["state"])["threads"])]
            status = some(entry["status"])
            if status is not None:
                doing = "ended: " + str(status).rsplit("::", 1)[-1]
            else:
                doing = ", ".join(map(state_of, threads))
            uid = number(process["acts_as"]) & 0xFFFFFFFF
            rows.append([process["pid"], entry["parent"], uid, len(threads), doing, command_of(process)])
        print_table(["PID", "PPID", "UID", "THREADS", "STATE", "COMMAND"], rows)


class Threads(gdb.Command):
    """commons threads: all threads of processes, and where those that wait have stopped."""

    def __init__(self):
        super().__init__("commons threads", gdb.COMMAND_STATUS)

    @in_kernel
    def invoke(self, argument, from_tty):
        rows = []
        for process, thread in threads():
            state = state_of(thread)
            where = "" if state == "running" else waits_in(thread)
            core = number(thread["core"])
            rows.append([number(thread["tid"]), process["pid"], core, state, command_of(process), where])
        print_table(["TID", "PID", "CORE", "STATE", "COMMAND", "IN"], rows)


def saved_registers(thread):
    """The frame pointer and the return address of a thread that does not run."""
    context = thread["context"]["__0"]["value"]
    return int(context["x19_to_x30"][10]), int(context["x19_to_x30"][11])


def return_addresses(thread):
    """Where a thread that does not run would return to, from the innermost function on.

    The kernel is compiled with frame pointers: each frame begins with the one before it and the
    return address (Procedure Call Standard for the Arm 64-bit Architecture, 6.4.6).
    """
    frame, address = saved_registers(thread)
    word = gdb.lookup_type("u64").pointer()
    for _ in range(FRAMES_SHOWN):
        if address == 0:
            return
        yield address
        if frame == 0:
            return
        record = gdb.Value(frame).cast(word)
        try:
            frame, address = int(record[0]), int(record[1])
        except gdb.MemoryError:
            return


def waits_in(thread):
    """The innermost function of a waiting thread that is not the scheduler's own."""
    names = [symbol(address).split("  ")[0] for address in return_addresses(thread)]
    own = [name for name in names if "::sched::" not in name.split("+")[0].split("<")[0]]
    return own[0] if own else (names[0] if names else "")


class Stack(gdb.Command):
    """commons stack TID: the kernel's functions that a thread which does not run stands in.

    For one that runs: `thread N+1` for core N, then `bt`."""

    def __init__(self):
        super().__init__("commons stack", gdb.COMMAND_STACK)

    @in_kernel
    def invoke(self, argument, from_tty):
        if not argument.isdigit():
            raise gdb.GdbError("which thread? commons stack TID (commons threads lists them)")
        for _, thread in threads():
            if number(thread["tid"]) != int(argument):
                continue
            if state_of(thread) == "running":
                core = number(thread["core"])
                raise gdb.GdbError(f"it runs, on core {core}: use `thread {core + 1}`, then `bt`")
            for depth, address in enumerate(return_addresses(thread)):
                # A return address may lie behind the end of its function.
                print(f"#{depth:<3} {address:#018x}  {symbol(address - 4)}")
            return
        raise gdb.GdbError(f"no thread has the number {argument} (commons threads lists them)")


class Cores(gdb.Command):
    """commons cores: what each core runs, and how much it has switched and been called."""

    def __init__(self):
        super().__init__("commons cores", gdb.COMMAND_STATUS)

    @in_kernel
    def invoke(self, argument, from_tty):
        online = number(values.static("kcore::sched::core_state::ONLINE"))
        rows = []
        for index, core in enumerate(values.array(values.static("kcore::sched::core_state::CORES")["__0"])):
            if not online >> index & 1:
                continue
            thread = some(locked(core["running"])["current"])
            what = describe(shared(thread)) if thread is not None else "nothing yet"
            rows.append([index, number(core["switches"]), number(core["calls"]), what])
        print_table(["CORE", "SWITCHES", "CALLS", "RUNS"], rows)


def describe(thread):
    """Whose thread it is."""
    process = some(thread["process"])
    if process is not None:
        return f"{number(thread['tid'])} {command_of(shared(process))}"
    return "a thread of the kernel" if bool(thread["serves_kernel"]) else "idle"


class Regions(gdb.Command):
    """commons regions: all regions that have a name, with their users."""

    def __init__(self):
        super().__init__("commons regions", gdb.COMMAND_STATUS)

    @in_kernel
    def invoke(self, argument, from_tty):
        table = locked(values.static("kcore::region::names::NAMES"))
        slots = list(values.vec(table["more"])) or values.array(table["first"])
        rows = []
        for slot in slots:
            entry = some(slot)
            while entry is not None:
                entry = entry.dereference()
                rows.append(self.row(entry))
                entry = some(entry["next"])
        if not rows:
            print("no region has a name (try region create at the serial shell)")
            return
        print_table(["ID", "BYTES", "RESIDENT", "OPEN", "UID", "NAME"], sorted(rows, key=lambda row: row[5]))

    def row(self, entry):
        region = shared(entry["value"])
        state = locked(region["state"])
        resident = int(state["pages"]["resident"])
        owner = number(region["attributes"]["owner"]) & 0xFFFFFFFF
        name = "/" + values.text(values.small_vec(entry["name"]))
        return [region["id"], state["length"], resident, number(region["descriptors"]), owner, name]


class Log(gdb.Command):
    """commons log [LINES]: the kernel's last messages."""

    def __init__(self):
        super().__init__("commons log", gdb.COMMAND_STATUS)

    @in_kernel
    def invoke(self, argument, from_tty):
        if argument and not argument.isdigit():
            raise gdb.GdbError("how many lines? commons log 20")
        ring = values.static("kcore::kernel_log::RING")
        written = number(ring["written"])
        room = ring["text"].type.range()[1] + 1
        memory = gdb.selected_inferior().read_memory(int(ring["text"].address), room).tobytes()
        start = written % room
        kept = memory[:written] if written <= room else memory[start:] + memory[:start]
        lines = kept.decode(errors="replace").splitlines()
        print("\n".join(lines[-int(argument or 20):]))


class Program(gdb.Command):
    """commons program NAME: also read the symbols of a program, such as shell or region.

    Its breakpoints are reached by every program that has something at that address: see commons cores."""

    def __init__(self):
        super().__init__("commons program", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        built = os.environ.get("COMMONS_PROGRAMS", "")
        path = os.path.join(built, argument)
        if not argument or not os.path.isfile(path):
            raise gdb.GdbError(f"no program {argument or '?'} in {built or 'COMMONS_PROGRAMS'}: a name such as shell")
        gdb.execute(f"add-symbol-file {path}")


for command in [Commons, Ps, Threads, Stack, Cores, Regions, Log, Program]:
    command()
