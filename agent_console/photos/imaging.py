"""From the bytes that somebody sent to a picture that holds nothing but pixels.

Whatever is kept was drawn again from decoded pixels: EXIF (place, time, camera), XMP, ICC profile,
comments, embedded thumbnails and anything hidden before, between or after the picture's own data
stay behind.  Type and size are found out from the content; names and declared types are not asked.
Pure: no database, no storage.
"""

import io
import struct
import threading
import zlib
from dataclasses import dataclass

from PIL import ExifTags, Image, UnidentifiedImageError

from .errors import (
    PhotoAnimated,
    PhotoDamaged,
    PhotoEmpty,
    PhotoTooLarge,
    PhotoTooManyPixels,
    PhotoTooSmall,
    PhotoTypeRefused,
)
from .look import look_of

CONTENT_MAX_BYTES = 10_000_000
PIXELS_MAX = 40_000_000
SIDE_MIN_PX = 32
SIDE_MAX_PX = 2048
THUMBNAIL_SIDE_PX = 320
_QUALITY = 85
_THUMBNAIL_QUALITY = 75
_FORMATS = ("JPEG", "PNG", "WEBP")
# Phones write a second picture (depth, brightness) behind the first: Pillow calls such a JPEG MPO.
_STILL_FORMATS = ("JPEG", "MPO")
# What Pillow's decoders raise at content that is not what it says.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)
# A picture of 40 million points takes up to 160 MB while it is decoded: two at a time, no more.
_DECODERS = threading.BoundedSemaphore(2)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Location:
    """Where a photo says that it was taken: degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class CleanPhoto:
    """``jpeg`` and ``thumbnail`` are what may be stored; ``location`` is for the caller only.

    ``look``: 64 bits that stay nearly the same when the picture is recompressed or resized;
    ``None`` for a picture in which nothing stands out.
    """

    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int
    look: int | None
    location: Location | None


def photo_clean(content: bytes) -> CleanPhoto:
    """Decode, bound and redraw ``content``; raises a ``PhotoRefused``."""
    if not content:
        raise PhotoEmpty
    if len(content) > CONTENT_MAX_BYTES:
        raise PhotoTooLarge
    with _DECODERS:
        image = _opened(content)
        try:
            turn, location = _orientation(image), _location(image)
            picture = _pixels(image)
        except _BROKEN as error:
            raise PhotoDamaged from error
        finally:
            image.close()
        if turn in _TURNS:
            picture = picture.transpose(_TURNS[turn])
        small = picture.copy()
        small.thumbnail((THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX))
        return CleanPhoto(
            jpeg=_jpeg(picture, _QUALITY),
            thumbnail=_jpeg(small, _THUMBNAIL_QUALITY),
            width=picture.width,
            height=picture.height,
            look=look_of(picture),
            location=location,
        )


def _opened(content: bytes) -> Image.Image:
    """The picture, its header read and its size allowed; no pixel is decoded yet."""
    try:
        image = Image.open(io.BytesIO(content), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise PhotoTooManyPixels from error
    except UnidentifiedImageError as error:
        raise PhotoTypeRefused from error
    except _BROKEN as error:
        raise PhotoDamaged from error
    if image.width * image.height > PIXELS_MAX:
        raise PhotoTooManyPixels
    if min(image.size) < SIDE_MIN_PX:
        raise PhotoTooSmall
    if image.format not in _STILL_FORMATS and getattr(image, "n_frames", 1) > 1:
        raise PhotoAnimated
    return image


def _pixels(image: Image.Image) -> Image.Image:
    """The pixels alone, RGB, at most ``SIDE_MAX_PX`` wide and high."""
    if image.mode in ("RGB", "L", "CMYK"):
        # A JPEG is decoded at a smaller scale already when it is much larger than needed.
        image.thumbnail((SIDE_MAX_PX, SIDE_MAX_PX))
        flat = image.convert("RGB")
    else:
        if image.mode.startswith("I;16"):  # 16 bits of grey: the upper 8 are the picture
            image = image.point(lambda level: level / 256).convert("L")
        layered = image.convert("RGBA")
        flat = Image.new("RGB", layered.size, "white")
        flat.paste(layered, mask=layered.getchannel("A"))
        flat.thumbnail((SIDE_MAX_PX, SIDE_MAX_PX))
    # A new picture knows nothing of the file that the pixels came from.
    alone = Image.new("RGB", flat.size)
    alone.paste(flat)
    return alone


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()


def _orientation(image: Image.Image) -> int:
    """How the picture must be turned; a broken EXIF block is no reason to refuse a picture."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except _BROKEN:
        return 1


def _location(image: Image.Image) -> Location | None:
    try:
        place = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(place[ExifTags.GPS.GPSLatitude], place[ExifTags.GPS.GPSLatitudeRef])
        longitude = _degrees(place[ExifTags.GPS.GPSLongitude], place[ExifTags.GPS.GPSLongitudeRef])
    except (*_BROKEN, ZeroDivisionError):
        return None
    # Also false for "not a number".  Zero and zero is what cameras write when they don't know.
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or latitude == longitude == 0:
        return None
    return Location(latitude=round(latitude, 6), longitude=round(longitude, 6))


def _degrees(parts: tuple[float, float, float], reference: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if reference in ("S", "W") else value
