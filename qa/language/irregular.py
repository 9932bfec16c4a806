"""English forms that no suffix rule leads home: irregular verbs and plurals, each with its base form.

Left out on purpose: forms that are at least as often another word (left, rose, found of "founded" is kept: suffix rules
give "founded" the stem "found", so the two stay apart).
"""

from __future__ import annotations

_BASE_FIRST = """
arise arose arisen
awake awoke awoken
beat beaten
become became
begin began begun
bend bent
bite bitten
bleed bled
blow blew blown
break broke broken
breed bred
bring brought
build built
burn burnt
buy bought
catch caught
choose chose chosen
cling clung
come came
creep crept
deal dealt
dig dug
draw drew drawn
dream dreamt
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
fight fought
find found
flee fled
fly flew flown
forbid forbade forbidden
forecast forecasted
foresee foresaw foreseen
forget forgot forgotten
forgive forgave forgiven
freeze froze frozen
give gave given
grow grew grown
hang hung
hear heard
hide hidden
hold held
keep kept
know knew known
lead led
learn learnt
lend lent
light lit
lose lost
mean meant
meet met
mistake mistook mistaken
overcome overcame
overtake overtook overtaken
overthrow overthrew overthrown
oversee oversaw overseen
pay paid
prove proven
ride rode ridden
ring rang rung
rise risen
run ran
seek sought
sell sold
send sent
shake shook shaken
shine shone
shoot shot
show shown
shrink shrank shrunk
sing sang sung
sink sank sunk
sleep slept
slide slid
speak spoke spoken
spend spent
spin spun
spring sprang sprung
stand stood
steal stole stolen
stick stuck
strike struck stricken
strive strove striven
swear swore sworn
sweep swept
swim swam swum
swing swung
take took taken
teach taught
tear tore torn
think thought
throw threw thrown
undergo underwent undergone
understand understood
undertake undertook undertaken
uphold upheld
wake woke woken
wear wore worn
weave wove woven
weep wept
win won
withdraw withdrew withdrawn
withhold withheld
withstand withstood
write wrote written
child children
man men
woman women
foot feet
tooth teeth
goose geese
mouse mice
ox oxen
wife wives
wolf wolves
knife knives
thief thieves
half halves
calf calves
shelf shelves
crisis crises
thesis theses
hypothesis hypotheses
phenomenon phenomena
criterion criteria
bacterium bacteria
nucleus nuclei
"""

BASE_FORMS = {
    form: words[0] for words in (line.split() for line in _BASE_FIRST.strip().splitlines()) for form in words[1:]
}
"""Folded form → folded base form: ``wrote`` → ``write``."""
