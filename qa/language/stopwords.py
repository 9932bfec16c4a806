"""Function words of both languages: they carry no topic, so a question's search leaves them out.

Arabic entries are written as in running text; the analyzer compares their terms. Months and names that look like
function words (May) are left out of the list on purpose.
"""

from __future__ import annotations

_ENGLISH = """
    a about above after again against ago al all almost along already also although always am among amongst an and
    another any anybody anyone anything are arent as at away be became because become becomes been before being
    below between both but by came can cannot cant come comes could couldnt did didnt do does doesnt doing dont done
    down during each either else ever every everyone everything few for from further get gets give given gives go
    goes going got had hadnt has hasnt have havent having he hed hell her here hers herself hes him himself his how
    however i id if ill im in instead into is isnt it itd itll its itself ive just let lets like made make makes
    many me might mine more most much must my myself neither no nor not now of off often on once one ones only onto
    or other others otherwise our ours ourselves out over own per rather really said same say says see seem seems
    several shall shant she shed shell shes should shouldnt since so some someone something still such tell than
    that thats the their theirs them themselves then there theres these they theyd theyll theyre theyve this those
    though through thus to together too toward towards under unless until up upon us used very via was wasnt way we
    wed well went were werent weve what whatever whats when whenever where wheres whether which while who whoever
    whom whos whose why will with within without wont would wouldnt yes yet you youd youll your youre yours yourself
    yourselves youve s t st nd rd th eg ie etc according please
"""

_ARABIC = """
    في من على إلى عن مع هذا هذه هذان هذين هاتان هاتين ذلك تلك ذاك هؤلاء أولئك هنا هناك هنالك التي الذي الذين اللذان
    اللذين اللتان اللتين اللاتي اللواتي اللائي أن إن أنه إنه أنها إنها أنهم إنهم بأن بأنه بأنها لأن لأنه لأنها فإن
    وأن وإن لكن لكنه لكنها كأن ليت لعل ما ماذا لماذا من متى أين كيف كم أي أية أيها أيهما هل لم لن لا ليس ليست ليسوا
    كان كانت كانوا يكون تكون يكونون كن كنت كنا قد لقد سوف إذا إذ إذن لو لولا حتى حيث حين حينما عندما بينما كلما
    بعدما قبل بعد بين عند لدى لديه لديها لديهم منذ مذ خلال أثناء حول دون بدون غير سوى فوق تحت خلف وراء ضد نحو
    عبر ضمن كل كلا كلتا بعض إحدى جميع أيضا كذلك هو هي هم هن هما أنا نحن أنت أنتم أنتما أنتن إياه به بها بهم
    بهذا بهذه بذلك له لها لهم لهما لنا لك لي لهذا لهذه لذلك لذا فيه فيها فيهم فيهما منه منها منهم منهما عنه عنها
    عنهم عليه عليها عليهم عليهما إليه إليها إليهم معه معها معهم مما عما فيما بما لما كما ربما إنما أما إما أو أم ثم
    بل و ف ب ل ك س فقط فقد ولقد وقد كي لكي ألا إلا هلا نعم كلا بلى تم يتم جدا ذات ذو ذي ذوي مثل مثلا مثلما حسب وفق
    وفقا بسبب بشأن عدة عدد التى اللذي والتي والذي والذين
"""

ENGLISH = frozenset(_ENGLISH.split())
ARABIC = frozenset(_ARABIC.split())
