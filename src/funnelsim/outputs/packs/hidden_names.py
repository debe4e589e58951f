"""Names taken out of an answer: whatever a user called something becomes a word that says nothing.

The question: can a pack be shown to people who may not know whose deals these are?  Every name that
:mod:`funnelsim.outputs.packs.given_names` finds is replaced by a word such as ``lead 3f2a9c4d`` or ``team 5c01ab77``,
the same word wherever it stands: inside sentences, in dotted paths, cut short or with its invisible characters shown.
The words are keyed by the run, so that names cannot be tried out without it.  What is hidden is the name and nothing
else: amounts, days, stages and column headers stay.

What it leaves out: names in the text of a scenario that its author wrote as prose, where no table has them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa

from funnelsim.model.board_pack import Provenance
from funnelsim.model.run_schema import ATTRIBUTE_PREFIX
from funnelsim.outputs.packs.given_names import given_names, texts_of
from funnelsim.outputs.plain_text import plain

_DIGITS: Final = 8
_CUT: Final = "..."
"""What stands after a name that is cut short."""
_SHORTEST_CUT: Final = 5
_LONGEST_CUT: Final = 300
"""Letters that are left of names that are cut short."""
_KINDS: Final = "lead|owner|account|group|scenario|strategy|team|source|run|sheet|file"
_TWICE: Final = re.compile(rf"\b({_KINDS}) ('?)\1 ([0-9a-f]{{8,}})\2", re.IGNORECASE)
"""What becomes of ``lead 'name'`` and ``Lead name``: its kind is in the word."""
_TITLED: Final = re.compile(rf"\b({_KINDS}) ([0-9a-f]{{8,}}): \1 \2\b", re.IGNORECASE)
"""What becomes of ``Strategy 'name': title``: both are one word."""
_NUMBER_LIKE: Final = re.compile(r"[\d\s.,:/%+-]*")
_KEPT_KEYS: Final = frozenset(
    {"schema", "command", "as_of", "start", "end", "expected_close", "sha256", "content_hash", "currency", "period"}
    | {"field", "header", "decided", "dialect", "status", "kind", "unit", "grade", "by"}
)
"""Keys of values that are never names."""


@dataclass(frozen=True, eq=False)
class NameWords:
    """Which word stands for which name.

    Attributes
    ----------
    words : mapping of str to str
        Name as the file has it to its word.
    forms : tuple of (str, str)
        A name as outputs print it and its word, the longest first.
    cuts : tuple of two tuples of str
        Names that may be cut short as outputs print them, in the alphabet's order, and their words.
    """

    words: Mapping[str, str]
    forms: tuple[tuple[str, str], ...]
    cuts: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def of(self, text: str) -> str:
        """Return a text without names.

        Parameters
        ----------
        text : str
            A name, or a sentence that may hold names, cut short or made safe to show.

        Returns
        -------
        str
            Names that stand between other characters than letters and digits are replaced, the longest first; a name
            of less than three characters, and one that may be a number, only where it stands in quotation marks.
        """
        if text in self.words:
            return self.words[text]
        text = self._of_cuts(text)
        for shown, word in self.forms:
            if shown in text:
                text = _standing_alone(shown).sub(lambda _, word=word: word, text)  # type: ignore[misc]
        return _TITLED.sub(r"\1 \2", _TWICE.sub(r"\1 \3", text))

    def _of_cuts(self, text: str) -> str:
        """Replace names that are cut short, from the last to the first; the longest that can be meant is."""
        names, words = self.cuts
        end = text.rfind(_CUT)
        while end > 0 and names:
            for start in range(max(0, end - _LONGEST_CUT), end - _SHORTEST_CUT + 1):
                begun = text[start:end]
                if start and text[start - 1].isalnum() and begun[0].isalnum():
                    continue
                at = bisect_left(names, begun)
                if at < len(names) and names[at].startswith(begun):
                    text = text[:start] + words[at] + text[end + len(_CUT) :]
                    break
            end = text.rfind(_CUT, 0, end)
        return text

    def about(self, text: str) -> NameWords:
        """Return the words that some text needs, which may be few of very many.

        Parameters
        ----------
        text : str
            All text that is going to be cleaned.

        Returns
        -------
        NameWords
            Gives the same for every part of that text.
        """
        return replace(self, forms=tuple(pair for pair in self.forms if pair[0] in text))


def name_words(
    document: Mapping[str, Any],
    tables: Sequence[pa.Table],
    file_name: str,
    key: bytes,
    scenarios: Sequence[Mapping[str, Any]] = (),
) -> NameWords:
    """Return a word for every name of an answer.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    tables : sequence of pyarrow.Table
        Every table of the run that has leads.
    file_name : str
        What the answer was made from; empty for nothing.
    key : bytes
        Of the run.
    scenarios : sequence of mapping
        Documents of the scenarios in the run.

    Returns
    -------
    NameWords
        No two names share a word, except a lead's id and its name, or a strategy's name and its title.
    """
    kinds: dict[str, str] = {}
    owners: dict[str, set[str]] = {}
    for kind, name, whose in given_names(document, tables, scenarios, file_name):
        if name.strip():
            kinds.setdefault(name, kind)
            owners.setdefault(name, set()).add(whose)
    subjects = {name: next(iter(owners[name])) if len(owners[name]) == 1 else name for name in kinds}
    digests = {
        one: hmac.new(key, one.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        for one in subjects.values()
    }
    length = _DIGITS
    while len({digest[:length] for digest in digests.values()}) < len(digests):
        length += 1
    words = {name: f"{kind} {digests[subjects[name]][:length]}" for name, kind in kinds.items()}
    forms = {shown: word for name, word in words.items() for shown in _shown(name)}
    cuts = sorted((shown, word) for shown, word in forms.items() if len(shown) > _SHORTEST_CUT + len(_CUT))
    longest_first = tuple(sorted(forms.items(), key=lambda pair: (-len(pair[0]), pair[0])))
    return NameWords(words, longest_first, (tuple(one for one, _ in cuts), tuple(word for _, word in cuts)))


def without_names(document: Mapping[str, Any], words: NameWords) -> dict[str, Any]:
    """Return an answer whose names are replaced everywhere.

    Parameters
    ----------
    document : mapping
        The answer.
    words : NameWords
        Of the same answer.

    Returns
    -------
    dict
        Of the same shape; numbers and days as they were.
    """
    text = "\n".join(texts_of(document))
    cleaned: dict[str, Any] = _cleaned(document, words.about(text), "")
    return cleaned


def without_file_name(provenance: Provenance, words: NameWords) -> Provenance:
    """Return the foot of a pack without the name of the file.

    Parameters
    ----------
    provenance : Provenance
        As the run says.
    words : NameWords
        Of the same answer.

    Returns
    -------
    Provenance
        Hashes stay: they tell that two packs stand on the same file.
    """
    name = provenance.input_name
    return replace(provenance, input_name=words.words.get(name, words.of(name)))


def table_without_names(leads: pa.Table, words: NameWords) -> pa.Table:
    """Return the leads with words for their ids, names and groups.

    Parameters
    ----------
    leads : pyarrow.Table
        ``leads.parquet`` of the run.
    words : NameWords
        Of the same answer.

    Returns
    -------
    pyarrow.Table
        Other columns as they were.
    """
    for column in leads.column_names:
        if column == "lead_id" or column.startswith(ATTRIBUTE_PREFIX):
            texts = [words.words.get(one, one) if one else one for one in leads[column].to_pylist()]
            leads = leads.set_column(leads.column_names.index(column), column, pa.array(texts, pa.string()))
    return leads


def _cleaned(value: Any, words: NameWords, key: str) -> Any:
    if isinstance(value, Mapping):
        kept = {"name": value["name"]} if "unit" in value and "name" in value else {}  # a score, whose name is ours
        cleaned = {
            words.of(name) if "." in name else name: _cleaned(inner, words, name) for name, inner in value.items()
        }
        return cleaned | kept
    if isinstance(value, list):
        return [_cleaned(inner, words, key) for inner in value]
    return words.of(value) if isinstance(value, str) and key not in _KEPT_KEYS else value


def _shown(name: str) -> Iterable[str]:
    """Return a name as outputs print it: whole, made safe, stripped, and as messages quote it."""
    safe = plain(name)
    quoted = repr(name)[1:-1]
    return dict.fromkeys(one for one in (name, safe, safe.strip(), quoted, plain(quoted)) if one)


def _standing_alone(text: str) -> re.Pattern[str]:
    if len(text) < 3 or _NUMBER_LIKE.fullmatch(text):
        return re.compile(rf"(?<='){re.escape(text)}(?=')")
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
