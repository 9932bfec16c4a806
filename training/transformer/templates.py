"""Sentence frames around names, English and Arabic: the encyclopedia's first sentences and the questions people ask.

Written by hand for this project. ``{a}`` and ``{b}`` stand for labels or person names.
"""

from __future__ import annotations

FRAMES: tuple[tuple[str, str], ...] = (
    ("Who is {a}?", "من هو {a}؟"),
    ("Who was {a}?", "من كان {a}؟"),
    ("What is {a}?", "ما هو {a}؟"),
    ("What is {a}?", "ما هي {a}؟"),
    ("Where is {a}?", "أين تقع {a}؟"),
    ("Where is {a} located?", "أين يقع {a}؟"),
    ("When was {a} founded?", "متى تأسس {a}؟"),
    ("When was {a} founded?", "متى تأسست {a}؟"),
    ("When was {a} born?", "متى ولد {a}؟"),
    ("When did {a} die?", "متى توفي {a}؟"),
    ("In what year did {a} begin?", "في أي عام بدأت {a}؟"),
    ("Who won {a}?", "من فاز في {a}؟"),
    ("How many people live in {a}?", "كم عدد سكان {a}؟"),
    ("What happened in {a}?", "ماذا حدث في {a}؟"),
    ("What did {a} say about {b}?", "ماذا قال {a} عن {b}؟"),
    ("What is the relation between {a} and {b}?", "ما العلاقة بين {a} و{b}؟"),
    ("Who defeated {a} in {b}?", "من هزم {a} في {b}؟"),
    ("How did {a} influence {b}?", "كيف أثر {a} على {b}؟"),
    ("Which team did {a} play for?", "في أي فريق لعب {a}؟"),
    ("Why did {a} leave {b}?", "لماذا غادر {a} {b}؟"),
    ("{a} was born in {b}.", "ولد {a} في {b}."),
    ("{a} died in {b}.", "توفي {a} في {b}."),
    ("{a} is located in {b}.", "تقع {a} في {b}."),
    ("{a} is one of the largest cities in {b}.", "تعد {a} واحدة من أكبر المدن في {b}."),
    ("{a} was founded in {n} in {b}.", "تأسست {a} عام {n} في {b}."),
    ("In {n}, {a} won against {b}.", "في عام {n} فاز {a} على {b}."),
    ("{a} studied at {b} and became a professor in {n}.", "درس {a} في {b} وأصبح أستاذا عام {n}."),
    ("{a} was the leader of {b} until {n}.", "كان {a} زعيم {b} حتى عام {n}."),
    ("{a}, together with {b}, signed the agreement on Monday.", "وقع {a} مع {b} الاتفاق يوم الاثنين."),
    ("The minister met {a} to discuss {b}.", "التقى الوزير {a} لبحث {b}."),
    ("{a} announced on Sunday that {b} would continue.", "أعلن {a} يوم الأحد أن {b} سيستمر."),
    ("The army said that {a} had been attacked near {b}.", "قال الجيش إن {a} تعرض لهجوم قرب {b}."),
    ("The population of {a} was {n} in the last census.", "بلغ عدد سكان {a} {n} نسمة في التعداد الأخير."),
    ("{a} published a book about {b} in {n}.", "نشر {a} كتابا عن {b} في عام {n}."),
    ("According to {a}, the war in {b} ended in {n}.", "وفقا لـ {a} انتهت الحرب في {b} عام {n}."),
    ("The film stars {a} and {b}.", "الفيلم من بطولة {a} و{b}."),
)
