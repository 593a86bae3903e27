"""Languages: what a track's language is called, and how a playlist writes it."""

from dataclasses import dataclass

#: ISO 639-2 (both forms where there are two), the tag of BCP 47, and the name that people see.
_TABLE = """
afr af Afrikaans | alb sq Albanian | sqi sq Albanian | amh am Amharic | ara ar Arabic | arm hy Armenian
hye hy Armenian | aze az Azerbaijani | baq eu Basque | eus eu Basque | bel be Belarusian | ben bn Bengali
bos bs Bosnian | bul bg Bulgarian | bur my Burmese | mya my Burmese | cat ca Catalan | chi zh Chinese
zho zh Chinese | hrv hr Croatian | cze cs Czech | ces cs Czech | dan da Danish | dut nl Dutch | nld nl Dutch
eng en English | epo eo Esperanto | est et Estonian | fil fil Filipino | fin fi Finnish | fre fr French
fra fr French | geo ka Georgian | kat ka Georgian | ger de German | deu de German | gle ga Irish | glg gl Galician
gre el Greek | ell el Greek | guj gu Gujarati | heb he Hebrew | hin hi Hindi | hun hu Hungarian | ice is Icelandic
isl is Icelandic | ind id Indonesian | ita it Italian | jpn ja Japanese | kan kn Kannada | kaz kk Kazakh
khm km Khmer | kor ko Korean | kur ku Kurdish | lao lo Lao | lat la Latin | lav lv Latvian | lit lt Lithuanian
mac mk Macedonian | mkd mk Macedonian | mal ml Malayalam | may ms Malay | msa ms Malay | mar mr Marathi
mon mn Mongolian | nep ne Nepali | nor no Norwegian | nob nb Norwegian | nno nn Norwegian | pan pa Punjabi
per fa Persian | fas fa Persian | pol pl Polish | por pt Portuguese | pus ps Pashto | rum ro Romanian
ron ro Romanian | rus ru Russian | slo sk Slovak | slk sk Slovak | slv sl Slovenian | som so Somali
spa es Spanish | srp sr Serbian | swa sw Swahili | swe sv Swedish | tam ta Tamil | tel te Telugu | tgl tl Tagalog
tha th Thai | tur tr Turkish | ukr uk Ukrainian | urd ur Urdu | uzb uz Uzbek | vie vi Vietnamese | wel cy Welsh
cym cy Welsh | zul zu Zulu
"""
_LONGEST = 40
_QUOTES = '"\\'  #: would end a text in a playlist


@dataclass(frozen=True)
class Label:
    """How a track is offered to viewers."""

    tag: str  #: of BCP 47, like en; empty where the language is not known
    name: str  #: like English; no other track of its kind has it


def _table() -> dict[str, tuple[str, str]]:
    rows = [entry.split(maxsplit=2) for line in _TABLE.split("\n") for entry in line.split(" | ") if entry]
    return {code: (tag, name) for three, tag, name in rows for code in (three, tag)}


_LANGUAGES = _table()


def labels(tracks: list[tuple[str, str]], kind: str) -> list[Label]:
    """One label for each (language, title) of the same kind of track: the language's name, told apart where needed."""
    named: list[Label] = []
    for language, title in tracks:
        tag, name = _LANGUAGES.get(language.lower().partition("-")[0], ("", ""))
        shown = " ".join("".join(c for c in title if c.isprintable() and c not in _QUOTES).split())[:_LONGEST]
        same = shown.casefold() in ("", name.casefold())
        name = name if name and same else f"{name} ({shown})" if name else shown or kind
        named.append(Label(tag, _distinct(name, {each.name for each in named})))
    return named


def _distinct(name: str, taken: set[str]) -> str:
    return next(each for n in range(1, len(taken) + 2) if (each := name if n == 1 else f"{name} {n}") not in taken)
