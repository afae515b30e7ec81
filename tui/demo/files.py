"""The files that come with sample mail: small, valid, and made from their names, so that none need be shipped."""

import struct
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

WIDTH, HEIGHT = 120, 80
"""Pixels of a picture."""

PATCH = """\
diff --git a/planner/estimate.c b/planner/estimate.c
--- a/planner/estimate.c
+++ b/planner/estimate.c
@@ -112,5 +112,6 @@ estimate_rows(const Column *column)
-\treturn column->rows;
+\tif (!column->has_statistics)
+\t\treturn ask_first(column);
+\treturn column->rows - column->nulls;
 }
"""


def make_file(name: str) -> tuple[str, bytes]:
    """Return the media type and the octets of a file.

    Args:
        name: of which the ending decides what it is, and the rest what is in it.

    Raises:
        ValueError: when nothing ends like that.
    """
    stem, _, ending = name.rpartition(".")
    match ending:
        case "pdf":
            return "application/pdf", _pdf(stem.replace("-", " ").capitalize())
        case "csv":
            return "text/csv", _csv(stem)
        case "png":
            return "image/png", _png(stem)
        case "patch":
            return "text/x-patch", PATCH.encode("ascii")
    raise ValueError(f"nothing makes {name!r}")


def make_invitation(summary: str, start: datetime, organizer: str) -> bytes:
    """Return an invitation to one hour (RFC 5545).

    Args:
        summary: what it is to; ASCII.
        start: when it begins, with its time zone.
        organizer: addr-spec of who invites.
    """
    utc = "%Y%m%dT%H%M%SZ"
    began = start - timedelta(seconds=(start.utcoffset() or timedelta()).total_seconds())
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//tidings.example//demo//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{zlib.crc32(summary.encode()):08x}@tidings.example",
        f"DTSTAMP:{began.strftime(utc)}",
        f"DTSTART:{began.strftime(utc)}",
        f"DTEND:{(began + timedelta(hours=1)).strftime(utc)}",
        f"SUMMARY:{summary}",
        f"ORGANIZER:mailto:{organizer}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii", "replace")


def _dice(stem: str) -> Random:
    return Random(zlib.crc32(stem.encode("utf-8")))


def _csv(stem: str) -> bytes:
    dice = _dice(stem)
    rows = ["number,first,second,remark"]
    for number in range(1, 32):
        remark = dice.choice(("", "", "checked", "twice", "see note"))
        rows.append(f"{number},{dice.uniform(0, 9):.3f},{dice.uniform(10, 99):.2f},{remark}")
    return "".join(f"{row}\r\n" for row in rows).encode("ascii")


def _pdf(title: str) -> bytes:
    """One page with a title and a table drawn in lines."""
    words = title.encode("latin-1", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    lines = b"".join(b"60 %d m 535 %d l S\n" % (y, y) for y in range(120, 721, 24))
    page = b"BT /F1 22 Tf 60 760 Td (%b) Tj ET\n0.5 w\n%b" % (words, lines)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%bendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def _png(stem: str) -> bytes:
    """Rings around two points, in two inks on paper."""
    dice = _dice(stem)
    points = [(dice.randrange(WIDTH), dice.randrange(HEIGHT)) for _ in range(2)]
    inks = b"".join(bytes(dice.randrange(40, 220) for _ in range(3)) for _ in range(2)) + b"\xf4\xf0\xe6"
    rows = []
    for y in range(HEIGHT):
        rows.append(b"\0")  # the row is not filtered
        rows.append(bytes(_ink(x, y, points) for x in range(WIDTH)))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"PLTE", inks), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunks(chunks))


def _ink(x: int, y: int, points: Iterable[tuple[int, int]]) -> int:
    for number, (px, py) in enumerate(points):
        if ((x - px) ** 2 + (y - py) ** 2) // 225 % 4 == 0:
            return number
    return 2


def _chunks(chunks: Iterable[tuple[bytes, bytes]]) -> Iterable[bytes]:
    for kind, data in chunks:
        yield struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
