"""Currency codes and signs as they stand beside amounts in files.

The question: which currency does ``R$ 1.234,50`` or ``12 kr`` speak of?  A sign that several currencies share (``$``,
``¥``, ``kr``) names none of them: it is kept as the sign, and only the user may say which one it is.

What it leaves out: rates. They are the user's own numbers, never ours.
"""

from __future__ import annotations

_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD "
    "HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD "
    "LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP "
    "PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND "
    "TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL"
)
CODES = frozenset(_CODES.split())
SIGNS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₫": "VND", "₴": "UAH",
    "₦": "NGN", "฿": "THB", "₱": "PHP", "zł": "PLN", "Kč": "CZK", "R$": "BRL", "US$": "USD", "A$": "AUD", "AU$": "AUD",
    "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "MX$": "MXN", "Fr.": "CHF",
    "CN¥": "CNY", "JP¥": "JPY",
}  # fmt: skip
_DOLLARS = "USD CAD AUD NZD SGD HKD MXN ARS CLP COP TWD BSD BBD BMD BND BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD UYU XCD"
SHARED_SIGNS = {
    "$": frozenset(_DOLLARS.split()),
    "¥": frozenset(("JPY", "CNY")),
    "kr": frozenset(("SEK", "NOK", "DKK", "ISK")),
}
"""Signs that several currencies use, with the ones each may mean."""

NAMES = {
    "us dollar": "USD", "us dollars": "USD", "u.s. dollar": "USD", "euro": "EUR", "euros": "EUR",
    "pound sterling": "GBP",
    "british pound": "GBP", "canadian dollar": "CAD", "australian dollar": "AUD", "swiss franc": "CHF",
    "japanese yen": "JPY", "indian rupee": "INR", "swedish krona": "SEK",
    "norwegian krone": "NOK", "danish krone": "DKK",
}  # fmt: skip
"""Names that some exports write instead of a code."""


def currency_of(text: str) -> str | None:
    """Name the currency a sign or code beside an amount means.

    Parameters
    ----------
    text : str
        Such as ``€``, ``EUR``, ``US$`` or ``$``.

    Returns
    -------
    str or None
        A three-letter code, the sign itself where several currencies share it, or None for anything else.
    """
    if text.upper() in CODES:
        return text.upper()
    if text in SIGNS:
        return SIGNS[text]
    return text.lower() if text.lower() in SHARED_SIGNS else None


def may_mean(sign: str, code: str) -> bool:
    """Tell whether what stands beside an amount may mean a currency.

    Parameters
    ----------
    sign : str
        What :func:`currency_of` returned.
    code : str
        Three-letter code.

    Returns
    -------
    bool
        True for the code itself and for a shared sign of it.
    """
    return sign == code or code in SHARED_SIGNS.get(sign, ())


def signs_beside(code: str | None) -> dict[str, str]:
    """Return what may stand beside an amount.

    Parameters
    ----------
    code : str or None
        Currency that it must mean; None allows any.

    Returns
    -------
    dict of str to str
        Codes in capitals, signs, and shared signs in small letters, with what :func:`currency_of` says of each.
    """
    known = {**{one: one for one in sorted(CODES)}, **SIGNS, **{one: one for one in SHARED_SIGNS}}
    return {text: sign for text, sign in known.items() if code is None or may_mean(sign, code)}
