"""Files that people and programs really write: each is read exactly, or refused with a message that says what to do.

A case is a name, the bytes of the file, the user's options, and either the exact values or a pattern that the error
message must match.  Amounts are minor units, PCs exact decimals, days ISO text.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
from decimal import Decimal
from typing import Any, NamedTuple

HEAD = "lead_id,pr,pc,expected_close"
SALESFORCE = (
    "Opportunity ID,Opportunity Name,Account Name,Stage,Amount,Probability (%),Close Date,Created Date,"
    "Opportunity Owner,Fiscal Period"
)
SF_ROW = '006A1,Deal 1,Acme,Prospecting,"1,000.50",10,9/30/2026,1/15/2026,Ann,Q3-2026'
SF_ROW2 = "006A2,Deal 2,Beta,Negotiation/Review,2000.00,90,12/31/2026,2/1/2026,Bob,Q4-2026"


class Case(NamedTuple):
    name: str
    content: bytes
    expected: dict[str, Any] | str
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed


def text(*rows: str, head: str = HEAD, end: str = "\n") -> bytes:
    return end.join((head, *rows, "")).encode()


def prs(*amounts: str) -> bytes:
    """Rows that differ in their amount only."""
    return text(*(f"L{number},{amount},0.5,2026-09-30" for number, amount in enumerate(amounts, 1)))


def pcs(*values: str, head: str = "pc") -> bytes:
    rows = (f"L{number},1000,{value},2026-09-30" for number, value in enumerate(values, 1))
    return text(*rows, head=f"lead_id,pr,{head},expected_close")


def days(*values: str) -> bytes:
    return text(*(f"L{number},1000,0.5,{value}" for number, value in enumerate(values, 1)))


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def pr(*amounts: int, **more: Any) -> dict[str, Any]:
    return {"pr": list(amounts), **more}


def pc(*values: str, **more: Any) -> dict[str, Any]:
    return {"pc": [Decimal(value) for value in values], **more}


def day(*values: str, **more: Any) -> dict[str, Any]:
    return {"close": list(values), **more}


ONE = "L1,1000,0.5,2026-09-30"
TWO = "L2,2000,0.25,2026-10-31"
BOTH = {
    "id": ["L1", "L2"],
    "pr": [100000, 200000],
    "pc": [Decimal("0.5"), Decimal("0.25")],
    "close": ["2026-09-30", "2026-10-31"],
}
PLAIN = text(ONE, TWO)
AMPLE = HEAD + ",name"

ENCODINGS = [
    Case("utf-8", PLAIN, BOTH),
    Case("utf-8 with a mark", codecs.BOM_UTF8 + PLAIN, BOTH | {"note": "UTF-8 with a byte order mark"}),
    Case("utf-16 little", codecs.BOM_UTF16_LE + PLAIN.decode().encode("utf-16-le"), BOTH | {"note": "UTF-16"}),
    Case("utf-16 big", codecs.BOM_UTF16_BE + PLAIN.decode().encode("utf-16-be"), BOTH | {"note": "UTF-16"}),
    Case("utf-16 without a mark", PLAIN.decode().encode("utf-16-le"), BOTH | {"note": "without a byte order mark"}),
    Case("utf-16 big without a mark", PLAIN.decode().encode("utf-16-be"), BOTH | {"note": "without a byte order mark"}),
    Case(
        "utf-16 cut in a character", codecs.BOM_UTF16_LE + PLAIN.decode().encode("utf-16-le")[:-1], "readable as utf-16"
    ),
    Case("utf-32", codecs.BOM_UTF32_LE + PLAIN.decode().encode("utf-32-le"), BOTH),
    Case(
        "utf-16 with tabs",
        "\ufeff".encode("utf-16-le") + PLAIN.decode().replace(",", "\t").encode("utf-16-le"),
        BOTH | {"note": "by tab"},
    ),
    Case(
        "cp1252",
        text(f"{ONE},Müller", head=AMPLE).decode().encode("cp1252"),
        {"name": ["Müller"], "note": "0xFC at offset"},
    ),
    Case(
        "cp1252 told",
        text(f"{ONE},€uro", head=AMPLE).decode().encode("cp1252"),
        {"name": ["€uro"]},
        {"encoding": "cp1252"},
    ),
    Case(
        "iso8859-2 told",
        text(f"{ONE},Łódź", head=AMPLE).decode().encode("iso8859-2"),
        {"name": ["Łódź"]},
        {"encoding": "iso8859-2"},
    ),
    Case("bytes of no code page", PLAIN.replace(b"L2", b"L\x81"), "byte .*0x81.*--encoding"),
    Case("unknown encoding", PLAIN, "encoding must be one that Python knows", {"encoding": "klingon"}),
    Case("encoding that is no text", PLAIN, "encoding must be one that Python knows", {"encoding": "base64"}),
    Case("told utf-8 but is not", PLAIN.replace(b"L2", b"L\xfc"), "readable as utf-8.*0xFC", {"encoding": "utf-8"}),
    Case("nul byte", PLAIN.replace(b"2000", b"2\x0000"), "line 3: text must be free of NUL"),
    Case("nul padding at the end", PLAIN + b"\x00" * 64, "line 4: text must be free of NUL"),
    Case("encoded twice", text(f"{ONE},MÃ¼ller", head=AMPLE), {"name": ["MÃ¼ller"], "note": "looks encoded twice"}),
    Case("replacement character", text(f"{ONE},M\ufffdller", head=AMPLE), {"note": "replacement characters"}),
    Case("gzip", gzip.compress(PLAIN), "plain text, XLSX or Parquet; got gzip"),
    Case("zip", zipped("leads.csv", PLAIN), "plain text, XLSX or Parquet; got zip"),
    Case("old excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old Excel"),
    Case("pdf", b"%PDF-1.7 ...", "got PDF"),
    Case("picture", b"\x89PNG\r\n\x1a\n\x00\x81", "got PNG content"),
    Case("sign-in page", b"\n<!DOCTYPE html><html><body>Session expired</body></html>", "got a web page or XML"),
]
LAYOUTS = [
    Case("empty", b"", "table with a header and rows; got nothing"),
    Case("only blank lines", b"\n\n \n", "table with a header and rows"),
    Case("only a mark", codecs.BOM_UTF8, "table with a header and rows"),
    Case("header only", text(), "rows below its header"),
    Case("header and footer only", text("Grand Totals (0 records)"), "rows below its header"),
    Case("crlf", text(ONE, TWO, end="\r\n"), BOTH),
    Case("cr only", text(ONE, TWO, end="\r"), BOTH),
    Case("mixed newlines", f"{HEAD}\r\n{ONE}\n{TWO}\r".encode(), BOTH),
    Case("no final newline", PLAIN[:-1], BOTH | {"note": "Control total: 2 rows, PR 3,000.00"}),
    Case("cut in the last row", PLAIN[:-12], "line 3: row must be as long as the header"),
    Case("cut in a quote", text(ONE, 'L2,"2000').rstrip(), "line 3: row must be quoted in pairs"),
    Case("semicolons", PLAIN.replace(b",", b";"), BOTH | {"note": "by semicolon"}),
    Case("tabs", PLAIN.replace(b",", b"\t"), BOTH | {"note": "by tab"}),
    Case("bars", PLAIN.replace(b",", b"|"), BOTH | {"note": "by bar"}),
    Case("sep line", b"sep=;\r\n" + text(ONE, TWO, end="\r\n").replace(b",", b";"), BOTH | {"line": [3, 4]}),
    Case(
        "semicolons and commas",
        b"lead_id;pr;pc;expected_close\nL1;1.234,56;0,5;30.09.2026\n",
        {"pr": [123456], **pc("0.5"), **day("2026-09-30")},
    ),
    Case("all quoted", b'"lead_id","pr","pc","expected_close"\n"L1","1000","0.5","2026-09-30"\n', pr(100000)),
    Case(
        "newline in a cell",
        text('L1,1000,0.5,2026-09-30,"two\nlines"', "L2,1,0.5,2026-09-30,x", head=AMPLE),
        {"line": [2, 4]},
    ),
    Case("doubled quotes", text('L1,1000,0.5,2026-09-30,"the ""big"" one"', head=AMPLE), {"name": ['the "big" one']}),
    Case("inch sign in a cell", text('L1,1000,0.5,2026-09-30,5" pipe', head=AMPLE), {"name": ['5" pipe']}),
    Case("open quote", text('L1,"1000,0.5,2026-09-30', TWO), "quoted in pairs"),
    Case("text after a quote", text('L1,"1000"x,0.5,2026-09-30'), "quoted in pairs"),
    Case("huge cell", text(f"{ONE},{'x' * 200_000}", head=AMPLE), "cells of ordinary length"),
    Case("unquoted thousands", text("L1,1,234.50,0.5,2026-09-30"), "line 2: row must be as long as the header"),
    Case("short row", text("L1,1000", TWO), r"line 2: row must be as long as the header \(4 cells\); got '2 cells'"),
    Case("many short rows", text(*["L1,1000"] * 9), "line 2: .*line 3.*line 4.*6 more rows"),
    Case("trailing delimiters", text(f"{ONE},", f"{TWO},", head=f"{HEAD},"), BOTH),
    Case("blank cells beyond the header", text(f"{ONE},,", TWO), pr(100000, 200000)),
    Case(
        "index column without a header", text(f"0,{ONE}", f"1,{TWO}", head=f",{HEAD}"), BOTH | {"kept": ["(column 1)"]}
    ),
    Case("same header twice", text(f"{ONE},2000", head=f"{HEAD},pr"), "headers must be all different; got 'pr'"),
    Case(
        "same header in another case",
        text(f"{ONE},2000", head=f"{HEAD},PR"),
        "headers must be clear about pr.*--map pr=COLUMN",
    ),
    Case(
        "blank lines between",
        text(ONE, "", " , , , ", TWO),
        BOTH | {"note": "2 rows between the leads were blank", "line": [2, 5]},
    ),
    Case(
        "title above",
        b"Pipeline report\nAs of 30 June\n\n" + PLAIN,
        BOTH | {"note": "2 rows above the header", "line": [5, 6]},
    ),
    Case("spaces around headers", text(ONE, head=" lead_id , PR , PC , Expected  Close "), pr(100000)),
    Case("total in the middle", text(ONE, "Total,1000,,", TWO), "line 3: row must be a lead, not a total"),
    Case("subtotal in the middle", text(ONE, "Subtotal,,,", TWO), "line 3: row must be a lead, not a total"),
    Case("total at the end", text(ONE, TWO, "Total,3000,,"), BOTH | {"note": "1 row below the table"}),
    Case("german total", text(ONE, TWO, "Summe,3000,,"), BOTH),
    Case("count at the end", text(ONE, TWO, "2 records,,,"), BOTH),
    Case("lead named Total", text(f"{ONE},Total Energies", head=AMPLE), {"name": ["Total Energies"]}),
    Case("last lead named Total", text("Total,1000,0.5,2026-09-30"), {"id": ["Total"]}),
    Case("last lead named Count", text("Count Basie,1000,0.5,2026-09-30"), {"id": ["Count Basie"]}),
    Case("a lone word at the end", text(ONE, "Acme"), "line 3: row must be as long as the header"),
    Case(
        "salesforce footer",
        text(
            SF_ROW,
            SF_ROW2,
            "",
            "Grand Totals (2 records)",
            "",
            "Confidential Information - Do Not Distribute",
            "Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.",
            head=SALESFORCE,
        ),
        {
            "pr": [100050, 200000],
            **pc("0.1", "0.9"),
            **day("2026-09-30", "2026-12-31"),
            "dialect": "salesforce",
            "note": "3 rows below",
        },
    ),
    Case(
        "footer with a comma",
        text(ONE, TWO, '"Grand Totals (5,700 records)"', "As of 2026-06-30 12:00", "Generated By: Ann"),
        BOTH,
    ),
    Case(
        "confidential lead",
        text(ONE, "Confidential,1000,0.5,"),
        {"id": ["L1"], "excluded": {"no expected close": (1, 100000)}},
    ),
]
NUMBERS = [
    Case("plain", prs("1000", "0", "0.01"), pr(100000, 0, 1)),
    Case("thousands and decimals", prs('"1,234.50"'), pr(123450)),
    Case("comma decimals", prs('"1.234,50"', '"99,9"'), pr(123450, 9990)),
    Case("could be either", prs("1.234"), "decimal mark can be told; got '1.234'.*--decimal"),
    Case("could be either, comma", prs('"12,345"', "100"), "decimal mark can be told; got '12,345'.*--decimal"),
    Case("told point", prs('"12,345"'), pr(1234500), {"decimal": "."}),
    Case("told comma", prs("12.345"), pr(1234500), {"decimal": ","}),
    Case(
        "told comma, but a point decides",
        prs("12.345", "1.5"),
        "line 3: PR .* number with decimal mark ','",
        {"decimal": ","},
    ),
    Case("evidence elsewhere in the column", prs('"12,345"', '"1,234,567"'), pr(1234500, 123456700)),
    Case("evidence of a leading zero", prs("0.500", "12.345"), "at most 2 decimals; got 12.345"),
    Case("both marks", prs("1.5", '"2,5"'), "one decimal mark; got '1.5' in line 2 and '2,5' in line 3"),
    Case("wrong groups", prs('"12,34.00"'), "thousands in threes"),
    Case("indian groups", prs('"12,34,567.00"'), "thousands in threes"),
    Case("groups of four", prs('"1,2345.00"'), "thousands in threes"),
    Case("group starting with zero", prs('"0,123.00"'), "thousands in threes"),
    Case("two decimal marks", prs("1.234.5"), "thousands in threes"),
    Case("spaces", prs("1 234 567", "1 234.50"), pr(123456700, 123450)),
    Case("no-break spaces", prs("1\u00a0234\u00a0567"), pr(123456700)),
    Case("thin spaces", prs('"1\u202f234,50"', "12\u2009345"), pr(123450, 1234500)),
    Case("apostrophes", prs("1'234.50", "1’234’567"), pr(123450, 123456700)),
    Case("dollar signs", prs('"$1,234.50"', "$7"), pr(123450, 700, currency=None, note="sign \\$")),
    Case("euro signs", prs('"1.234,50 €"', '"€ 7,00"'), pr(123450, 700, currency="EUR")),
    Case("codes", prs("USD 1234.50", "7 USD"), pr(123450, 700, currency="USD")),
    Case("kroner", prs('"1 234,50 kr"'), pr(123450, currency=None)),
    Case("yen have no minor unit", prs("JPY 1234567"), pr(1234567, currency="JPY")),
    Case("yen with decimals", prs("JPY 1234.5"), "an amount without decimals"),
    Case("dinar have three", prs("KWD 1.2345", "KWD 1.5"), "at most 3 decimals"),
    Case("thousands as k", prs("45k", "1.5K", "$58.8k"), pr(4500000, 150000, 5880000)),
    Case("millions as M", prs("1.2M", "3mm", "2 mn", "1bn"), pr(120000000, 300000000, 200000000, 100000000000)),
    Case("unknown unit", prs("5 lakh"), "a number; got '5 lakh'"),
    Case("parentheses", prs("(1234.00)"), "at least 0; got -1234.00.*credit notes"),
    Case("trailing minus", prs("1234-"), "at least 0; got -1234"),
    Case("unicode minus", prs("\u22125"), "at least 0; got -5"),
    Case("negative zero", prs("-0"), pr(0)),
    Case("plus", prs("+5"), pr(500)),
    Case("two signs", prs("--5"), "a number; got '--5'"),
    Case("nan", prs("NaN"), "a number; got 'NaN'.*leave the cell blank"),
    Case("infinity", prs("inf"), "a number; got 'inf'"),
    Case("exponent", prs("1.5E+06"), "a number; got '1.5E.06'.*write all digits"),
    Case("words", prs("about ten"), "a number; got 'about ten'"),
    Case("spreadsheet error", prs("#REF!"), "a number; got '#REF!'"),
    Case("arabic digits", prs("١٢٣"), "a number"),
    Case("superscript", prs("5²"), "a number"),
    Case("hexadecimal", prs("0x10"), "a number"),
    Case("underscores", prs("1_000"), "a number"),
    Case("only a decimal mark", prs("."), "a number"),
    Case("ends with its mark", prs("5."), "decimal mark '.'"),
    Case("starts with its mark", prs(".5"), pr(50)),
    Case("too many decimals", prs("1000.005"), "at most 2 decimals; got 1000.005.*--round-cents"),
    Case("float noise", prs("1234.5600000000002"), "at most 2 decimals.*--round-cents"),
    Case(
        "rounded half to even",
        prs("1000.005", "1000.015", "0.0251"),
        pr(100000, 100002, 3, note="3 amounts were rounded"),
        {"round_cents": True},
    ),
    Case("trailing zeros", prs("1000.0000"), pr(100000)),
    Case("largest", prs("1000000000000000"), pr(10**17)),
    Case("too large", prs("1000000000000000.01"), "at most 1,000,000,000,000,000"),
    Case("thirty digits", prs("1" * 30), "at most 1,000,000,000,000,000"),
    Case("sum too large", prs(*["1000000000000000"] * 50), "sum of all amounts"),
    Case("above 2**53 cents", prs("90071992547409.93"), pr(9007199254740993)),
    Case("blank amounts", prs("1000", "", "-", "N/A", "(No value)"), pr(100000, excluded={"no PR": (4, 0)})),
    Case("several problems at once", text("L1,x,0.5,2026-09-30", "L2,5,1.5,2026-13-01"), "3 problems"),
    Case("padded far", prs("1" + " " * 100_000 + "x1"), "a number"),
]
PROBABILITIES = [
    Case("fractions", pcs("0", "0.25", "1", ".5"), pc("0", "0.25", "1", "0.5")),
    Case("percent signs", pcs("37%", "5 %", "0.5%"), pc("0.37", "0.05", "0.005")),
    Case("percent by size", pcs("10", "100", "0"), pc("0.1", "1", "0")),
    Case("percent by header", pcs("1", "0", head="Probability (%)"), pc("0.01", "0")),
    Case(
        "percent and fractions mixed",
        pcs("0.5", "40"),
        "all percent or all fractions; got values up to 40, and 0.5.*--pc",
    ),
    Case("mixed, told percent", pcs("0.5", "40"), pc("0.005", "0.4"), {"pc": "percent"}),
    Case("mixed, told fraction", pcs("0.5", "40"), r"in \[0, 1\]; got '40'.*--pc percent", {"pc": "fraction"}),
    Case("fractions below a percent header", pcs("0.5", head="Probability (%)"), "the header has %, and 0.5 without %"),
    Case("sign on some", pcs("37%", "0.5"), "the values carry %, and 0.5 without %"),
    Case("sign on some whole", pcs("37%", "50"), pc("0.37", "0.5")),
    Case("only zero and one", pcs("0", "1"), "percent; got only 0 and 1.*--pc percent"),
    Case("zero and one, told", pcs("0", "1"), pc("0", "1"), {"pc": "fraction"}),
    Case("zero and one, told percent", pcs("0", "1"), pc("0", "0.01"), {"pc": "percent"}),
    Case("only zeros", pcs("0", "0.0"), pc("0", "0")),
    Case("above all", pcs("140"), r"in \[0 %, 100 %\]; got '140'"),
    Case("negative", pcs("-0.1", "0.2"), r"in \[0, 1\]; got '-0.1'"),
    Case("comma decimals in pc", pcs('"0,25"', '"0,5"'), pc("0.25", "0.5")),
    Case("exact thirds", pcs("0.333333333333333333333333333333333333"), pc("0.333333333333333333333333333333333333")),
    Case("exact percents", pcs("33.3333333333333333333333333333333333"), pc("0.333333333333333333333333333333333333")),
    Case("words in pc", pcs("high"), "PC .* a number; got 'high'"),
    Case("nan in pc", pcs("nan"), "PC .* a number"),
    Case("dollars in pc", pcs("$0.5"), "PC .* a number"),
    Case("blank pc", pcs("0.5", ""), pc("0.5", excluded={"no PC": (1, 100000)})),
    Case(
        "no pc column",
        text("L1,1000,2026-09-30", head="lead_id,pr,expected_close"),
        "column for PC.*--map pc=COLUMN or --impute stage",
    ),
]
DATES = [
    Case("iso", days("2026-09-30"), day("2026-09-30")),
    Case(
        "iso with a time", days("2026-09-30 23:59:59", "2026-09-30T00:00:00.000000018"), day("2026-09-30", "2026-09-30")
    ),
    Case("iso without zeros", days("2026-9-3"), day("2026-09-03")),
    Case("year first with slashes", days("2026/09/03"), day("2026-09-03")),
    Case("compact", days("20260903"), day("2026-09-03")),
    Case("zulu", days("2026-09-30T23:30:00Z"), day("2026-09-30", note="UTC")),
    Case("west offset", days("2026-01-31T23:30:00-05:00"), day("2026-02-01", note="UTC")),
    Case("east offset", days("2027-01-01T00:30:00+09:00"), day("2026-12-31", note="UTC")),
    Case(
        "offset in a zone",
        days("2027-01-01T00:30:00+09:00"),
        day("2027-01-01", note="Asia/Tokyo"),
        {"timezone": "Asia/Tokyo"},
    ),
    Case(
        "unknown zone",
        days("2027-01-01T00:30:00+09:00"),
        "timezone must be the name of a time zone",
        {"timezone": "Mars/Base"},
    ),
    Case("day could be either", days("03/04/2026"), "day and month can be told apart; got '03/04/2026'.*--dates dmy"),
    Case("day above 12 first", days("03/04/2026", "17/04/2026"), day("2026-04-03", "2026-04-17")),
    Case("day above 12 second", days("03/04/2026", "04/17/2026"), day("2026-03-04", "2026-04-17")),
    Case("both orders", days("17/04/2026", "04/17/2026"), "one order of day and month; got '17/04/2026' in line 2"),
    Case("told dmy", days("03/04/2026"), day("2026-04-03"), {"dates": "dmy"}),
    Case("told mdy", days("03/04/2026"), day("2026-03-04"), {"dates": "mdy"}),
    Case("told mdy, but impossible", days("17/04/2026"), "no such day with --dates mdy", {"dates": "mdy"}),
    Case("day equals month", days("05/05/2026"), day("2026-05-05")),
    Case("dashes", days("17-04-2026", "03-04-2026"), day("2026-04-17", "2026-04-03")),
    Case("dots", days("03.04.2026"), day("2026-04-03")),
    Case(
        "month names",
        days("05-Mar-2026", "5 March 2026", '"Mar 5, 2026"', "5. September 2026"),
        day(*["2026-03-05"] * 3, "2026-09-05"),
    ),
    Case("foreign month", days("5 März 2026"), "a day between 1900 and 2400"),
    Case("am and pm", days("9/30/2026 1:05 PM"), day("2026-09-30")),
    Case("hour 25", days("2026-09-30 25:00"), "correct the time of day"),
    Case("two-digit year", days("30/09/26"), "year with four digits"),
    Case("30 february", days("2026-02-30"), "there is no such day"),
    Case("29 february", days("2028-02-29"), day("2028-02-29")),
    Case("29 february of a common year", days("2027-02-29"), "there is no such day"),
    Case("month 13", days("2026-13-01"), "there is no such day"),
    Case("day zero", days("2026-01-00"), "there is no such day"),
    Case("serial number", days("46295"), "spreadsheet's serial number"),
    Case("seconds since 1970", days("1790726400"), "seconds since 1970"),
    Case(
        "milliseconds since 1970", days("1790726400000", "1790726400001"), day("2026-09-30", "2026-09-30", note="UTC")
    ),
    Case("milliseconds in some rows", days("1790726400000", "2026-09-30"), "whole column"),
    Case("end of the world", days("9999-12-31"), "between 1900 and 2400"),
    Case("year one", days("0001-01-01"), "between 1900 and 2400"),
    Case("to be decided", days("TBD"), "between 1900 and 2400"),
    Case("quarter", days("Q3 2026"), "between 1900 and 2400"),
    Case("blank day", days("2026-09-30", ""), day("2026-09-30", excluded={"no expected close": (1, 100000)})),
    Case("overdue", days("2020-01-01"), day("2020-01-01")),
    Case("hubspot time", days("2026-09-30 10:22"), day("2026-09-30")),
]
IDS = [
    Case("leading zeros", text("00123,1,0.5,2026-09-30", "123,1,0.5,2026-09-30"), {"id": ["00123", "123"]}),
    Case("exponent ids", text("1E5,1,0.5,2026-09-30", "100000,1,0.5,2026-09-30"), {"id": ["1E5", "100000"]}),
    Case("float ids", text("84.0,1,0.5,2026-09-30"), {"id": ["84.0"]}),
    Case("long ids", text("9007199254740993,1,0.5,2026-09-30"), {"id": ["9007199254740993"]}),
    Case(
        "repeated", text(ONE, TWO, ONE), "lead_id .* different in every row; got 'L1' in lines 2, 4.*--duplicates lines"
    ),
    Case("line items", text(ONE, ONE), {"id": ["L1", "L1"]}, {"duplicates": "lines"}),
    Case("case differs", text(ONE, ONE.lower()), {"id": ["L1", "l1"], "note": "differ only in spelling"}),
    Case(
        "blank at the end",
        text(ONE, ONE.replace("L1", "L1 ")),
        {"id": ["L1", "L1 "], "note": "differ only in spelling"},
    ),
    Case(
        "composed and not", text("é,1,0.5,2026-09-30", "e\u0301,1,0.5,2026-09-30"), {"note": "differ only in spelling"}
    ),
    Case(
        "salesforce short and long",
        text("006000000000001,1,0.5,2026-09-30", "006000000000001AAA,1,0.5,2026-09-30"),
        {"note": "differ only"},
    ),
    Case(
        "salesforce ids differ in case",
        text("00600000000000a,1,0.5,2026-09-30", "00600000000000A,1,0.5,2026-09-30"),
        {"notes": []},
    ),
    Case("blank id", text(",1,0.5,2026-09-30"), "lead_id .* given for every lead"),
    Case(
        "names for ids",
        text("A,1,0.5,2026-09-30", head="name,pr,pc,expected_close"),
        {"id": ["A"], "note": "no id column"},
    ),
    Case(
        "names and accounts",
        text("A,X,1,0.5,2026-09-30", "A,Y,1,0.5,2026-09-30", head="name,account,pr,pc,expected_close"),
        {"id": ["A / X", "A / Y"]},
    ),
    Case(
        "repeated names",
        text(*["A,1,0.5,2026-09-30"] * 2, head="name,pr,pc,expected_close"),
        "name, used as lead_id.*--duplicates lines",
    ),
    Case("no id at all", text("1,0.5,2026-09-30", head="pr,pc,expected_close"), "--map lead_id=COLUMN"),
]
COLUMNS = [
    Case(
        "mapped",
        text("1000,L1,0.5,2026-09-30", head="Wert,Nummer,Chance,Termin"),
        pr(100000, id=["L1"]),
        {"mapping": {"pr": "Wert", "lead_id": "nummer", "pc": "Chance", "expected_close": "Termin"}},
    ),
    Case(
        "mapped to nothing",
        PLAIN,
        "--map pr must be the name of one column; got 'Ammount'.*headers are",
        {"mapping": {"pr": "Ammount"}},
    ),
    Case(
        "mapped to a near miss",
        text(f"{ONE},5", head=f"{HEAD},Amount"),
        "did you mean 'Amount'",
        {"mapping": {"pr": "Ammount"}},
    ),
    Case(
        "unknown field",
        PLAIN,
        "known field; got 'expected_clos'.*did you mean expected_close",
        {"mapping": {"expected_clos": "pr"}},
    ),
    Case("column set aside", text(f"{ONE},Frozen", head=f"{HEAD},status"), pr(100000), {"mapping": {"status": ""}}),
    Case(
        "unknown status", text(f"{ONE},Frozen", head=f"{HEAD},status"), "open, won or lost; got 'Frozen'.*--map status="
    ),
    Case("no such columns", text("1,2,3", head="a,b,c"), "list of leads with PR, PC and expected close"),
    Case(
        "unknown columns are kept",
        text(f"{ONE},blue", head=f"{HEAD},Colour"),
        {"attributes": {"Colour": ("blue",)}, "kept": ["Colour"]},
    ),
    Case("region is kept", text(f"{ONE}, North ", head=f"{HEAD},Territory"), {"attributes": {"region": ("North",)}}),
    Case(
        "known and unknown of one name",
        text(f"{ONE},N,S", head=f"{HEAD},Area,region"),
        {"attributes": {"region": ("N",), "region (as in the file)": ("S",)}},
        {"mapping": {"region": "Area"}},
    ),
    Case(
        "stage history",
        text("L1,A,2026-01-01", head="lead_id,stage,entered_at"),
        "one row per lead; got a stage history",
    ),
    Case(
        "snapshots",
        text("L1,2026-01-01,5,0.5,2026-09-30", head="lead_id,snapshot_date,pr,pc,expected_close"),
        "history of snapshots",
    ),
    Case(
        "field history", text("L1,Stage,A,B", head="Opportunity ID,Field / Event,Old Value,New Value"), "field history"
    ),
    Case(
        "opportunity history", text("1,L1,A,2026-01-01", head="Id,OpportunityId,StageName,CreatedDate"), "stage history"
    ),
]
STATUS_HEAD = f"{HEAD},status,stage,closed,amount_won"
STATUSES = [
    Case(
        "won and lost",
        text(
            "L1,1000,0.5,2026-09-30,open,A,,",
            "L2,10,,2026-09-30,Won,,2026-05-01,12",
            "L3,x,y,z,Lost,B,,",
            head=STATUS_HEAD,
        ),
        pr(100000, won=[("2026-05-01", 1200)], lost=1),
    ),
    Case(
        "won without its own amount and day",
        text("L1,1000,0.5,2026-09-30,open,A,,", "L2,10,,2026-05-30,won,,,", head=STATUS_HEAD),
        {"won": [("2026-05-30", 1000)]},
    ),
    Case("state numbers of nobody", text(f"{ONE},1", head=f"{HEAD},status"), "open, won or lost; got '1'"),
    Case(
        "state numbers of dynamics",
        text(
            "1,5,2026-09-30,50,0",
            "2,6,2026-01-30,100,1",
            "3,7,2026-01-30,0,2",
            head="opportunityid,estimatedvalue,estimatedclosedate,closeprobability,statecode",
        ),
        {"id": ["1"], "won": [("2026-01-30", 600)], "lost": 1, "dialect": "dynamics"},
    ),
    Case(
        "won without any amount",
        text("L1,1000,0.5,2026-09-30,open,A,,", "L2,,,2026-05-30,won,,,", head=STATUS_HEAD),
        {"excluded": {"won, but no amount": (1, 0)}},
    ),
    Case(
        "won without any day",
        text("L1,1000,0.5,2026-09-30,open,A,,", "L2,10,,,won,,,", head=STATUS_HEAD),
        {"excluded": {"won, but no close date": (1, 1000)}},
    ),
    Case(
        "won after the as-of day",
        text("L2,10,,2026-09-30,won,,2026-07-01,", head=STATUS_HEAD),
        "on or before the as-of day 2026-06-30; got 2026-07-01",
    ),
    Case(
        "won on the as-of day",
        text("L1,1000,0.5,2026-09-30,open,A,,", "L2,10,,,won,,2026-06-30,", head=STATUS_HEAD),
        {"won": [("2026-06-30", 1000)]},
    ),
    Case(
        "stages decide",
        text(
            "L1,1000,50%,2026-09-30,A",
            "L2,10,100%,2026-05-30,Closed Won",
            "L3,1,0%,2026-05-30,closed lost ",
            head=f"{HEAD},Stage",
        ),
        {"pr": [100000], "won": [("2026-05-30", 1000)], "lost": 1},
    ),
    Case(
        "status against stage",
        text("L1,1000,0.5,2026-09-30,won,Closed Lost,,", head=STATUS_HEAD),
        "the same in status and stage",
    ),
    Case(
        "open by status, closed by stage",
        text("L1,1000,0.5,2026-09-30,open,Closed Won,,", head=STATUS_HEAD),
        {"pr": [100000], "note": "because the status says so"},
    ),
    Case(
        "flags",
        text(
            "1,false,1000,50,2026-09-30,A,false,false",
            "2,false,10,100,2026-05-30,Signed off,true,true",
            "3,true,10,1000,x,B,false,false",
            "4,0,1,0,2026-01-01,Gone,1,0",
            head="Id,IsDeleted,Amount,Probability,CloseDate,StageName,IsClosed,IsWon",
        ),
        {
            "id": ["1"],
            "won": [("2026-05-30", 1000)],
            "lost": 1,
            "excluded": {"deleted in the CRM": (1, 0)},
            "dialect": "salesforce",
        },
    ),
    Case(
        "flag that is neither",
        text("1,maybe,1000,50,2026-09-30", head="Id,IsDeleted,Amount,Probability,CloseDate"),
        "deleted .* yes or no; got 'maybe'",
    ),
    Case(
        "only a won flag",
        text(
            "1,10,50%,2026-09-30,A,no",
            "2,10,0%,2026-01-01,Lost,no",
            "3,9,1%,2026-01-01,B,yes",
            head=f"{HEAD},stage,won",
        ),
        {"id": ["1"], "lost": 1, "won": [("2026-01-01", 900)]},
    ),
    Case(
        "only a closed flag",
        text(
            "1,10,50,2026-09-30,A,no",
            "2,10,0,2026-01-01,Lost,yes",
            "3,9,1,2026-01-01,Won,yes",
            "4,9,1,2026-10-01,Won,no",
            head="Opportunity ID,Amount,Probability (%),Close Date,Stage,IsClosed",
        ),
        {"id": ["1", "4"], "lost": 1, "won": [("2026-01-01", 900)]},
    ),
    Case(
        "nothing open",
        text("L3,1,0,2026-05-30,lost,B,,", head=STATUS_HEAD),
        r"at least one open lead.*none in 1 row \(1 closed\).*--allow-empty",
    ),
    Case(
        "nothing open, allowed",
        text("L3,1,0,2026-05-30,lost,B,,", head=STATUS_HEAD),
        {"pr": [], "lost": 1},
        {"allow_empty": True},
    ),
    Case(
        "lost rows may be untidy",
        text("L1,1000,0.5,2026-09-30,open,A,,", "L2,??,??,??,lost,A,??,??", head=STATUS_HEAD),
        {"pr": [100000], "lost": 1},
    ),
]
MONEY_HEAD = f"{HEAD},currency"
MONEY = [
    Case("one currency", text(f"{ONE},EUR", f"{TWO},eur", head=MONEY_HEAD), pr(100000, 200000, currency="EUR")),
    Case(
        "two currencies",
        text(f"{ONE},EUR", f"{TWO},USD", head=MONEY_HEAD),
        "never added up; got .*--currency USD --rate EUR=1.08",
    ),
    Case("signs of two currencies", prs("€1000", "$1000"), "never added up"),
    Case(
        "converted",
        text(f"{ONE},EUR", f"{TWO},USD", head=MONEY_HEAD),
        pr(108000, 200000, currency="USD", note="1 amount was converted from EUR"),
        {"currency": "USD", "rates": {"EUR": Decimal("1.08")}},
    ),
    Case(
        "converted from yen",
        text("L1,1001,0.5,2026-09-30,JPY", head=MONEY_HEAD),
        pr(651),
        {"currency": "USD", "rates": {"JPY": Decimal("0.0065")}},
    ),
    Case(
        "converted to yen",
        text("L1,10.50,0.5,2026-09-30,USD", head=MONEY_HEAD),
        pr(1628, currency="JPY"),
        {"currency": "JPY", "rates": {"USD": Decimal("155")}},
    ),
    Case(
        "rate is missing", text(f"{ONE},EUR", f"{TWO},USD", head=MONEY_HEAD), "pass --rate EUR=X", {"currency": "USD"}
    ),
    Case(
        "currency of some",
        text(f"{ONE},EUR", f"{TWO},", head=MONEY_HEAD),
        "for every amount or for none.*--currency EUR",
    ),
    Case(
        "currency of some, told",
        text(f"{ONE},EUR", f"{TWO},", head=MONEY_HEAD),
        pr(100000, 200000, currency="EUR", note="without a currency"),
        {"currency": "EUR"},
    ),
    Case("no currency, told", PLAIN, BOTH | {"currency": "CHF"}, {"currency": "CHF"}),
    Case(
        "sign against code",
        text("L1,€1000,0.5,2026-09-30,USD", head=MONEY_HEAD),
        "the same in its column and beside the amount",
    ),
    Case("sign and code agree", text("L1,$1000,0.5,2026-09-30,CAD", head=MONEY_HEAD), pr(100000, currency="CAD")),
    Case("shared sign, named", prs("$5"), pr(500, currency="CAD"), {"currency": "CAD"}),
    Case("shared sign, wrongly named", prs("$5"), r"EUR or one with a --rate; got '\$'", {"currency": "EUR"}),
    Case("two signs in one row", text("L1,€5,0.5,2026-09-30,£4,£6", head=f"{HEAD},pr_p10,pr_p90"), "one in each row"),
    Case(
        "three currencies", text(f"{ONE},EUR", f"{TWO},USD", "L3,1,0.5,2026-09-30,GBP", head=MONEY_HEAD), "GBP in 1 row"
    ),
    Case(
        "several currency columns",
        text(
            "1,D,EUR,1000,50,2026-09-30,CHF",
            head="Opportunity ID,Opportunity Name,Amount Currency,Amount,Probability (%),Close Date,CurrencyIsoCode",
        ),
        pr(100000, currency="EUR"),
    ),
    Case("currency by name", text(f"{ONE},US Dollar", head=MONEY_HEAD), pr(100000, currency="USD")),
    Case("no such currency", text(f"{ONE},Galleons", head=MONEY_HEAD), "a currency code; got 'Galleons'"),
    Case(
        "currency column named",
        text(
            "1,D,EUR,1000,50,2026-09-30,CHF",
            head="Opportunity ID,Opportunity Name,Amount Currency,Amount,Probability (%),Close Date,CurrencyIsoCode",
        ),
        pr(100000, currency="CHF"),
        {"mapping": {"currency": "CurrencyIsoCode"}},
    ),
    Case(
        "company currency without its name",
        text(
            "1,D,EUR,1000,1080,0.5,2026-09-30",
            head="Record ID,Deal Name,Currency,Amount,Amount in company currency,Deal probability,Close Date",
        ),
        pr(108000, currency=None),
    ),
    Case(
        "company currency preferred",
        text(
            "1,D,EUR,1000,USD,1080,50,2026-09-30",
            head="Opportunity ID,Opportunity Name,Amount Currency,Amount,"
            "Amount (converted) Currency,Amount (converted),Probability (%),Close Date",
        ),
        pr(108000, currency="USD", note="not from 'Amount'"),
    ),
    Case(
        "spread",
        text(
            "L1,1000,0.5,2026-09-30,800,1300.50,2026-08-01,2026-12-01", head=f"{HEAD},pr_p10,pr_p90,close_p10,close_p90"
        ),
        {"pr_p10": [80000], "pr_p90": [130050], "close_p10": ["2026-08-01"], "close_p90": ["2026-12-01"]},
    ),
    Case("no spread", text("L1,1000,0.5,2026-09-30,,", head=f"{HEAD},pr_p10,pr_p90"), {"pr_p10": [-1], "pr_p90": [-1]}),
    Case(
        "half a spread",
        text("L1,1000,0.5,2026-09-30,800,", head=f"{HEAD},pr_p10,pr_p90"),
        "both given or both blank; got '800' and ''",
    ),
    Case(
        "spread upside down",
        text("L1,1000,0.5,2026-09-30,800,700", head=f"{HEAD},pr_p10,pr_p90"),
        "the P10 at most the P90",
    ),
    Case(
        "days upside down",
        text("L1,1000,0.5,2026-09-30,2026-12-01,2026-08-01", head=f"{HEAD},close_p10,close_p90"),
        "the P10 at most the P90",
    ),
    Case(
        "days around the as-of day",
        text("L1,1000,0.5,2026-09-30,2026-06-01,2026-08-01", head=f"{HEAD},close_p10,close_p90"),
        "after the as-of day 2026-06-30",
    ),
    Case(
        "days before the as-of day",
        text("L1,1000,0.5,2026-05-30,2026-05-01,2026-06-01", head=f"{HEAD},close_p10,close_p90"),
        {"close_p10": ["2026-05-01"]},
    ),
]
STAGE_ROWS = [f"M{number},1,0.{number},2026-09-30,Demo" for number in range(10)]
STAGES = [
    Case(
        "mean of the stage",
        text(*STAGE_ROWS, "L1,1,,2026-09-30, demo ", head=f"{HEAD},stage"),
        {"last pc": Decimal("0.45"), "imputed": [("mean PC of 10 rows in stage 'demo' = 0.45", 1)]},
        {"impute": "stage"},
    ),
    Case(
        "too few for a mean",
        text(*STAGE_ROWS[1:], "L1,1,,2026-09-30,Demo", head=f"{HEAD},stage"),
        {"excluded": {"no PC and no rule for its stage": (1, 100)}, "imputed": []},
        {"impute": "stage"},
    ),
    Case(
        "no stage",
        text("L1,1,,2026-09-30,", "L2,1000,0.5,2026-09-30,A", head=f"{HEAD},stage"),
        {"id": ["L2"]},
        {"impute": "stage"},
    ),
    Case(
        "user's word",
        text(*STAGE_ROWS[1:], "L1,1,,2026-09-30,Demo", head=f"{HEAD},stage"),
        {"last pc": Decimal("0.7")},
        {"impute": "stage", "stage_pc": {"demo": Decimal("0.7")}},
    ),
    Case(
        "published default",
        text(SF_ROW, SF_ROW2.replace("2000.00,90", "2000.00,"), head=SALESFORCE),
        {
            "last pc": Decimal("0.9"),
            "imputed": [("salesforce's published default for stage 'Negotiation/Review' = 0.90", 1)],
        },
        {"impute": "stage"},
    ),
    Case(
        "no pc column, defaults",
        text(
            "1,D,1000,2026-09-30,Pipe,Contract Sent", head="Record ID,Deal Name,Amount,Close Date,Pipeline,Deal Stage"
        ),
        {"last pc": Decimal("0.9"), "dialect": "hubspot"},
        {"impute": "stage"},
    ),
    Case(
        "not asked for",
        text(SF_ROW, SF_ROW2.replace("2000.00,90", "2000.00,"), head=SALESFORCE),
        {"pr": [100050], "excluded": {"no PC": (1, 200000)}},
    ),
]
CASES = [*ENCODINGS, *LAYOUTS, *NUMBERS, *PROBABILITIES, *DATES, *IDS, *COLUMNS, *STATUSES, *MONEY, *STAGES]
