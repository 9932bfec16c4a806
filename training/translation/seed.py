"""Hand-written entries that running text gives too rarely: calendars, numbers, ordinals, question vocabulary.

Each line: English, a bar, Arabic alternatives parted by commas. Gregorian months have a name of Latin origin and one
of Syriac origin; both stand in newspapers.
"""

from __future__ import annotations

_ENTRIES = """
january | يناير, كانون الثاني
february | فبراير, شباط
march | مارس, آذار
april | أبريل, نيسان
may | مايو, أيار
june | يونيو, حزيران
july | يوليو, تموز
august | أغسطس, آب
september | سبتمبر, أيلول
october | أكتوبر, تشرين الأول
november | نوفمبر, تشرين الثاني
december | ديسمبر, كانون الأول
muharram | محرم
safar | صفر
ramadan | رمضان
shaban | شعبان
shawwal | شوال
rajab | رجب
sunday | الأحد
monday | الاثنين, الإثنين
tuesday | الثلاثاء
wednesday | الأربعاء
thursday | الخميس
friday | الجمعة
saturday | السبت
one | واحد, واحدة, 1
two | اثنان, اثنين, اثنتين, 2
three | ثلاثة, ثلاث, 3
four | أربعة, أربع, 4
five | خمسة, خمس, 5
six | ستة, ست, 6
seven | سبعة, سبع, 7
eight | ثمانية, ثماني, 8
nine | تسعة, تسع, 9
ten | عشرة, عشر, 10
eleven | أحد عشر, 11
twelve | اثنا عشر, اثني عشر, 12
thirteen | ثلاثة عشر, 13
fourteen | أربعة عشر, 14
fifteen | خمسة عشر, 15
sixteen | ستة عشر, 16
seventeen | سبعة عشر, 17
eighteen | ثمانية عشر, 18
nineteen | تسعة عشر, 19
twenty | عشرين, عشرون, 20
thirty | ثلاثين, ثلاثون, 30
forty | أربعين, أربعون, 40
fifty | خمسين, خمسون, 50
sixty | ستين, ستون, 60
seventy | سبعين, سبعون, 70
eighty | ثمانين, ثمانون, 80
ninety | تسعين, تسعون, 90
hundred | مائة, مئة, 100
thousand | ألف, آلاف, 1000
million | مليون, ملايين
billion | مليار, بليون, مليارات
first | الأول, الأولى, 1
second | الثاني, الثانية, 2
third | الثالث, الثالثة, ثلث, 3
fourth | الرابع, الرابعة, 4
fifth | الخامس, الخامسة, 5
sixth | السادس, السادسة, 6
seventh | السابع, السابعة, 7
eighth | الثامن, الثامنة, 8
ninth | التاسع, التاسعة, 9
tenth | العاشر, العاشرة, 10
half | نصف
quarter | ربع
percent | في المائة, بالمائة, بالمئة
percentage | نسبة
year | عام, سنة, أعوام, سنوات
month | شهر, أشهر, شهور
week | أسبوع, أسابيع
day | يوم, أيام
hour | ساعة, ساعات
century | قرن
"""


def read_seed() -> list[tuple[str, tuple[str, ...]]]:
    """(English, Arabic alternatives, most usual first)."""
    entries = []
    for line in _ENTRIES.strip().splitlines():
        english, arabic = line.split("|")
        entries.append((english.strip(), tuple(part.strip() for part in arabic.split(","))))
    return entries
