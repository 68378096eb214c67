"""Words that carry no subject of their own, in the six languages that rules know. All in normalised form.

Words that are a thing in another of these languages ("hat", "fur") are left out.
"""

_LISTS = {
    "en": """
        a again an and any are as at be been but by bye can could did do does for from get got had has have
        hello help hey hi how i id if im in into is it its ive just know let like lot may me much my need no not
        of off ok okay on or our out please really should so some tell than thank thanks that the their them
        then there these they this to today too us very want wanted was we were what whats when where wheres
        which who whos why will with would yes you your youre
    """,
    "es": """
        a al algo aqui asi como con cual cuando cuanta cuanto cuantos de del desde donde e el ella ellos en
        entre era es esa ese eso esta estan estar este esto estoy favor fue gracias ha hace han hay he hola la
        las le les lo los mas me mi mis mucha muchas mucho muchos muy necesito no nos o os para pero poder
        podria por porque puede pueden puedo que quien quiero quisiera saber se ser si sobre son soy su sus te
        tengo tiene tienen tu tus un una unas uno unos y ya yo
    """,
    "de": """
        aber als am an auch auf aus bei bis bitte da danke das dass dem den der des die dir du ein eine einem
        einen einer es gibt habe haben hallo ich ihr ihre ihren ihrer im in ist ja kann kein keine konnen konnte
        man mein meine meinem meinen meiner mich mir mit mochte nach nicht noch schon sie sind so uber um und
        uns viel viele vielen vom von wann warum was wegen welche wenn wer wie wieviel will wir wird wo wurde zu
        zum zur
    """,
    "fr": """
        a ai au aux avec avez avoir beaucoup bonjour c ce ces cette combien comment d dans de des du elle en est
        et etre faire il ils j je l la le les leur ma mais me merci mes mon n ne nous on ou par pas plait
        pourquoi pouvez puis qu quand que quel quelle quelles quels qui s sa sans savoir se ses si sont sur ta
        te toi tu un une veux vos votre voudrais vous y
    """,
    "pt": """
        a ao aos as com como da das de do dos e ela ele em entao era essa esse esta estao este eu foi ha isso
        isto ja la mais mas me meu meus minha minhas muitas muito muitos na nao nas no nos o obrigada obrigado
        ola onde os ou para pela pelo pode podem por porque posso preciso quais qual quando quanto que quem
        quero saber se sem ser seu sou sua tem tenho um uma voce
    """,
    "it": """
        a ad agli ai al alla alle anche avere c che chi ci ciao come con cosa cui da dal dalla de dei del della
        delle di dove e ed essere favore gli grazie ha hai ho i il in io l la le lei lo loro ma mi mia miei
        mille mio molte molto ne nei nel nella no noi non o per perche piu posso puo qual quale quali quando
        quanto quella quello questa questo qui sapere se sei si sono su sua suo tante tu un una uno vi voglio
        vorrei vostra vostro
    """,
}

BY_LANGUAGE = {language: frozenset(text.split()) for language, text in _LISTS.items()}
STOP_WORDS = frozenset().union(*BY_LANGUAGE.values())
