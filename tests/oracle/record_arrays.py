"""Writes arrays of numpy to tests/oracle/files/arrays, and what is in them to
tests/tier1/arrays/expected.inc.

Run with a Python that has numpy; nothing of it is needed by the tests."""
import pathlib

import numpy

root = pathlib.Path(__file__).parent.parent
folder = root / "oracle/files/arrays"
folder.mkdir(parents=True, exist_ok=True)
lines = ["// Made by tests/oracle/record_arrays.py with numpy. Not to be edited.",
         "// File, dtype, shape, values; of complex numbers the real parts."]


def expect(name, array):
    values = array.real if array.dtype.kind == "c" else array
    lines.append('{"%s", "%s", {%s}, {%s}},' % (
        name, array.dtype.newbyteorder("=").name, ", ".join(map(str, array.shape)),
        ", ".join(repr(float(v)) for v in values.reshape(-1))))


base = numpy.arange(6).reshape(2, 3) * 1.5
for letters in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "c8", "c16"):
    for order in "<>":
        array = base.astype(letters) if letters[0] != "c" else (base + 2j).astype(letters)
        array = array.astype(order + letters)
        name = f"{'little' if order == '<' else 'big'}_{letters}.npy"
        numpy.save(folder / name, array)
        expect(name, array)
bools = numpy.array([[True, False], [False, True]])
numpy.save(folder / "b1.npy", bools)
expect("b1.npy", bools)
columns = numpy.asfortranarray(numpy.arange(24, dtype="i4").reshape(2, 3, 4))
numpy.save(folder / "columns.npy", columns)
expect("columns.npy", columns)
for name, array in (("number.npy", numpy.float64(3.5)), ("empty.npy", numpy.zeros((0, 3))), ("row.npy", numpy.arange(5.0))):
    numpy.save(folder / name, array)
    expect(name, numpy.asarray(array))
with open(folder / "version2.npy", "wb") as file:
    numpy.lib.format.write_array(file, base, version=(2, 0))
expect("version2.npy", base)
arrays = {"first": numpy.arange(300), "second": numpy.asfortranarray(base), "third": numpy.array(True)}
numpy.savez(folder / "stored.npz", **arrays)
numpy.savez_compressed(folder / "compressed.npz", **arrays)
numpy.save(folder / "objects.npy", numpy.array([{}], dtype=object), allow_pickle=True)
numpy.save(folder / "records.npy", numpy.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
numpy.save(folder / "text.npy", numpy.array(["a", "bc"]))
(root / "tier1/arrays/expected.inc").write_text("\n".join(lines) + "\n")
