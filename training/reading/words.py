"""Write the reader's word list: which words are common, which are parts of people's names, which are places.

    python training/reading/words.py DATA/train qa/models/reader/words.txt

Common words and proper names come from the newspaper lexicon (kinds n, v, a, d against p), name parts from the two
lists of transliterated names, places from country names and from labels of the form ``town, state``. Verbs and
adjectives are what the lexicon and a dictionary list as nothing else. The file has one line a class: its name, a tab,
folded words parted by spaces.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from qa.language.analyzer import is_stopword, terms
from qa.language.normalise import fold

PLACES = """
    الرياض جدة مكة المدينة الدمام الخبر الظهران الطائف أبها جازان نجران تبوك حائل بريدة القصيم الأحساء القطيف
    الجبيل ينبع الباحة عرعر سكاكا الجوف عسير صنعاء عدن تعز مأرب الحديدة صعدة لحج أبين شبوة حضرموت المكلا إب ذمار
    الضالع عمران بغداد الموصل البصرة أربيل كركوك الأنبار الرمادي الفلوجة تكريت سامراء النجف كربلاء ديالى دهوك
    سنجار نينوى دمشق حلب حمص حماة إدلب درعا اللاذقية طرطوس الرقة الحسكة القامشلي السويداء تدمر كوباني دوما داريا
    الغوطة الزبداني بيروت طرابلس صيدا صور بعلبك زحلة عرسال البقاع القاهرة الإسكندرية الجيزة السويس الإسماعيلية
    بورسعيد سيناء العريش الأقصر أسوان المنصورة طنطا رفح غزة القدس رام نابلس الخليل جنين بيت لحم حيفا يافا عمان
    إربد الزرقاء العقبة معان الكويت الدوحة المنامة دبي أبوظبي الشارقة عجمان مسقط صلالة صحار تونس سوسة صفاقس
    القيروان بنزرت الجزائر وهران قسنطينة عنابة الرباط الدار البيضاء فاس مراكش طنجة أغادير بنغازي مصراتة سرت درنة
    سبها الخرطوم دارفور أم درمان جوبا مقديشو نواكشوط جيبوتي أنقرة إسطنبول طهران أصفهان مشهد كابول قندهار إسلام
    آباد كراتشي لاهور بيشاور نيودلهي مومباي موسكو واشنطن نيويورك لندن باريس برلين بروكسل جنيف فيينا روما مدريد
    أثينا لاهاي أمستردام كييف مينسك دونباس القرم بكين شنغهاي طوكيو سول هونغ كونغ سنغافورة جاكرتا كوالالمبور
    بانكوك مانيلا سيدني كانبرا أوتاوا هافانا برازيليا أوروبا آسيا أفريقيا أمريكا أستراليا الشام الخليج الأندلس
    فلسطين سورية سوريا لبنان العراق اليمن مصر ليبيا السودان السعودية الإمارات قطر البحرين الأردن المغرب إيران
    تركيا روسيا إسرائيل فرنسا ألمانيا بريطانيا إيطاليا إسبانيا الهند الصين اليابان باكستان أفغانستان أوكرانيا
    اليونان النمسا سويسرا هولندا بلجيكا السويد النرويج الدنمارك كندا المكسيك البرازيل الأرجنتين كوريا إندونيسيا
    ماليزيا نيجيريا إثيوبيا كينيا الصومال
"""
"""Cities and countries that newspapers of the region name, written by hand."""

PLACES_IN_ENGLISH = """
    riyadh jeddah mecca makkah medina dammam taif abha jazan najran tabuk hail buraidah qassim sanaa aden taiz
    marib hodeidah saada hadramaut baghdad mosul basra erbil kirkuk anbar ramadi fallujah tikrit samarra najaf
    karbala damascus aleppo homs hama idlib daraa latakia tartus raqqa hasakah kobani palmyra ghouta beirut
    tripoli sidon tyre baalbek bekaa cairo alexandria giza suez sinai luxor aswan rafah gaza jerusalem ramallah
    nablus hebron jenin bethlehem haifa jaffa amman irbid zarqa aqaba doha manama dubai sharjah muscat salalah
    tunis sousse sfax algiers oran rabat casablanca fez marrakesh tangier benghazi misrata sirte derna khartoum
    darfur juba mogadishu nouakchott ankara istanbul tehran isfahan kabul kandahar islamabad karachi lahore
    peshawar delhi mumbai moscow washington york london paris berlin brussels geneva vienna rome madrid athens
    hague amsterdam kiev kyiv minsk donbas donbass crimea beijing shanghai tokyo seoul singapore jakarta bangkok
    manila sydney canberra ottawa havana europe asia africa america australia levant andalusia palestine syria
    lebanon iraq yemen egypt libya sudan emirates qatar bahrain jordan morocco algeria tunisia iran turkey
    russia israel france germany britain england scotland italy spain india china japan pakistan afghanistan
    ukraine greece austria switzerland holland netherlands belgium sweden norway denmark finland poland canada
    mexico brazil argentina chile korea indonesia malaysia nigeria ethiopia kenya somalia oman kuwait mauritania
    djibouti
"""
"""The same in English; country lists hold only their official names."""

_FRAME = """
    of the and republic kingdom state states united democratic islamic people's federal island islands
"""
FRAME = frozenset(_FRAME.split())


def rows(path: Path) -> Iterator[list[str]]:
    """Rows of a gzipped table."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def words_of(folder: Path) -> dict[str, set[str]]:
    """Class to folded words (places, people's names) or terms (common words)."""
    common: set[str] = set()
    proper: set[str] = set()
    common_english: set[str] = set()
    for surfaces, english, kind in rows(folder / "news-lexicon.tsv.gz"):
        forms = {fold(surface) for surface in surfaces.split()}
        if kind == "p":
            proper |= forms
            continue
        common |= {term for surface in surfaces.split() for term in terms(surface)}
        common_english |= {fold(word) for phrase in english.split(",") for word in phrase.split()}
    counts: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    for name in ("tatoeba.tsv.gz", "tico19.tsv.gz"):
        for row in rows(folder / name):
            for position, word in enumerate(re.findall(r"[A-Za-z]+", row[-2])):
                counts[word.lower()] += position > 0
                lower[word.lower()] += position > 0 and word[0].islower()
    common_english |= {word for word, count in counts.items() if count >= 2 and lower[word] > 0.7 * count}

    people: set[str] = set()
    for latin, arabic in rows(folder / "names-google.tsv.gz"):
        if len(arabic) >= 3 and not set(terms(arabic)) & common:
            people |= {fold(arabic)}
        if latin.lower() not in common_english and len(latin) >= 3:
            people |= {fold(latin)}
    places = {fold(word) for word in PLACES.split()}
    for source, english, arabic in rows(folder / "terms.tsv.gz"):
        if source == "datasets/country-codes":
            if len(arabic.split()) == 1:
                places |= {fold(arabic), fold(arabic).removeprefix("ال")}
            places |= {fold(w) for w in re.findall(r"[A-Za-z]+", english) if w.lower() not in FRAME and w[0].isupper()}
    for label, arabic in rows(folder / "labels.tsv.gz"):
        if "," in label and "(" in arabic:
            for text in (label.split(",")[0], label.split(",")[1], arabic.split("(")[0]):
                places |= {fold(word) for word in re.findall(r"[^\W\d_]{4,}", text)}
    handmade = {fold(word) for word in (PLACES + PLACES_IN_ENGLISH).split()}
    places |= handmade
    places = {w for w in places if (w in handmade or w not in common_english) and not is_stopword(w) and len(w) >= 3}
    places = {w for w in places if w in handmade or w in proper or not set(terms(w)) & common}
    common = {term for term in common if len(term) >= 2}
    proper = {word for word in proper if len(word) >= 3}
    verbs, adjectives = parts_of_speech(folder)
    return {
        "common": common | {w for w in common_english if w.isalpha()},
        "proper": proper,
        "person": people - places,
        "place": places,
        "verb": verbs,
        "adjective": adjectives,
    }


def parts_of_speech(folder: Path) -> tuple[set[str], set[str]]:
    """Verbs and adjectives, by folded form and by stem, as far as they are nothing else."""
    found: dict[str, set[str]] = {kind: set() for kind in "nvad"}
    for surfaces, english, kind in rows(folder / "news-lexicon.tsv.gz"):
        if kind in found:
            for surface in surfaces.split():
                found[kind] |= {fold(surface), *terms(surface)}
            found[kind] |= {fold(phrase.strip()) for phrase in english.split(",") if " " not in phrase.strip()}
    names = {"n": "n", "prop": "n", "v": "v", "adj": "a", "adv": "d", "prep": "d", "num": "n"}
    for english, arabic, *kinds in rows(folder / "wiktionary.tsv.gz"):
        kind = names.get(kinds[0]) if kinds else None
        if kind:
            for word in (english, arabic):
                if word.isalpha() and len(word) > 2:
                    found[kind] |= {fold(word), *terms(word)}
    verbs = {word for word in found["v"] - found["n"] - found["a"] - found["d"] if len(word) >= 3}
    adjectives = {word for word in found["a"] - found["n"] - found["v"] - found["d"] if len(word) >= 3}
    return verbs, adjectives


def main() -> None:
    """Write the list and print how many words each class has."""
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    lines = []
    for name, members in words_of(folder).items():
        lines.append(name + "\t" + " ".join(sorted(members)))
        print(f"{name}: {len(members)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
