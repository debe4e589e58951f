"""What could run, open or be fetched in a finished file, and the text that stands in it.

Each ``faults`` function returns sentences about what is active; none for a file that only shows.  They know every
format by its own parser and nothing of how the file was made.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import openpyxl
from pptx import Presentation

from funnelsim.outputs.plain_text import plain


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FUNCTIONS = _set("SUM IF AND MAX MIN COUNT COUNTIF SUMIF SMALL ROUND ROUNDUP INT ISEVEN SQRT AVERAGE PERCENTILE")
"""Functions of our own formulas; none opens anything."""
RELATIONS = _set(
    "chart chartColorStyle chartStyle chartUserShapes core-properties coreProperties drawing extended-properties image "
    "metadata notesMaster notesSlide officeDocument package presProps printerSettings sharedStrings slide slideLayout "
    "slideMaster styles tableStyles theme themeOverride thumbnail viewProps worksheet"
)
ELEMENTS = _set(
    "a bdi body button caption code dd details div dl dt fieldset figure footer h1 h2 h3 head header html input label "
    "legend li link main meta nav noscript option p script section select span style summary table tbody td th thead "
    "title tr ul"
)
VECTOR_ELEMENTS = _set("svg g path rect line text tspan title desc defs clipPath circle")
ADDRESSES = _set("href src srcset srcdoc action formaction data poster background cite manifest ping xlink:href")
CELLS = r"(?:'[A-Za-z0-9 _-]+'|[A-Za-z0-9]+)!\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?"
OWN_WORDS = r"\$?[A-Z]{1,3}\$?\d+|[A-Z]+\(|(?:futures|lead|plan)_[a-z]+|[\d.E+\-*/:,()<>=&$ ]"
"""What is left of our own formulas beside texts and references to other sheets."""
DRAWN_SIGNS = frozenset("\u200c\u200d")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.bodies: list[tuple[dict[str, str], str]] = []
        self.texts: list[str] = []
        self.other: list[str] = []
        self._raw: tuple[dict[str, str], list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.append((tag, said))
        if tag in {"script", "style"}:
            self._raw = ({"tag": tag, **said}, [])

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"} and self._raw is not None:
            self.bodies.append((self._raw[0], "".join(self._raw[1])))
            self._raw = None

    def handle_data(self, data: str) -> None:
        if self._raw is not None:
            self._raw[1].append(data)
        else:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        self.other.append(data)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader


def steering(text: str) -> list[str]:
    """Return the characters of a text that steer a screen or cannot be seen."""
    bad = {one for one in text if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    flags = {chr(0xE0000 + ord(one)) for one in "gbsctenwl"} | {"\U000e007f"}
    return sorted(bad - DRAWN_SIGNS - {"\n"} - (flags if "\U0001f3f4" in text else set()))


def page_faults(page: str, *, whole: bool = True) -> list[str]:
    """Return what is active in an HTML page, or in a piece of one."""
    reader = _read(page)
    faults = [f"element {tag}" for tag, _ in reader.tags if tag not in ELEMENTS]
    faults += [f"{tag} {name}" for tag, said in reader.tags for name in said if name.startswith("on")]
    faults += [f"declaration {one[:40]!r}" for one in reader.other]
    faults += [f"character {one!r}" for one in steering("".join(reader.texts))]
    for tag, said in reader.tags:
        faults += [
            f"{tag} {name} {value[:60]!r}"
            for name, value in said.items()
            if name in ADDRESSES and not value.startswith("#") and (tag, value) != ("link", "data:,")
        ]
        faults += [f"style {said['style'][:60]!r}" for _ in [0] if re.search(r"url|expr|@|\\", said.get("style", ""))]
        if tag == "meta" and said.get("http-equiv", "").lower() == "refresh":
            faults.append("meta refresh")
    if not whole:
        return faults + [f"element {body['tag']}" for body, _ in reader.bodies]
    return faults + list(_policy_faults(reader))


def _policy_faults(reader: _Reader) -> Iterator[str]:
    policies = [said["content"] for tag, said in reader.tags if said.get("http-equiv") == "Content-Security-Policy"]
    if len(policies) != 1 or "default-src 'none'" not in policies[0] or "unsafe" in policies[0]:
        yield f"policy {policies}"
    kinds = []
    for said, body in reader.bodies:
        kinds.append(f"{said['tag']} {said.get('type', '')}".strip())
        if said.get("type") == "application/json":
            json.loads(body)
        else:
            digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
            if f"'sha256-{digest}'" not in "".join(policies):
                yield f"{said['tag']} that the policy does not name"
    if sorted(kinds) != ["script", "script application/json", "style"]:
        yield f"scripts {kinds}"


def page_texts(page: str) -> set[str]:
    """Return every text of a page: what stands in it, and what its script may show."""
    reader = _read(page)
    data = [json.loads(body) for said, body in reader.bodies if said.get("type") == "application/json"]
    return set(reader.texts) | set(_strings(data))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _xml(data: bytes) -> ElementTree.Element:
    assert b"<!DOCTYPE" not in data
    assert b"<!ENTITY" not in data
    return ElementTree.fromstring(data)


def _bare(name: str) -> str:
    return name.rpartition("}")[2]


def package_faults(data: bytes, *, formulas: bool = True) -> list[str]:
    """Return what is active in a PPTX or XLSX: parts, relations, links, formulas; packages inside it too."""
    faults = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            part = package.read(name)
            if re.search(r"vba|activeX|oleObject|externalLink|connections|ctrlProp|customXml|webextension", name):
                faults.append(f"part {name}")
            if name.endswith(".xlsx"):
                faults += [f"{name}: {one}" for one in package_faults(part, formulas=False)]
            elif name.endswith((".xml", ".rels", ".vml")):
                faults += [f"{name}: {one}" for one in _part_faults(_xml(part), formulas=formulas)]
            elif not name.endswith((".png", ".jpeg", ".jpg", ".bin")):
                faults.append(f"part {name}")
            if name.endswith(".bin") and "printerSettings" not in name:
                faults.append(f"part {name}")
    return faults


def _part_faults(root: ElementTree.Element, *, formulas: bool) -> Iterator[str]:
    for element in root.iter():
        tag = _bare(element.tag)
        if tag in {"HyperlinkBase", "HyperlinksChanged"} and element.text in {None, "", "false"}:
            continue
        if re.match(r"hlink.|hyperlink|oleObj|ddeLink|control$|externalLink|snd|video|audio", tag, re.IGNORECASE):
            yield f"element {tag}"
        if tag == "Relationship":
            kind = element.get("Type", "").rpartition("/")[2]
            if element.get("TargetMode", "Internal") != "Internal" or kind not in RELATIONS:
                yield f"relation {kind} {element.get('Target', '')[:60]}"
        for name in element.attrib:
            if _bare(name) in {"action", "href", "macro"} and element.get(name):
                yield f"attribute {name}"
        if tag == "f":
            yield from _formula_faults(element, formulas=formulas)
        if tag == "c" and element.get("t") == "str" and element.find("{*}f") is None:
            yield "a cell of a formula's text without a formula"


def _formula_faults(element: ElementTree.Element, *, formulas: bool) -> Iterator[str]:
    text = element.text or ""
    in_chart = "chart" in element.tag
    if in_chart:
        if not re.fullmatch(CELLS, text):
            yield f"formula {text[:80]}"
        return
    bare = re.sub(CELLS, "", re.sub(r'"[ %<>=a-z]*"', "", text))
    called = set(re.findall(r"[A-Z]+(?=\()", bare))
    rest = re.sub(OWN_WORDS, "", bare)
    if not formulas or called - FUNCTIONS or rest:
        yield f"formula {text[:80]} {rest[:40]}"


def workbook_texts(data: bytes) -> set[str]:
    """Return every text cell of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    return {cell.value for cell in cells if isinstance(cell.value, str) and cell.data_type != "f"}


def deck_texts(data: bytes) -> set[str]:
    """Return every text of slides: boxes, tables, notes, texts for pictures, charts, their workbooks, the title."""
    presentation = Presentation(io.BytesIO(data))
    found = {presentation.core_properties.title, presentation.core_properties.subject}
    for slide in presentation.slides:
        found.update(slide.notes_slide.notes_text_frame.text.split("\n"))
        for shape in slide.shapes:
            if shape.has_text_frame:
                found.update(one.text for one in shape.text_frame.paragraphs)
            if shape.has_table:
                found.update(cell.text for row in shape.table.rows for cell in row.cells)
            if shape.has_chart:
                plots = list(shape.chart.plots)
                found.update(str(one) for plot in plots for one in plot.categories)
                found.update(one.name for plot in plots for one in plot.series)
                found |= workbook_texts(shape.chart.part.chart_workbook.xlsx_part.blob)
            found.add(shape._element.xpath(".//p:cNvPr")[0].get("descr") or "")
    return found


def picture_faults(data: bytes) -> list[str]:
    """Return what is active in an SVG."""
    faults = []
    for element in _xml(data).iter():
        if _bare(element.tag) not in VECTOR_ELEMENTS:
            faults.append(f"element {element.tag}")
        for name, value in element.attrib.items():
            bare = _bare(name)
            if bare.startswith("on") or bare in ADDRESSES or (bare == "style" and "url(" in value):
                faults.append(f"attribute {name}")
            if value.startswith("url(") and not value.startswith("url(#"):
                faults.append(f"{name} {value[:60]}")
    text = data.decode()
    return faults + [f"character {one!r}" for one in steering(text)]


def picture_texts(data: bytes) -> set[str]:
    """Return every text of an SVG, as drawn and as told to those who cannot see it."""
    root = _xml(data)
    found = {"".join(one.itertext()) for one in root.iter() if _bare(one.tag) in {"text", "title", "desc", "tspan"}}
    return found | {one.get("aria-label", "") for one in root.iter()}


def missing(names: Iterable[str], texts: Collection[str], *, whole: bool = False) -> list[str]:
    """Return the names that no text says, as the rule for plain text has them; cut short they end in three dots."""
    cut = sorted({one.removesuffix("...") for one in texts if one.endswith("...") and len(one) > 15})
    found = []
    for name in names:
        shown = plain(name)
        begun = not whole and any(shown.startswith(one) for one in cut)
        if shown not in texts and shown.strip() not in texts and not begun:
            found.append(name)
    return found
