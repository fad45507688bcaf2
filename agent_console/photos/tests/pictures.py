"""Made-up photos: street scenes of a few shapes, the same for the same seed."""

import io
import random
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

SIZE = (640, 480)


def scene(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Sky, ground and a few soft shapes with some grain: what a photo is to a digest."""
    chance = random.Random(seed)  # noqa: S311 - pictures, not secrets
    width, height = size
    picture = Image.new("RGB", size, _colour(chance))
    draw = ImageDraw.Draw(picture)
    horizon = chance.randint(height // 4, 3 * height // 4)
    draw.rectangle((0, horizon, width, height), fill=_colour(chance))
    for _ in range(chance.randint(5, 14)):
        left, top = chance.randint(-width // 4, width), chance.randint(-height // 4, height)
        box = (
            left,
            top,
            left + chance.randint(width // 12, width // 2),
            top + chance.randint(height // 12, height // 2),
        )
        shape = draw.ellipse if chance.random() < 0.5 else draw.rectangle
        shape(box, fill=_colour(chance))
    grain = Image.effect_noise((width // 4, height // 4), 40).resize(size).convert("RGB")
    blurred = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.5, 4)))
    return Image.blend(blurred, grain, 0.08)


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def decoded(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return (chance.randrange(256), chance.randrange(256), chance.randrange(256))
