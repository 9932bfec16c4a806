"""What kind of thing a question asks for, told by its question words and the noun beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from qa.language.normalise import fold

AnswerKind = Literal[
    "person", "place", "organisation", "number", "money", "percent", "duration", "date", "time", "reason", "manner",
    "which", "thing", "confirmation",
]  # fmt: skip
"""``which`` wants a name of any sort; ``thing`` is the open case; ``confirmation`` is a yes-or-no question."""

KINDS: tuple[AnswerKind, ...] = (
    "person", "place", "organisation", "number", "money", "percent", "duration", "date", "time", "reason", "manner",
    "which", "thing", "confirmation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """The kind asked for, and where in the question the words stand that say so (offsets of its text)."""

    kind: AnswerKind
    start: int
    end: int
    several: bool = False
    """True where the question invites a list: plural nouns, ``what did they discuss``."""


_NOUNS: dict[AnswerKind, str] = {
    "person": (
        "person man woman player president minister king prince coach captain director author writer actor actress singer "
        "scientist artist leader official chairman head spokesman ambassador poet chemist general founder inventor "
        "doctor official manager goalkeeper striker emperor pope "
        "شخص لاعب رئيس وزير ملك امير مدرب مدير كاتب ممثل مغني عالم فنان زعيم مسؤول متحدث سفير شاعر حارس مهاجم قائد "
        "مؤسس مخترع حاكم خليفه نبي صحابي لاعبه وزيره شيخ امين نجم شخصيه"
    ),
    "place": (
        "country city town state place region village province governorate district area continent island river airport "
        "stadium street neighborhood neighbourhood border nation location venue capital port mosque hall desert sea ocean building "
        "دوله مدينه بلد مكان منطقه قريه ولايه اقليم محافظه قاره جزيره نهر مطار ملعب شارع حي حدود موقع عاصمه ميناء جامع مسجد "
        "قاعه بلده منفذ معبر دول مدن مناطق بلاد بحر جبل"
    ),
    "organisation": (
        "company organization organisation team club party university agency ministry group institution association "
        "newspaper bank court committee firm body channel airline military army "
        "شركه منظمه فريق نادي حزب جامعه وكاله وزاره جماعه مؤسسه جمعيه صحيفه بنك مصرف محكمه لجنه هيئه جهه قناه مجموعه "
        "اتحاد منتخب حركه كليه قسم مجلس"
    ),
    "number": "number count total عدد رقم ترتيب مساحه ارتفاع طول حجم وزن كميه تعداد سكان نتيجه score rank amount population",
    "percent": "percentage percent proportion share نسبه",
    "money": "price cost salary fee budget value worth سعر ثمن تكلفه راتب ميزانيه قيمه مبلغ",
    "date": "date year day month century decade when تاريخ عام سنه يوم شهر قرن موعد عقد",
    "time": "time hour ساعه وقت توقيت",
    "duration": "duration period length مده فتره",
    "reason": "reason cause causes reasons purpose motive سبب اسباب علة غرض هدف دافع",
    "manner": "way method manner طريقه كيفيه وسيله",
}

_COUNTED_TIME = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centuries)"
_COUNTED_TIME_AR = r"(?:ثانيه|دقيقه|ساعه|يوما?|اسبوعا?|شهرا?|سنه|عاما?|عقدا?|قرنا?|الوقت|وقتا?|مده|المده)"

_PATTERNS: tuple[tuple[AnswerKind, str], ...] = (
    ("percent", r"\bwhat (?:percent|percentage|proportion|share)|\bhow (?:large|big) a share|(?:ما|كم|باي) (?:هي )?نسبه"),
    ("money", r"\bhow much (?:money|did .* (?:cost|pay|spend)|does .* cost|was .* (?:paid|worth)|in (?:dollars|euros|riyals))"),
    ("money", r"(?:^|\s)ما (?:هو |هي )?(?:ال)?(?:قيمه|مبلغ|تكلفه|سعر|ثمن|راتب|ميزانيه|مقدار المبلغ)\b"),
    ("money", r"\bhow much\b.*\b(?:cost|pay|paid|spend|spent|worth|price|salary|dollars|riyals|euros|fine|value|money|invest\w*)\b"),
    ("money", r"\bبكم (?:بيع|اشتر|قدرت القيمه|تباع|يباع)\w*|\bكم (?:كانت |تبلغ |بلغت |بلغ |يبلغ )?(?:مبلغ|تكلفه|قيمه|سعر|ثمن|راتب|ريالا?|دولارا?|ميزانيه)"),
    ("duration", rf"\bhow long\b(?! is the)|\bhow many {_COUNTED_TIME}\b|\bfor how many {_COUNTED_TIME}|\bhow old\b"),
    ("duration", rf"(?:^|\s)ما (?:هو |هي )?(?:ال)?مده\b|\bكم {_COUNTED_TIME_AR}\b|\bكم (?:استغرق|تستغرق|يستغرق|استمر|تستمر|يستمر|دام|تعطل|تاخر|مضي|ستستمر|سيستمر)\w*|\bكم (?:كان |يبلغ )?عمر|\bكم من الوقت"),
    ("number", r"\bhow (?:many|much|far|tall|high|deep|big|large|wide|often|heavy|fast)\b|\bwhat (?:is|was|were|are) the (?:total |average |exact |final )?(?:number|score|population|area|rank|amount|count|temperature|height|length|size)\b"),
    ("number", r"\bكم\b|(?:^|\s)ما (?:هو |هي )?(?:ال)?(?:عدد|مساحه|ارتفاع|طول|رقم|ترتيب|حجم|وزن|كميه|نتيجه|تعداد|معدل|درجه)\b|\bبكم\b"),
    ("date", r"\bwhen\b(?! .*\bwhat\b)|\b(?:what|which) (?:year|date|day|month|century|decade|season)\b|\bin what (?:year|century|month|decade)"),
    ("date", r"(?:^|\W)(?:و?متي|منذ متي)\b|(?:\b[بلو]?(?:اي|ايه) )(?:عام|سنه|يوم|تاريخ|شهر|قرن|عقد|موعد)\b|(?:^|\s)ما (?:هو |هي )?(?:تاريخ|موعد|السنه|العام)\b"),
    ("time", r"\b(?:what|which) (?:time|hour)\b|\bاي ساعه\b|\bكم الساعه\b"),
    ("reason", r"\bwhy\b|\bwhat (?:caused|causes|led to|prompted|made)\b|\b(?:what|for what|which) (?:is the |was the |were the |are the )?(?:main |principal )?(?:reasons?|causes?|purpose|motive)\b|\bwhat reason\b"),
    ("reason", r"(?:^|\W)و?(?:لماذا|لم|علام)\b(?! ي)|(?:^|\s)ما (?:هو |هي |هما )?(?:ال)?(?:سبب|اسباب|دافع|دوافع|الغرض|الهدف|الداعي)|\bما الذي (?:ادي|تسبب|دفع|جعل)\b|\bلاي (?:سبب|غرض)"),
    ("place", r"\b(?:from )?where\b|\bin (?:what|which) (?:\w+ )?(?:country|city|town|state|place|region|village|province|district|area|continent|neighbou?rhood|location|building|venue|mosque|stadium)"),
    ("place", r"(?:^|\W)و?(?:اين|الي اين|من اين)\b|\b(?:في|الي|من|باي|ب) ?(?:اي|ايه) (?:\w+ )?(?:دوله|مدينه|بلد|مكان|منطقه|قريه|ولايه|اقليم|محافظه|قاره|حي|ملعب|موقع|جامع|مسجد)"),
    ("person", r"\b(?:who|whom|whose)\b(?! .*\bwhat (?:year|did))|\bby whom\b"),
    ("person", r"^\W*و?(?:من|مَن)\b(?! (?:اي|ايه|اين|متي|خلال|بين|اجل)\b)|(?:^|\W)(?:من|ومن) (?:هو|هي|هم|الذي|التي|كان|كانت|الذين)\b|\b(?:ما|ماهو|ماهي) (?:هو |هي )?اسم (?:ال)?(?:شخص|لاعب|رئيس|وزير|مدرب|مدير|كاتب|مؤلف|قائد)"),
    ("manner", r"\bhow\b|(?:^|\W)و?(?:كيف|باي طريقه|كيفيه)\b"),
    ("which", r"\b(?:which|what (?:is|was|were|are) the (?:\w+ )?names?|what (?:is|was) .* (?:called|named|known as))\b|\b(?:اي|ايه|باي|لاي|ايهما|ايها)\b|\bما (?:هو |هي )?(?:اسم|اسماء|لقب)\b"),
    ("thing", r"\bwhat\b|(?:^|\W)و?(?:ما|ماذا|بماذا|فيم|عم|بم|ماهو|ماهي|ماهى|مما|مم|مالذي)\b"),
    ("confirmation", r"^\W*(?:is|are|was|were|did|does|do|has|have|can|will|could)\b|^\W*و?هل\b"),
)  # fmt: skip

_NOUN_AFTER = re.compile(
    r"\b(?:which|what)\s+(?:is |was |were |are )?(?:the )?(?P<en>(?:\w+ ){0,3}\w+)"
    r"|(?:^|[\s(])(?:و|ب|ل|ف)?(?:اي|ايه|ما|ماهو|ماهي)\s+(?:هو |هي |هم |هما )?(?:اسم |اسماء |من )?(?P<ar>\w+(?: \w+)?)"
)
_NAME_OF = re.compile(r"\bnames? of (?:the )?(?:two |three |four )?")
_SEVERAL = re.compile(
    r"\bwhat (?:did|do|does|were|are)\b.*\b(?:discuss|talk|say|agree|include|topics|issues|demands|goals|results)|\bwhat are\b"
    r"|\bwhich (?:\w+ )?\w+s\b|\bwho else\b|\bwho (?:were|are)\b|\bname (?:the|all|some)\b"
    r"|\bما هي\b.*ات\b|\b(?:ماذا|ما) (?:بحث|ناقش|تناول|قال|اتفق|تضمن|شمل|جري|دار)\w*|\bما (?:هي )?(?:ابرز|اهم)\b|\bمن هم\b|\bفيم\b|\bعم\b"
)


@cache
def _compiled() -> tuple[tuple[AnswerKind, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)


@cache
def _noun_kinds() -> dict[str, AnswerKind]:
    return {fold(word): kind for kind, words in _NOUNS.items() for word in words.split()}


def kind_of_noun(word: str) -> AnswerKind | None:
    """The kind of answer that a noun calls for: ``minister`` a person, ``مدينة`` a place; None for most words."""
    kinds = _noun_kinds()
    folded = fold(word)
    bare = folded.removeprefix("ال")
    singular = folded.removesuffix("s")
    return kinds.get(folded) or kinds.get(bare) or kinds.get(singular)


def what_is_asked(question: str) -> Asked:
    """The kind of answer wanted. Only question words and the noun beside them are looked at."""
    folded = fold(question)
    exact = len(folded) == len(question)
    several = _SEVERAL.search(folded) is not None
    for kind, pattern in _compiled():
        match = pattern.search(folded)
        if match is None:
            continue
        start, end = (match.start(), match.end()) if exact else (0, 0)
        if kind in ("which", "thing"):
            noun = _noun_kind(folded)
            if noun is not None:
                return Asked(noun, start, end, several)
            if kind == "thing" and re.search(
                r"\bwhat (?!is|was|are|were|did|do|does|has|have|had|can|could|will|would|the)\w+", folded
            ):
                return Asked("which", start, end, several)
        return Asked(kind, start, end, several)
    return Asked("thing", 0, 0, several)


def _noun_kind(folded: str) -> AnswerKind | None:
    match = _NOUN_AFTER.search(_NAME_OF.sub("", folded))
    if match is None:
        return None
    if match["ar"]:
        return kind_of_noun(match["ar"].split()[0])
    words = re.split(
        r"\b(?:of|in|for|that|who|did|does|do|is|was|were|are|has|have|had|to|on|at|by|with|from)\b", match["en"]
    )[0]
    for word in reversed(words.split()):
        kind = kind_of_noun(word)
        if kind is not None:
            return kind
    return None
