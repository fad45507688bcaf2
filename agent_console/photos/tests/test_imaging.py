"""Pictures of every sort and what attackers make of them: only pixels get through."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from agent_console.photos import errors
from agent_console.photos.imaging import (
    CONTENT_MAX_BYTES,
    SIDE_MAX_PX,
    THUMBNAIL_SIDE_PX,
    Location,
    photo_clean,
)

from .pictures import decoded, encoded, scene

SCRIPT = b"<script>alert(document.cookie)</script>"
VIEUX_PORT = (43.2951, 5.3744)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG whose header says a size, with ``chunks`` instead of a real picture's."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _png_chunk(b"IHDR", header) + b"".join(chunks)


EMPTY_DATA = _png_chunk(b"IDAT", zlib.compress(b""))


def _exif(*, orientation: int = 1, place: tuple[float, float] | None = None) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Fabricant secret"
    exif[ExifTags.Base.Orientation] = orientation
    if place:
        latitude, longitude = place
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                ExifTags.GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
                ExifTags.GPS.GPSLatitude: (abs(latitude), 0.0, 0.0),
                ExifTags.GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
                ExifTags.GPS.GPSLongitude: (abs(longitude), 0.0, 0.0),
            }
        )
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_jpeg_of_at_most_2048_points(kind: str) -> None:
    clean = photo_clean(encoded(scene(1, (2200, 1100)), kind))
    picture, small = decoded(clean.jpeg), decoded(clean.thumbnail)
    assert (picture.format, picture.mode, small.format) == ("JPEG", "RGB", "JPEG")
    assert picture.size == (clean.width, clean.height) == (SIDE_MAX_PX, SIDE_MAX_PX // 2)
    assert max(small.size) == THUMBNAIL_SIDE_PX
    assert len(clean.thumbnail) < len(clean.jpeg)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_sort_of_png_is_read(mode: str) -> None:
    grey = scene(2).convert("L")
    source = grey.point(lambda level: level * 256, "I") if mode == "I;16" else scene(2)
    clean = photo_clean(encoded(source.convert(mode), "PNG"))
    # Looks like the original, whatever the mode: no black or white surface came of it.
    shown = decoded(clean.jpeg).convert("L").resize((8, 8))
    wanted = source.convert(mode).convert("RGB" if mode != "I;16" else "I")
    if mode == "I;16":
        wanted = grey
    pairs = zip(shown.tobytes(), wanted.convert("L").resize((8, 8)).tobytes(), strict=True)
    assert max(abs(one - other) for one, other in pairs) < 40


def test_what_is_transparent_becomes_white() -> None:
    clean = photo_clean(encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "PNG"))
    assert decoded(clean.jpeg).getpixel((9, 9)) == (255, 255, 255)


def test_a_printers_jpeg_in_four_colours_is_read() -> None:
    clean = photo_clean(encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0))))
    red, green, blue = decoded(clean.jpeg).getpixel((9, 9))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_as_its_camera_said(orientation: int) -> None:
    upright = Image.new("RGB", (200, 100), "blue")
    upright.paste("red", (0, 0, 100, 50))  # upper left
    undo = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    taken = upright if undo is None else upright.transpose(undo)
    clean = photo_clean(encoded(taken, exif=_exif(orientation=orientation)))
    assert (clean.width, clean.height) == upright.size
    shown = decoded(clean.jpeg)
    assert shown.getpixel((25, 12))[0] > 200  # type: ignore[index]
    assert shown.getpixel((175, 87))[2] > 200  # type: ignore[index]


def test_nothing_but_pixels_is_kept() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = _exif(place=VIEUX_PORT)
    sent = encoded(
        scene(3),
        exif=exif,
        icc_profile=profile,
        comment=SCRIPT,
        xmp=b"<x:xmpmeta>chez Mme Secret</x:xmpmeta>",
    )
    sent = sent[:2] + b"\xff\xe0\x00\x1aJFXX\x00\x10" + b"\xff\xd8VIGNETTE\xff\xd9...." + sent[2:]
    for told in (b"Fabricant", b"VIGNETTE", b"<script", b"Secret", b"acsp", b"Exif"):
        assert told in sent
        for kept in (photo_clean(sent).jpeg, photo_clean(sent).thumbnail):
            assert told not in kept
    picture = decoded(photo_clean(sent).jpeg)
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not picture.getexif()


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (VIEUX_PORT, Location(*VIEUX_PORT)),
        ((-33.5, -70.25), Location(-33.5, -70.25)),
        ((0.0, 0.0), None),
        ((95.0, 5.0), None),
        (None, None),
    ],
)
def test_where_it_was_taken_is_told_to_the_caller_only(
    place: tuple[float, float] | None, found: Location | None
) -> None:
    clean = photo_clean(encoded(scene(3), exif=_exif(place=place)))
    assert clean.location == found
    assert not decoded(clean.jpeg).getexif().get_ifd(ExifTags.IFD.GPSInfo)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL.TiffImagePlugin")
def test_a_broken_exif_block_is_no_reason_to_refuse() -> None:
    sent = encoded(scene(3), exif=b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\xff\xff" + b"\xfe" * 40)
    assert photo_clean(sent).location is None


def _archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return written.getvalue()


@pytest.mark.parametrize(
    "hidden", [SCRIPT, b"<?php system($_GET[0]); ?>", _archive()], ids=["html", "php", "zip"]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_file_of_two_natures_loses_the_other_one(hidden: bytes, kind: str) -> None:
    sent = encoded(scene(4), kind) + hidden
    clean = photo_clean(sent)
    for kept in (clean.jpeg, clean.thumbnail):
        assert hidden not in kept
        assert b"index.html" not in kept
        assert kept.endswith(b"\xff\xd9")
        assert not zipfile.is_zipfile(io.BytesIO(kept))


def test_script_in_comments_and_texts_goes() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", SCRIPT.decode())
    texts.add_itxt("Description", SCRIPT.decode(), zip=True)
    for sent in (encoded(scene(4), comment=SCRIPT), encoded(scene(4), "PNG", pnginfo=texts)):
        assert b"script" not in photo_clean(sent).jpeg


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        b"<html><body>" + SCRIPT,
        _archive(),
        b"%PDF-1.7\n%\xe2\xe3",
        b"GIF89a" + b"\0" * 64,
        encoded(scene(5, (64, 64)), "GIF"),
        encoded(scene(5, (64, 64)), "TIFF"),
        encoded(scene(5, (64, 64)), "BMP"),
        encoded(scene(5, (64, 64)), "JPEG2000"),
        encoded(scene(5, (64, 64)), "ICO"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n",
        b"P6 64 64 255\n" + b"\0" * (64 * 64 * 3),
        b"\0" * 1000,
        b"x",
    ],
)
def test_whatever_is_no_jpeg_png_or_webp_is_refused(content: bytes) -> None:
    with pytest.raises(errors.PhotoTypeRefused):
        photo_clean(content)


def test_the_second_picture_of_a_phone_is_left_out() -> None:
    sent = encoded(
        Image.new("RGB", (64, 64), "red"),
        "MPO",
        save_all=True,
        append_images=[Image.new("RGB", (64, 64), "blue")],
    )
    assert decoded(sent).format == "MPO"
    kept = decoded(photo_clean(sent).jpeg)
    assert kept.format == "JPEG"
    assert kept.getpixel((9, 9))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(kind: str) -> None:
    frames = [scene(seed, (64, 64)) for seed in (1, 2)]
    with pytest.raises(errors.PhotoAnimated):
        photo_clean(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(errors.PhotoEmpty):
        photo_clean(b"")


def test_fifty_megabytes_are_refused_before_they_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(Image, "open", never)
    for size in (CONTENT_MAX_BYTES + 1, 50_000_000):
        with pytest.raises(errors.PhotoTooLarge):
            photo_clean(b"\xff\xd8" + b"\0" * size)


def _bomb(width: int, height: int) -> bytes:
    """A well-formed PNG of black: a thousandth of its size once decoded."""
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + 3 * width)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return _png(width, height, _png_chunk(b"IDAT", packed), _png_chunk(b"IEND", b""))


@pytest.mark.parametrize(
    "content",
    [
        _bomb(8000, 6000),
        _png(65_535, 65_535, EMPTY_DATA),
        _png(2**31 - 1, 2**31 - 1, EMPTY_DATA),
        _png(40_000_001, 1, EMPTY_DATA),
        encoded(Image.new("RGB", (64, 64))).replace(
            struct.pack(">HH", 64, 64), struct.pack(">HH", 65_500, 65_500), 1
        ),
    ],
    ids=["bomb", "giant", "absurd", "long", "jpeg-header"],
)
def test_too_many_points_are_refused_before_they_are_decoded(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", never)
    with pytest.raises(errors.PhotoTooManyPixels):
        photo_clean(content)


def test_the_largest_photo_is_still_read() -> None:
    clean = photo_clean(_bomb(8000, 5000))
    assert (clean.width, clean.height) == (2048, 1280)
    assert clean.look is None  # black from edge to edge


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_texts_that_unpack_to_a_flood_are_not_unpacked(kind: bytes) -> None:
    flood = zlib.compress(b"\0" * 200_000_000, 9)
    prefix = b"k\0\0" if kind == b"zTXt" else b"k\0\1\0\0\0"
    content = encoded(scene(6, (64, 64)), "PNG")
    at = content.index(b"IDAT") - 4
    sent = content[:at] + _png_chunk(kind, prefix + flood) + content[at:]
    with pytest.raises(errors.PhotoDamaged):
        photo_clean(sent)


def test_a_tiny_picture_is_refused() -> None:
    with pytest.raises(errors.PhotoTooSmall):
        photo_clean(encoded(Image.new("RGB", (31, 4000))))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.98])
def test_half_a_photo_is_refused(kind: str, share: float) -> None:
    content = encoded(scene(7), kind)
    with pytest.raises((errors.PhotoDamaged, errors.PhotoTypeRefused)):
        photo_clean(content[: int(len(content) * share)])


@pytest.mark.filterwarnings("ignore::UserWarning:PIL.TiffImagePlugin")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_whatever_is_damaged_is_read_or_refused_and_never_more(kind: str) -> None:
    chance = random.Random(8)  # noqa: S311
    options: dict[str, object] = {"exif": _exif(place=VIEUX_PORT)}
    whole = encoded(scene(8, (80, 60)), kind, **options)
    refused = 0
    for _ in range(400):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            broken[chance.randrange(len(broken) if chance.random() < 0.5 else 200)] = (
                chance.randrange(256)
            )
        try:
            photo_clean(bytes(broken))
        except errors.PhotoRefused:
            refused += 1
    assert refused > 100


@pytest.mark.parametrize("make", [lambda: encoded(scene(9), "JPEG", progressive=True)])
def test_a_progressive_jpeg_is_read(make: Callable[[], bytes]) -> None:
    assert photo_clean(make()).width == 640
