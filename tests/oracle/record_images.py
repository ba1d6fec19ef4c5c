"""Writes small images of all formats to tests/oracle/files/images, and what Pillow reads in them to
tests/tier1/images/expected.inc.

Run with a Python that has Pillow and numpy; nothing of it is needed by the tests."""
import pathlib
import struct
import zlib

import numpy
from PIL import Image, ImageOps

root = pathlib.Path(__file__).parent.parent
folder = root / "oracle/files/images"
folder.mkdir(parents=True, exist_ok=True)
generator = numpy.random.default_rng(1)
height, width = 3, 5


def random(channels, most=256, dtype="uint8"):
    return generator.integers(0, most, (height, width, channels)).astype(dtype)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(samples, kind, depth, interlaced=False, more=b""):
    """What Pillow cannot write: 16 bits of all kinds, and rows in seven passes."""
    h, w, _ = samples.shape
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    raw = b""
    for top, left, down, right in (passes if interlaced else [(0, 0, 1, 1)]):
        part = samples[top::down, left::right]
        if part.size:
            raw += b"".join(b"\0" + row.astype(">u2" if depth == 16 else "u1").tobytes() for row in part)
    header = struct.pack(">IIBBBBB", w, h, depth, kind, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def values(array):
    """[channels, height, width] as text."""
    array = array if array.ndim == 3 else array[:, :, None]
    planes = array.transpose(2, 0, 1)
    return "{%s}, {%s}" % (", ".join(map(str, planes.shape)), ", ".join(map(str, planes.reshape(-1).tolist())))


lines = ["// Made by tests/oracle/record_images.py with Pillow. Not to be edited.",
         "// File, channels and depth as asked for, shape, values, how far JPEG's may be off."]


def expect(name, channels, array, depth=8, off=0):
    lines.append('{"%s", %d, %d, %s, %d},' % (name, channels, depth, values(numpy.asarray(array)), off))


def expect_as_pillow(name, off=0):
    image = ImageOps.exif_transpose(Image.open(folder / name))
    if image.mode in ("P", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "L" if image.mode == "1" else "RGB")
    own = image.convert("RGB") if image.mode == "CMYK" else image
    expect(name, 0, own, off=off)
    for channels, mode in ((1, "L"), (3, "RGB"), (4, "RGBA")):
        expect(name, channels, own.convert(mode), off=off)


modes = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
for channels, mode in modes.items():
    pixels = random(channels)
    picture = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels, mode)
    picture.save(folder / f"{mode}.png")
    expect_as_pillow(f"{mode}.png")

palette = Image.fromarray(random(3)).quantize(8)
palette.save(folder / "palette.png")
expect_as_pillow("palette.png")
palette.save(folder / "transparent.png", transparency=2)
expect_as_pillow("transparent.png")
bits = Image.fromarray(random(1, 2)[:, :, 0] * 255).convert("1")
bits.save(folder / "bits.png")
expect_as_pillow("bits.png")

wide = {0: 1, 4: 2, 2: 3, 6: 4}
for kind, channels in wide.items():
    samples = random(channels, 65536, "uint32")
    (folder / f"wide_{channels}.png").write_bytes(png(samples, kind, 16))
    expect(f"wide_{channels}.png", 0, samples, 16)
    # Rounded, as the specification of PNG asks.
    expect(f"wide_{channels}.png", 0, (samples * 255 + 32767) // 65535)
samples = random(3)
(folder / "interlaced.png").write_bytes(png(samples, 2, 8, interlaced=True))
expect("interlaced.png", 3, samples)
expect("interlaced.png", 3, samples.astype("uint32") * 257, 16)
exif = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHIHH", 0x112, 3, 1, 6, 0) + struct.pack("<I", 0)
(folder / "turned.png").write_bytes(png(samples, 2, 8, more=chunk(b"eXIf", exif)))
expect("turned.png", 3, numpy.rot90(samples, -1))

smooth = numpy.stack([numpy.add.outer(numpy.arange(16) * k, numpy.arange(24) * 4) % 256 for k in (3, 5, 7)], 2).astype("uint8")
image = Image.fromarray(smooth)
image.save(folder / "RGB.jpg", quality=95, subsampling=0)
image.save(folder / "progressive.jpg", progressive=True, quality=90)
image.convert("L").save(folder / "L.jpg", quality=95)
image.convert("CMYK").save(folder / "CMYK.jpg", quality=95)
for name in ("RGB.jpg", "progressive.jpg", "L.jpg"):
    expect_as_pillow(name, off=4)
expect("CMYK.jpg", 3, Image.open(folder / "CMYK.jpg").convert("RGB"), off=6)
small = image.crop((0, 0, 8, 16))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x112] = orientation
    name = f"turned_{orientation}.jpg"
    small.save(folder / name, quality=95, subsampling=0, exif=exif)
    expect(name, 3, ImageOps.exif_transpose(Image.open(folder / name)), off=2)

for mode in ("L", "RGB", "RGBA"):
    channels = len(mode)
    Image.fromarray(random(channels)[:, :, 0] if channels == 1 else random(channels), mode).save(folder / f"{mode}.bmp")
    read = Image.open(folder / f"{mode}.bmp")
    expect(f"{mode}.bmp", 4 if mode == "RGBA" else 3, read.convert("RGB" if mode == "L" else mode))
bits.save(folder / "bits.bmp")
expect("bits.bmp", 1, Image.open(folder / "bits.bmp").convert("L"))
palette.save(folder / "palette.bmp")
expect("palette.bmp", 3, Image.open(folder / "palette.bmp").convert("RGB"))
Image.fromarray(random(3)).save(folder / "RGB.ppm")
Image.fromarray(random(1)[:, :, 0]).save(folder / "L.pgm")
bits.save(folder / "bits.pbm")
expect_as_pillow("RGB.ppm")
expect_as_pillow("L.pgm")
expect("bits.pbm", 1, bits.convert("L"))
samples = random(3, 16)
text = "P3 # samples up to 15\n5 3\n15\n" + "\n".join(map(str, samples.reshape(-1)))
(folder / "text.ppm").write_text(text)
expect("text.ppm", 3, samples * 17)
samples = random(1, 65536, "uint32")
(folder / "wide.pgm").write_bytes(b"P5\n5 3\n65535\n" + samples.astype(">u2").tobytes())
expect("wide.pgm", 1, samples, 16)
(folder / "bits.txt.pbm").write_text("P1\n3 2\n101\n0 1 1")
expect("bits.txt.pbm", 1, numpy.array([[0, 255, 0], [255, 0, 0]])[:, :, None])

frames = [Image.fromarray(random(3)) for _ in range(2)]
frames[0].save(folder / "animated.png", save_all=True, append_images=frames[1:])
frames[0].save(folder / "animated.gif", save_all=True, append_images=frames[1:])
(root / "tier1/images/expected.inc").write_text("\n".join(lines) + "\n")
