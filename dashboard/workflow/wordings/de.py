"""German: the verb often stands at the end, so most sentences are whole patterns."""

from dashboard.workflow.wordings.base import Wording

_VERBS = (
    r"(?:sprechen|reden|chatten|schreiben|telefonieren|unterhalten|kommunizieren|verbunden"
    r"|verbinden|verbinde)"
)
_MOVED = (
    r"(?:weiterleiten|weitergeleitet|weiterverbinden|weiterverbunden|ubergeben|durchstellen|durchgestellt|wechseln"
    r"|weitergeben)"
)

GERMAN = Wording(
    language="de",
    keywords="""mensch|menschen|mitarbeiter|mitarbeiterin|kundenservice|kundendienst|kundenberater|sprechen
        |jemandem|jemanden|person|berater|verbinden|mochte""",
    people="""mensch|menschen|person|mitarbeiter|mitarbeiterin|mitarbeitern|mitarbeitenden|kundenservice
        |kundendienst|kundenbetreuer|kundenbetreuerin|kundenbetreuung|kundenberater|kundenberaterin
        |kundensupport|berater|beraterin|agent|agenten|agentin|sachbearbeiter|sachbearbeiterin|ansprechpartner
        |ansprechpartnerin|ansprechperson|operator|servicemitarbeiter|supportmitarbeiter|supportmitarbeiterin
        |vorgesetzten|vorgesetzter|live chat|livechat|menschliche hilfe|menschlichen ansprechpartner
        |menschliches wesen|menschlichen wesen|personliche beratung|kollegen|kollegin|support team|service team
        |hotline mitarbeiter|echte hilfe|live agent|live agenten""",
    contacts="""jemand|jemandem|jemanden|wem|support|kundenhotline|hotline|chef|chefin|fachmann|experten|experte
        |spezialisten|techniker|verkaufer|verkauferin|eurem team|ihrem team|team|vertrieb|service|leuten
        |irgendjemandem|irgendwem|verantwortlichen|leiter|personal|kundenabteilung|irgendjemand""",
    determiners="""ein|eine|einen|einem|einer|eines|der|die|das|den|dem|euer|euren|eurem|eure|eurer|ihr|ihre
        |ihren|ihrem|ihrer|irgendein|irgendeinen|irgendeinem|nen|nem|ne|n|von ihnen|von euch|deinem|deinen|mal
        |vom|am|beim|zum|zur""",
    adjectives="""echt|echte|echten|echter|echtem|richtig|richtige|richtigen|richtiger|richtigem|real|reale
        |realen|realer|realem|menschlich|menschliche|menschlichen|menschlicher|lebend|lebende|lebenden|lebendige
        |lebendigen|wirklich|wirkliche|wirklichen|anderen|andere|kompetenten|qualifizierten|zustandigen|netten
        |normalen|fahigen|leibhaftigen|physischen|personlichen|freundlichen|erfahrenen""",
    qualities="""aus fleisch und blut|bitte|direkt|jetzt|sofort|vom support|aus dem support|von ihnen|von euch
        |personlich|aus ihrem team|vom kundenservice|des kundenservice|im kundenservice|live""",
    compounds="""argere dich|zelt|zelte|rechte|orange|handbuch|smith|gross|pro zelt|schlafsack|mit einer grosse
        |ab|uber|unter|der groesse|mit grosse|sind|ist|nummer|telefonnummer|offnungszeiten|zeiten|oder zwei
        |oder mehr|im zelt""",
    talk="""sprechen|reden|chatten|unterhalten|kommunizieren|telefonieren|verbinden|verbinde|verbindet
        |verbunden werden|schreiben|gesprach|kontakt|kontaktieren|weiterleiten|ubergeben|ubergib|ubergebt|leite
        |leiten|wechseln|stell mich|stellen sie mich|gib mich|geben sie mich|weiter|durchstellen|durch|erreichen
        |erreiche|sprchen|sprehcen|kontakt aufnehmen|in kontakt""",
    moves="""verbinden sie mich|verbinde mich|verbindet mich|leiten sie mich|leite mich|leitet mich
        |stellen sie mich|stell mich|stellt mich|bringen sie mich|bring mich|schicken sie mich|ubergeben sie
        |ubergib|ubergeben sie mich|gib mich|geben sie mich|weiterleitung|weiterleiten|eskalieren|eskalieren sie
        |wechsel|lass mich|lassen sie mich""",
    needs="""mochte|ich will|will|wollen|brauche|brauchen|hatte gern|hatte gerne|wunsche|benotige|verlange
        |bevorzuge|gib mir|geben sie mir|gebt mir|gibt es|gibt es hier|holen sie|hol|hol mir|holt|ich mag
        |will bitte|kann ich|konnte ich|suche|wurde gern|bitte um|rufen sie|ruf|erwarte|hilfe von
        |unterstutzung von|antwort von|hilfe durch|fordere|wo ist|wo finde ich|konnen sie mir|kannst du mir
        |hab lieber|habe lieber|lieber|schick mir|schicken sie mir""",
    links="mit|an|zu|zum|zur|von|durch|beim|bei|uber|vom|auf|nach",
    fillers="""bitte|jetzt|sofort|gerne|gern|direkt|lieber|mal|doch|endlich|ich|mir|mich|hier|einfach|nur|auch
        |sie|du|nun|dringend|unbedingt|eher|personlich|wieder|so schnell wie moglich|kurz|da""",
    polite="""bitte|danke|hallo|hi|ok|okay|jetzt|sofort|ja|guten tag|guten morgen|moin|servus|gruss gott
        |ich will|endlich|dringend|nur|lieber|bitte schon|also|dann|hey|gerne|mochte""",
    sentences=(
        rf"(?:mit|an|zu|zum|zur|durch|uber|beim) {{contact}} (?:(?!nicht|nie|kein)\w+ ){{0,4}}(?:{_VERBS}|{_MOVED})",
        rf"(?:{_VERBS}|{_MOVED}) (?:sie |mich |bitte |ich |du |doch |jetzt |mal ){{0,4}}(?:mit|an|zu|zum"
        rf"|zur) {{contact}}",
        r"(?:an|zu|zum|zur) {contact} (?:\w+ ){0,2}(?:weiter|durch|uber)\b",
        r"(?:kann|konnte|konnten|wurde|soll|darf) (?:mir |bitte |sich |das |da |hier |mich ){0,3}"
        r"(?:ein |eine |einer von ihnen )?(?:echter |echte |richtiger |richtige |menschlicher )?"
        r"(?:mensch|mitarbeiter|mitarbeiterin|kundenberater|berater|person|agent|kollege|kollegin)",
        r"(?:jemand|jemanden|jemandem|mensch|menschen|mitarbeiter) (?:\w+ ){0,2}(?:mit dem|mit der|mit dem ich|zum)"
        r" (?:\w+ ){0,2}(?:sprechen|reden)",
        r"(?:ist|gibt es|sitzt) (?:da |hier |dort |auch )?(?:irgendwo )?(?:ein |eine |irgendein )(?:echter "
        r"|echte |richtiger )?"
        r"(?:mensch|mitarbeiter|mitarbeiterin|echte person|person (?:da|hier|erreichbar))",
        r"(?:jemand|jemanden|jemandem) (?:echtes|echten|vom support|vom team|aus dem team|aus ihrem team"
        r"|vom kundenservice)",
        r"(?:nicht|kein|keinen|keinem|keine|statt|satt|genug) (?:mehr )?(?:mit )?(?:einem |einer |dem "
        r"|diesem |ein |einen |von )*"
        r"(?:bot|bots|roboter|maschine|maschinen|chatbot|ki|computer|automaten)(?: (?:sprechen|reden"
        r"|schreiben|chatten|mehr))*$",
        r"(?:kein|keinen|keine) (?:bot|roboter|maschine|chatbot|ki)(?: (?:bitte|mehr))*$",
        r"(?:verbinden sie mich|leiten sie mich weiter|verbinde mich|leite mich weiter)(?: bitte)?(?: weiter)?$",
        r"dass (?:sich |mir |mich )?(?:ein|eine) (?:echter |echte )?(?:mensch|mitarbeiter|mitarbeiterin"
        r"|person|berater)"
        r" (?:\w+ ){0,4}(?:kummert|hilft|meldet|antwortet|anruft|ansieht|schaut)",
        r"(?:menschlichen|personlichen) (?:kontakt|support|ansprechpartner|service)",
        r"(?:mensch|mitarbeiter|person) (?:statt|anstatt|anstelle)",
    ),
    negations=(
        r"(?:nicht|kein|keine|keinen|keinem|keiner|ohne|nie|niemals|statt|anstatt|weder|ungern)"
        r"(?: (?:wirklich|unbedingt|mehr|mochte|will|zu|noch|gleich|extra|erst|einmal|brauche|direkt|sofort"
        r"|jetzt|gerne))*",
        r"(?:muss|musste|soll|sollte) (?:ich|man|wir)(?: (?:dafur|dazu|da|denn|erst|immer|wirklich|zuerst))*",
        r"(?:habe|hatte|hab|bin|war|bist|sind) (?:ich|du|sie|gestern|schon|bereits|gerade|eben"
        r"|vorhin|hier)"
        r"(?: (?:gestern|schon|bereits|gerade|eben|vorhin|hier|du|ich|ein|jetzt))*",
        r"danke (?:dass|fur)(?: \w+){0,3}",
    ),
    excuses=(r"warum (?:kann|darf|verbinden|verbindest|wird)", r"wieso (?:kann|darf)", r"wie kann"),
)
