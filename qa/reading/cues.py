"""Closed word classes of both languages that facts are made of: number words, months, units, titles, cues of reason.

Each word is entered once in its plain form; ``lexicon()`` adds the Arabic particles that are written onto a word
(و ف ب ل ك ال) and folds everything as the analyzer does, so that a token's ``folded`` form is the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from qa.language.normalise import fold

CueKind = Literal[
    "number", "scale", "dual", "ordinal", "month", "hijri_month", "weekday", "relative_day", "year_word",
    "duration", "money", "measure", "percent", "title", "kin", "place", "organisation", "reason", "manner", "speech",
    "appointed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cue:
    """What a word is; ``value`` is the number, or the month or weekday counted from 1."""

    kind: CueKind
    value: float = 0.0


NUMBERS: dict[float, str] = {
    0: "zero صفر",
    1: "واحد واحدة واحدا",
    2: "two twice اثنان اثنين اثنتان اثنتين إثنين",
    3: "three ثلاث ثلاثة",
    4: "four أربع أربعة",
    5: "five خمس خمسة",
    6: "six ست ستة",
    7: "seven سبع سبعة",
    8: "eight ثمان ثماني ثمانية",
    9: "nine تسع تسعة",
    10: "ten عشر عشرة",
    11: "eleven",
    12: "twelve dozen",
    13: "thirteen",
    14: "fourteen",
    15: "fifteen",
    16: "sixteen",
    17: "seventeen",
    18: "eighteen",
    19: "nineteen",
    20: "twenty عشرون عشرين",
    30: "thirty ثلاثون ثلاثين",
    40: "forty أربعون أربعين",
    50: "fifty خمسون خمسين",
    60: "sixty ستون ستين",
    70: "seventy سبعون سبعين",
    80: "eighty ثمانون ثمانين",
    90: "ninety تسعون تسعين",
    200: "مئتان مئتين مائتان مائتين مئتا مئتي مائتي",
    300: "ثلاثمئة ثلاثمائة",
    400: "أربعمئة أربعمائة",
    500: "خمسمئة خمسمائة",
    600: "ستمئة ستمائة",
    700: "سبعمئة سبعمائة",
    800: "ثمانمئة ثمانمائة",
    900: "تسعمئة تسعمائة",
    0.5: "half نصف",
    0.25: "quarter ربع",
}
SCALES: dict[float, str] = {
    100: "hundred hundreds مئة مائة مئات",
    1e3: "thousand thousands ألف ألفا آلاف الآف ألوف",
    1e6: "million millions مليون مليونا ملايين",
    1e9: "billion billions مليار مليارا مليارات بليون بلايين",
    1e12: "trillion trillions تريليون تريليونات ترليون",
}
DUALS: dict[float, str] = {
    2: "يومين يومان أسبوعين أسبوعان شهرين شهران عامين عامان سنتين سنتان ساعتين ساعتان دقيقتين دقيقتان مرتين مرتان "
    "ليلتين شخصين شخصان هدفين هدفان نقطتين نقطتان رجلين طفلين قتيلين جنديين مدنيين دولتين مدينتين مباراتين عقدين قرنين",
    2e3: "ألفين ألفان ألفي ألفا",
    2e6: "مليونين مليونان مليوني",
    2e9: "مليارين ملياران ملياري",
}
ORDINALS: dict[float, str] = {
    1: "first أول أولى الأول الأولى",
    2: "second ثاني ثانية الثاني الثانية",
    3: "third ثالث ثالثة",
    4: "fourth رابع رابعة",
    5: "fifth خامس خامسة",
    6: "sixth سادس سادسة",
    7: "seventh سابع سابعة",
    8: "eighth ثامن ثامنة",
    9: "ninth تاسع تاسعة",
    10: "tenth عاشر عاشرة",
}
MONTHS: dict[float, str] = {
    1: "january jan يناير جانفي",
    2: "february feb فبراير شباط فيفري",
    3: "march مارس آذار",
    4: "april أبريل إبريل نيسان أفريل",
    5: "may مايو أيار ماي",
    6: "june يونيو يونية حزيران جوان",
    7: "july يوليو يولية تموز جويلية",
    8: "august أغسطس آب أوت",
    9: "september sept أيلول سبتمبر",
    10: "october أكتوبر",
    11: "november نوفمبر",
    12: "december ديسمبر",
}
"""One-word names; كانون and تشرين need the ordinal after them and are joined in ``qa.reading.facts``."""
HIJRI_MONTHS: dict[float, str] = {
    1: "muharram محرم",
    2: "safar",
    7: "rajab رجب",
    8: "shaban شعبان",
    9: "ramadan رمضان",
    10: "shawwal شوال",
    11: "القعدة",
    12: "الحجة",
}
WEEKDAYS: dict[float, str] = {
    1: "monday الاثنين الإثنين",
    2: "tuesday الثلاثاء",
    3: "wednesday الأربعاء",
    4: "thursday الخميس",
    5: "friday الجمعة",
    6: "saturday السبت",
    7: "sunday الأحد",
}
WORDS: dict[CueKind, str] = {
    "relative_day": "today yesterday tomorrow tonight أمس اليوم غدا الغد البارحة المقبل القادم الماضي مساء صباح فجر",
    "year_word": "year century decade عام سنة القرن عاما سنوات",
    "duration": (
        "second seconds minute minutes hour hours day days week weeks month months year years decade decades century "
        "ثانية ثوان دقيقة دقائق ساعة ساعات يوم يوما أيام أسبوع أسبوعا أسابيع شهر شهرا أشهر شهور سنة سنوات سنين "
        "عام عاما أعوام عقد عقود قرن قرون ليلة ليال يومين أسبوعين شهرين عامين سنتين ساعتين دقيقتين"
    ),
    "money": (
        "dollar dollars euro euros pound pounds riyal riyals dinar dinars dirham usd yen cents "
        "دولار دولارا دولارات يورو ريال ريالا ريالات دينار دينارا دنانير درهم درهما دراهم جنيه جنيها جنيهات ليرة "
        "ليرات روبية"
    ),
    "measure": (
        "kilometre kilometres kilometer kilometers km metre metres meter meters mile miles kg kilogram kilograms "
        "ton tons "
        "tonnes acres hectares degrees feet square litres barrels people inhabitants "
        "كيلومتر كيلومترا كيلومترات كلم كيلو متر مترا أمتار ميل ميلا أميال كيلوجرام كيلوغرام طن طنا أطنان درجة مربع "
        "مربعا "
        "هكتار لتر برميل نسمة شخص شخصا أشخاص"
    ),
    "percent": "percent percentage المئة المائة بالمئة بالمائة",
    "title": (
        "mr mrs ms dr sir lord king queen prince princess president minister secretary general colonel captain sheikh "
        "sheik imam ambassador professor chairman director spokesman spokesperson governor mayor coach judge "
        "senator chancellor "
        "السيد السيدة الأستاذ الأستاذة الدكتور الدكتورة دكتور المهندس مهندس الشيخ شيخ الأمير أمير الأميرة أميرة "
        "الملك ملك "
        "الملكة الرئيس رئيس رئيسة الوزير وزير وزيرة نائب العميد عميد اللواء لواء الفريق العقيد المقدم الرائد النقيب "
        "الجنرال "
        "القاضي السفير سفير المدير مدير المتحدث الناطق الأمين أمين محافظ مدرب المدرب اللاعب لاعب مهاجم حارس قائد "
        "القائد "
        "النجم الفنان الكاتب المحامي الإعلامي البروفيسور الباحث السلطان سلطان الإمام البابا المستشار المستشارة "
        "الممثل مبعوث "
        "المبعوث الشاعر المخرج الملازم معالي سمو فضيلة صاحب نظيره"
    ),
    "kin": "son daughter bin ibn al بن ابن بنت أبو أبي أبا آل أم عبد",
    "place": (
        "in at city town village province region country state capital district north south east west island river "
        "mountain airport port border square street "
        "مدينة مدن قرية بلدة محافظة منطقة دولة بلد جمهورية مملكة ولاية إقليم حي ضاحية عاصمة شمال جنوب شرق غرب جزيرة "
        "نهر "
        "جبل بحر خليج مطار ميناء معبر منفذ ساحة شارع ملعب قاعة جامع مسجد مركز مقر صحراء بمدينة بمحافظة بمنطقة"
    ),
    "organisation": (
        "university company corporation ministry party club team association organization organisation institute "
        "agency "
        "council committee army bank union government court group foundation "
        "جامعة شركة مؤسسة وزارة حزب نادي فريق جمعية منظمة هيئة معهد وكالة مجلس لجنة جيش بنك مصرف اتحاد حكومة محكمة "
        "مجموعة "
        "جماعة كلية مستشفى صحيفة قناة أمانة إدارة قسم رابطة حركة جبهة تحالف بلدية"
    ),
    "reason": (
        "because due owing since therefore reason cause causes caused thus hence "
        "لأن لأنه لأنها لأنهم بسبب سبب أسباب نتيجة نظرا بفعل إثر جراء لذلك لكي كي حتى خوفا خشية بهدف بغية حرصا سعيا "
        "احتجاجا "
        "تسبب أدى لعدم لأجل تجنبا بداعي"
    ),
    "manner": "by through using via عبر طريق بواسطة خلال باستخدام وسط بشكل بطريقة",
    "speech": (
        "said says stated told added announced explained confirmed according "
        "قال قالت أكد أكدت أوضح أوضحت أضاف أضافت صرح أعلن أعلنت ذكر ذكرت أشار أشارت بين كشف لفت شدد أفاد أفادت"
    ),
    "appointed": (
        "named appointed called elected known born led founded invented wrote discovered "
        "عين عينت انتخب يدعى تدعى يسمى تسمى سمي باسم لقب يعرف المعروف المسمى قاد يقوده برئاسة بقيادة ولد أسس مؤسس "
        "كتب اخترع اكتشف"
    ),
}
CUTTABLE = ("و", "ف", "ب", "ل", "ك", "ال", "وال", "بال", "فال", "لل", "كال", "ول", "وب")
"""Particles written onto the next word, alone and together."""


@cache
def lexicon() -> dict[str, tuple[Cue, ...]]:
    """Folded form to its cues; a word may be several things (``second`` is an ordinal and a duration)."""
    entries: dict[str, dict[CueKind, Cue]] = {}

    def add(word: str, cue: Cue) -> None:
        forms = [word]
        if word[0] >= "\u0600":
            bare = word.removeprefix("ال")
            forms += [particle + (bare if particle.endswith(("ال", "لل")) else word) for particle in CUTTABLE]
        for form in forms:
            entries.setdefault(fold(form), {}).setdefault(cue.kind, cue)

    counted: tuple[tuple[CueKind, dict[float, str]], ...] = (
        ("number", NUMBERS),
        ("scale", SCALES),
        ("dual", DUALS),
        ("ordinal", ORDINALS),
        ("month", MONTHS),
        ("hijri_month", HIJRI_MONTHS),
        ("weekday", WEEKDAYS),
    )
    for kind, table in counted:
        for value, words in table.items():
            for word in words.split():
                add(word, Cue(kind, value))
    for kind, words in WORDS.items():
        for word in words.split():
            add(word, Cue(kind))
    return {form: tuple(cues.values()) for form, cues in entries.items()}
