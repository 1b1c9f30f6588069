"""A workbook of one sheet for spreadsheets (Office Open XML, ISO/IEC 29500), written while its rows come.

Nothing is kept: the first bytes leave at once, and where nobody takes them any more the next row ends it. Libraries for
workbooks keep the rows, in memory or in a file, until the last one is there.
"""

import re
import zipfile
from collections.abc import Sequence
from math import isfinite
from types import TracebackType
from typing import BinaryIO, Self

Cell = str | int | float | None

# What a spreadsheet holds: characters of a cell, and bytes of a sheet that every reader of archives can tell.
LONGEST_CELL = 32_767
FULL = 2_000_000_000
# Quick, and nearly as small as can be.
COMPRESSED = 3
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OOXML = "http://schemas.openxmlformats.org"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{OOXML}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{OOXML}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{OOXML}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{OOXML}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{OOXML}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship '
    f'Id="rId2" Type="{OOXML}/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{OOXML}/spreadsheetml/2006/main" '
    f'xmlns:r="{OOXML}/officeDocument/2006/relationships"><sheets><sheet name="Report" sheetId="1" r:id="rId1"/>'
    "</sheets></workbook>",
    # Two styles: plain, and bold.
    "xl/styles.xml": f'<styleSheet xmlns="{OOXML}/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/>'
    '<name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders '
    'count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf '
    'numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" '
    'fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
# What cannot stand in the text of a cell as it is, and the controls among it, which are written by their numbers.
SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\\s|\\s\\Z")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
LIKE_A_NUMBER = re.compile("_(x[0-9A-Fa-f]{4}_)")


class _Taken:
    """What is written goes on, until it is said to have ended."""

    def __init__(self, out: BinaryIO) -> None:
        self.out, self.ended = out, False

    def write(self, data: bytes, /) -> int:
        return len(data) if self.ended else self.out.write(data)

    def flush(self) -> None:
        if not self.ended:
            self.out.flush()

    def close(self) -> None:
        """Left to whose it is."""


class Workbook:
    """Writes rows into a new workbook; `with` ends it, unless an error did: then what was written is no workbook."""

    def __init__(self, out: BinaryIO, *, columns: int, width: int, frozen: int) -> None:
        """Begin it: with so many columns of this width, and so many lines that stay in sight."""
        self.line = self.size = 0
        self.names = [_letters(n) for n in range(columns)]
        self.taken = _Taken(out)
        self.archive = zipfile.ZipFile(self.taken, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSED)
        for name, content in PARTS.items():
            self.archive.writestr(zipfile.ZipInfo(name), HEAD + content, zipfile.ZIP_DEFLATED)
        self.page = self.archive.open("xl/worksheets/sheet1.xml", "w")
        pane = f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" state="frozen"/>'
        self._put(
            f'{HEAD}<worksheet xmlns="{OOXML}/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">{pane}'
            f'</sheetView></sheetViews><cols><col min="1" max="{max(1, columns)}" width="{width}" customWidth="1"/>'
            "</cols><sheetData>"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._put("</sheetData></worksheet>")
        self.taken.ended = kind is not None
        self.page.close()
        self.archive.close()

    @property
    def is_full(self) -> bool:
        """Whether no more can be read back."""
        return self.size > FULL

    def write(self, cells: Sequence[Cell], *, bold: bool = False) -> None:
        """One row more."""
        self.line += 1
        begin, style = f'{self.line}"', ' s="1"' if bold else ""
        parts = [
            f'<c r="{name}{begin}{style}><v>{+cell}</v></c>'
            if not isinstance(cell, str) and isfinite(cell)
            else f'<c r="{name}{begin}{style} t="inlineStr"><is><t{_text(str(cell))}</t></is></c>'
            for name, cell in zip(self.names, cells, strict=False)
            if cell is not None
        ]
        self._put(f'<row r="{begin}>{"".join(parts)}</row>')

    def _put(self, text: str) -> None:
        self.size += self.page.write(text.encode())


def _letters(n: int) -> str:
    """What the column of this number is called: A to Z, then AA."""
    return (_letters(n // 26 - 1) if n >= 26 else "") + chr(65 + n % 26)


def _text(cell: str) -> str:
    """The text of a cell from the end of its tag on."""
    cell = cell[:LONGEST_CELL]
    if not SPECIAL.search(cell):
        return f">{cell}"
    told = LIKE_A_NUMBER.sub(r"_x005F_\1", cell).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    told = CONTROL.sub(lambda found: f"_x{ord(found.group()):04X}_", told)
    return f' xml:space="preserve">{told}'
