"""Values of Rust's and the kernel's types, as GDB sees them.

The names of fields are those of the compiler that rust-toolchain.toml names; the kernel's own are in
its sources. Whatever is not as expected here is a gdb.error, which the commands tell.
"""

import gdb


def atomic(value):
    """The number in an atomic."""
    return value["v"]["value"]


def number(value):
    """The number in an atomic, as one of Python's."""
    return int(atomic(value))


def locked(value):
    """What a kcore::sync::Lock guards, whoever holds it: everything stands still."""
    return value["inner"]["data"]["value"]


def is_held(value):
    """Whether somebody holds a kcore::sync::Lock."""
    return number(value["inner"]["lock"]) != 0


def shared(value):
    """What an Arc leads to."""
    return value["ptr"]["pointer"].dereference()["data"]


def some(value):
    """What an Option holds, or None."""
    # Only the variant that is there has a value; the fields of the type are those of all.
    names = [field.name for field in value.dynamic_type.fields()]
    return value["Some"]["__0"] if "Some" in names else None


def elements(pointer, kind, length):
    """The elements behind a pointer to the first."""
    first = pointer.cast(kind.pointer())
    for index in range(int(length)):
        yield (first + index).dereference()


def vec(value):
    """The elements of a Vec."""
    kind = value.type.template_argument(0)
    pointer = value["buf"]["inner"]["ptr"]["pointer"]["pointer"]
    return elements(pointer, kind, value["len"])


def small_vec(value):
    """The elements of a SmallVec, which has them in itself while they are few."""
    array = value.type.template_argument(0)
    kind, places = array.target(), array.range()[1] + 1
    capacity, data = int(value["capacity"]), value["data"]
    if capacity <= places:
        return elements(data.address, kind, capacity)
    pointer, length = data["heap"]["__0"], data["heap"]["__1"]
    return elements(pointer["pointer"], kind, length)


def text(elements_of_bytes):
    """The text of bytes, up to a NUL."""
    return bytes(int(byte) for byte in elements_of_bytes).split(b"\0")[0].decode(errors="replace")


def array(value):
    """The elements of an array."""
    low, high = value.type.range()
    return [value[index] for index in range(low, high + 1)]


def static(path):
    """A static of the kernel, by its path."""
    return gdb.parse_and_eval(path)
