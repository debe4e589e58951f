"""Office files that are the same bytes for the same content: no clock in the archive, none in the properties.

What it leaves out: what is in the file.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_STAMP: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_ARCHIVES: Final = (".xlsx",)


def fixed(archive: bytes) -> bytes:
    """Return an Office file with every time stamp replaced, those of the workbooks inside it too.

    Parameters
    ----------
    archive : bytes
        PPTX or XLSX.

    Returns
    -------
    bytes
        The same parts in the same order.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry.filename)
            if entry.filename.endswith(_ARCHIVES):
                data = fixed(data)
            elif entry.filename == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", data)
            plain = zipfile.ZipInfo(entry.filename, EPOCH)
            plain.compress_type, plain.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(plain, data)
    return stream.getvalue()
