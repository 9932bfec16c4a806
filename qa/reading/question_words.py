"""The words that say what a question asks for: question words as patterns, and nouns that name a kind of answer.

Patterns are matched against folded questions (``qa.language.normalise.fold``), in order; the first that fits decides.
"""

from __future__ import annotations

from typing import Literal

AnswerKind = Literal[
    "person", "place", "organisation", "number", "money", "percent", "duration", "date", "time", "reason", "manner",
    "which", "thing", "confirmation",
]  # fmt: skip
"""``which`` wants a name of any sort; ``thing`` is the open case; ``confirmation`` is a yes-or-no question."""

KINDS: tuple[AnswerKind, ...] = (
    "person", "place", "organisation", "number", "money", "percent", "duration", "date", "time", "reason", "manner",
    "which", "thing", "confirmation",
)  # fmt: skip

NOUNS: dict[AnswerKind, str] = {
    "person": (
        "person man woman player president minister king prince coach captain director author writer actor actress "
        "singer scientist artist leader official chairman head spokesman ambassador poet chemist general founder "
        "inventor doctor official manager goalkeeper striker emperor pope "
        "شخص لاعب رئيس وزير ملك امير مدرب مدير كاتب ممثل مغني عالم فنان زعيم مسؤول متحدث سفير شاعر حارس مهاجم قائد "
        "مؤسس مخترع حاكم خليفه نبي صحابي لاعبه وزيره شيخ امين نجم شخصيه"
    ),
    "place": (
        "country city town state place region village province governorate district area continent island river "
        "airport stadium street neighborhood neighbourhood border nation location venue capital port mosque hall "
        "desert sea ocean building "
        "دوله مدينه بلد مكان منطقه قريه ولايه اقليم محافظه قاره جزيره نهر مطار ملعب شارع حي حدود موقع عاصمه ميناء "
        "جامع مسجد قاعه بلده منفذ معبر دول مدن مناطق بلاد بحر جبل"
    ),
    "organisation": (
        "company organization organisation team club party university agency ministry group institution association "
        "newspaper bank court committee firm body channel airline military army "
        "شركه منظمه فريق نادي حزب جامعه وكاله وزاره جماعه مؤسسه جمعيه صحيفه بنك مصرف محكمه لجنه هيئه جهه قناه "
        "مجموعه اتحاد منتخب حركه كليه قسم مجلس"
    ),
    "number": (
        "number count total عدد رقم ترتيب مساحه ارتفاع طول حجم وزن كميه تعداد سكان نتيجه score rank amount population"
    ),
    "percent": "percentage percent proportion share نسبه",
    "money": "price cost salary fee budget value worth سعر ثمن تكلفه راتب ميزانيه قيمه مبلغ",
    "date": "date year day month century decade when تاريخ عام سنه يوم شهر قرن موعد عقد",
    "time": "time hour ساعه وقت توقيت",
    "duration": "duration period length مده فتره",
    "reason": "reason cause causes reasons purpose motive سبب اسباب علة غرض هدف دافع",
    "manner": "way method manner طريقه كيفيه وسيله",
}
"""The head noun of "which …" or "what … is" and the kind of answer that it calls for; Arabic ones folded, bare."""

_UNIT_OF_TIME = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centuries)"
_UNIT_OF_TIME_AR = r"(?:ثانيه|دقيقه|ساعه|يوما?|اسبوعا?|شهرا?|سنه|عاما?|عقدا?|قرنا?|الوقت|وقتا?|مده|المده)"
_LASTED_AR = r"(?:استغرق|تستغرق|يستغرق|استمر|تستمر|يستمر|دام|تعطل|تاخر|مضي|ستستمر|سيستمر)"
_WHAT_AR = r"(?:^|\s)ما (?:هو |هي )?(?:ال)?"
_SUM_AR = r"(?:قيمه|مبلغ|تكلفه|سعر|ثمن|راتب|ميزانيه|مقدار المبلغ)"
_WAS_AR = r"(?:كانت |تبلغ |بلغت |بلغ |يبلغ )?"
_SUM_OR_COIN_AR = r"(?:مبلغ|تكلفه|قيمه|سعر|ثمن|ريالا?|دولارا?|راتب|ميزانيه)"
_SPENT = r"(?:cost|pay|paid|spend|spent|worth|price|salary|dollars|riyals|euros|fine|value|money|invest\w*)"
_MEASURED = r"(?:number|score|population|area|rank|amount|count|temperature|height|length|size)"
_MEASURED_AR = r"(?:عدد|مساحه|ارتفاع|طول|رقم|ترتيب|حجم|وزن|كميه|نتيجه|تعداد|معدل|درجه)"
_DATED = r"(?:year|date|day|month|century|decade|season)"
_DATED_AR = r"(?:عام|سنه|يوم|تاريخ|شهر|قرن|عقد|موعد)"
_REASONS_AR = r"(?:سبب|اسباب|دافع|دوافع|الغرض|الهدف|الداعي)"
_LOCATED = (
    r"(?:country|city|town|state|place|region|village|province|district|area|continent|neighbou?rhood|location"
    r"|building|venue|mosque|stadium)"
)
_LOCATED_AR = r"(?:دوله|مدينه|بلد|مكان|منطقه|قريه|ولايه|اقليم|محافظه|قاره|حي|ملعب|موقع|جامع|مسجد)"
_NOT_WHO_AR = r"(?! (?:اي|ايه|اين|متي|خلال|بين|اجل)\b)"
"""``من`` is also "from"."""
_OF_OFFICE_AR = r"(?:شخص|لاعب|رئيس|وزير|مدرب|مدير|كاتب|مؤلف|قائد)"

PATTERNS: tuple[tuple[AnswerKind, str], ...] = (
    ("percent", r"\bwhat (?:percent|percentage|proportion|share)|\bhow (?:large|big) a share"),
    ("percent", r"(?:ما|كم|باي) (?:هي )?نسبه"),
    ("money", r"\bhow much (?:money|did .* (?:cost|pay|spend)|does .* cost|was .* (?:paid|worth))"),
    ("money", r"\bhow much in (?:dollars|euros|riyals)"),
    ("money", rf"{_WHAT_AR}{_SUM_AR}\b"),
    ("money", rf"\bhow much\b.*\b{_SPENT}\b"),
    ("money", rf"\bبكم (?:بيع|اشتر|قدرت القيمه|تباع|يباع)\w*|\bكم {_WAS_AR}{_SUM_OR_COIN_AR}"),
    ("duration", rf"\bhow long\b(?! is the)|\b(?:for )?how many {_UNIT_OF_TIME}\b|\bhow old\b"),
    ("duration", rf"{_WHAT_AR}مده\b|\bكم {_UNIT_OF_TIME_AR}\b|\bكم {_LASTED_AR}\w*"),
    ("duration", r"\bكم (?:كان |يبلغ )?عمر|\bكم من الوقت"),
    ("number", r"\bhow (?:many|much|far|tall|high|deep|big|large|wide|often|heavy|fast)\b"),
    ("number", rf"\bwhat (?:is|was|were|are) the (?:total |average |exact |final )?{_MEASURED}\b"),
    ("number", rf"\bكم\b|{_WHAT_AR}{_MEASURED_AR}\b|\bبكم\b"),
    ("date", rf"\bwhen\b(?! .*\bwhat\b)|\b(?:what|which) {_DATED}\b|\bin what (?:year|century|month|decade)"),
    ("date", rf"(?:^|\W)(?:و?متي|منذ متي)\b|(?:\b[بلو]?(?:اي|ايه) ){_DATED_AR}\b"),
    ("date", r"(?:^|\s)ما (?:هو |هي )?(?:تاريخ|موعد|السنه|العام)\b"),
    ("time", r"\b(?:what|which) (?:time|hour)\b|\bاي ساعه\b|\bكم الساعه\b"),
    ("reason", r"\bwhy\b|\bwhat (?:caused|causes|led to|prompted|made)\b|\bwhat reason\b"),
    (
        "reason",
        r"\b(?:what|for what|which) (?:is the |was the |were the |are the )?(?:main |principal )?"
        r"(?:reasons?|causes?|purpose|motive)\b",
    ),
    ("reason", r"(?:^|\W)و?(?:لماذا|لم|علام)\b(?! ي)|\bلاي (?:سبب|غرض)"),
    ("reason", rf"(?:^|\s)ما (?:هو |هي |هما )?(?:ال)?{_REASONS_AR}|\bما الذي (?:ادي|تسبب|دفع|جعل)\b"),
    ("place", rf"\b(?:from )?where\b|\bin (?:what|which) (?:\w+ )?{_LOCATED}"),
    ("place", rf"(?:^|\W)و?(?:اين|الي اين|من اين)\b|\b(?:في|الي|من|باي|ب) ?(?:اي|ايه) (?:\w+ )?{_LOCATED_AR}"),
    ("person", r"\b(?:who|whom|whose)\b(?! .*\bwhat (?:year|did))|\bby whom\b"),
    ("person", rf"^\W*و?(?:من|مَن)\b{_NOT_WHO_AR}|(?:^|\W)(?:من|ومن) (?:هو|هي|هم|الذي|التي|كان|كانت|الذين)\b"),
    ("person", rf"\b(?:ما|ماهو|ماهي) (?:هو |هي )?اسم (?:ال)?{_OF_OFFICE_AR}"),
    ("manner", r"\bhow\b|(?:^|\W)و?(?:كيف|باي طريقه|كيفيه)\b"),
    ("which", r"\bwhich\b|\bwhat (?:is|was|were|are) the (?:\w+ )?names?\b"),
    ("which", r"\bwhat (?:is|was) .* (?:called|named|known as)\b"),
    ("which", r"\b(?:اي|ايه|باي|لاي|ايهما|ايها)\b|\bما (?:هو |هي )?(?:اسم|اسماء|لقب)\b"),
    ("thing", r"\bwhat\b|(?:^|\W)و?(?:ما|ماذا|بماذا|فيم|عم|بم|ماهو|ماهي|ماهى|مما|مم|مالذي)\b"),
    ("confirmation", r"^\W*(?:is|are|was|were|did|does|do|has|have|had|can|will|would|could|should)\b|^\W*و?هل\b"),
)

_INVITING = r"(?:discuss|talk|say|agree|include|topics|issues|demands|goals|results)"
_INVITING_AR = r"(?:بحث|ناقش|تناول|قال|اتفق|تضمن|شمل|جري|دار)"
SEVERAL = (
    rf"\bwhat (?:did|do|does|were|are)\b.*\b{_INVITING}|\bwhat are\b"
    r"|\bwhich (?:\w+ )?\w+s\b|\bwho else\b|\bwho (?:were|are)\b|\bname (?:the|all|some)\b"
    rf"|\bما هي\b.*ات\b|\b(?:ماذا|ما) {_INVITING_AR}\w*|\bما (?:هي )?(?:ابرز|اهم)\b|\bمن هم\b|\bفيم\b|\bعم\b"
)
"""Questions that invite a list."""
