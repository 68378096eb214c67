"""Italian."""

from dashboard.workflow.wordings.base import Wording

ITALIAN = Wording(
    language="it",
    keywords="persona|umano|operatore|operatrice|qualcuno|parlare|agente|vorrei|voglio|assistenza|responsabile",
    people="""persona|persone reali|persone vere|umano|umana|umani|essere umano|operatore|operatrice|operatori
        |agente|agenti|rappresentante|consulente|assistenza clienti|servizio clienti|servizio assistenza
        |assistenza umana|aiuto umano|supporto umano|supporto clienti|addetto|addetta|impiegato|impiegata
        |supervisore|supervisora|operatore umano|agente umano|membro del team|persona in carne e ossa
        |call center|customer service|centralinista|qualcuno di reale""",
    contacts="""qualcuno|qualcun|responsabile|direttore|direttrice|capo|supporto|supporto tecnico|tecnico
        |specialista|esperto|esperta|commesso|commessa|vostro team|team|assistenza|venditore|collega|titolare
        |vostro staff|staff|reparto vendite|qualcuno di voi|gente vera|manager""",
    determiners="""un|una|uno|il|lo|la|l|i|gli|le|qualche|altro|altra|vostro|vostra|tuo|tua|suo|sua|vostri|dei
        |degli|del|dello|della|dell|al|all|ad un|mio""",
    adjectives="vero|vera|reale|autentico|altro|altra|vostro|bravo|brava|semplice|normale|essere|vostra|veri|vere",
    qualities="""reale|reali|umano|umana|vero|vera|vere|in carne e ossa|fisica|fisico|del supporto
        |dell assistenza|del servizio clienti|competente|per favore|subito|ora|adesso|dal vivo|viva|vivo
        |disponibile|del team|del vostro team|in linea|direttamente|umani|del negozio""",
    compounds="""immobiliare|di viaggio|di viaggi|segreto|arancio|arancione|di pulizia|pulente|assicurativo
        |turistico|mobile|alta|alto|di due|di 2|per tenda|giuridica|sbiancante|chimico|numero|orari|telefono
        |che misura|o due|o piu|da sola|fisica o|logistico|logico|matematico|di commercio|con disabilita
        |atmosferico|telefonico""",
    talk="""parlare|parlo|parli|chattare|conversare|discutere|contattare|comunicare|confrontarmi|parlarne
        |dialogare|parlre|palare|parlar|entrare in contatto|mettermi in contatto|essere messo in contatto
        |essere messa in contatto|avere a che fare|essere aiutato|essere aiutata|essere seguito
        |essere trasferito|essere trasferita|discuterne|scrivere|contatto|risolvere|una conversazione|rivolgermi
        |interagire|parlerei""",
    moves="""mi passi|passami|mi passa|passatemi|passarmi|mi passate|passare|mi metta|mettimi|mettetemi|mettermi
        |mi mette|mi metti|mi mettete|mi trasferisca|trasferiscimi|trasferitemi|trasferirmi|trasferire
        |mi trasferisci|mi colleghi|collegami|collegatemi|collegarmi|mi connetta|connettimi|connettetemi
        |connettermi|mi indirizzi|indirizzami|indirizzarmi|mi mandi|mandami|inoltrami|inoltrarmi|inoltrare
        |mi reindirizzi|escalation|dirottami|passa|passate""",
    needs="""voglio|vorrei|ho bisogno di|ho bisogno dell|bisogno di|mi serve|mi servirebbe|desidero|preferisco
        |preferirei|datemi|dammi|mi dia|posso avere|potrei avere|cerco|esigo|chiedo|richiedo|mi occorre
        |vorrei avere|voglio avere|pretendo|chiama|chiamate|chiami|chiamami|trovami|l aiuto di|aiuto di|aiuto da
        |gradirei|aspetto|mi passi|mi passa|passami|passatemi|sto chiedendo|dove trovo|serve|volio""",
    links="""con|a|ad|al|allo|alla|all|in contatto con|in comunicazione con|in linea con|da|dal|di|verso|col
        |coll|presso|un""",
    fillers="""per favore|perfavore|ora|adesso|subito|direttamente|solo|immediatamente|piuttosto|urgentemente
        |meglio|qui|mi|davvero|invece|di persona|gentilmente|parlare con|prego""",
    polite="""per favore|perfavore|per piacere|grazie|ciao|salve|buongiorno|buonasera|ok|ora|subito|si|adesso
        |prego|voglio|urgente|vorrei|solo|allora|meglio|scusi|scusa|pf""",
    sentences=(
        r"(?:c e|ci sono|avete|ce) (?:qui |la |li )?(?:un|una|uno|qualche|degli|dei|delle)? ?(?:essere |vero |vera )?"
        r"(?:umano|umana|operatore|operatrice|agente|persona reale|persona vera|operatori|rappresentante|consulente)",
        r"(?:c e )?qualcuno (?:qui )?(?:con cui|con il quale|che mi possa|che possa|di reale|di umano"
        r"|del team|dell assistenza|vero)",
        r"(?:persona|qualcuno|umano|operatore) (?:con cui|con la quale|con il quale) (?:\w+ ){0,2}parlare",
        r"che (?:mi |ci )?(?:aiuti|risponda|assista|contatti|chiami|richiami) (?:un|una) ?{np}",
        r"che (?:un|una|un altra) ?{np} (?:mi |ci |se ne |lo |la )*(?:aiuti|risponda|assista|contatti|chiami"
        r"|richiami|occupi|veda)",
        r"(?:mi passi|mi passa|passami|passatemi|mi passate) qualcuno",
        r"che qualcuno mi (?:contatti|chiami|richiami|assista)",
        r"(?:puo|potrebbe|possono) (?:\w+ )?(?:aiutarmi|rispondermi|assistermi|chiamarmi|contattarmi) {np}",
        r"(?:un|una) ?{np} (?:puo|potrebbe|possa) (?:\w+ ){0,2}(?:aiutarmi|aiutare|rispondere|rispondermi"
        r"|assistermi|chiamarmi)",
        r"(?:non|basta|stanco di|stanca di|stufo di|stufa di|invece di) (?:\w+ ){0,3}(?:parlare|parlando"
        r"|chattare) con "
        r"(?:un |una |questo |questa |il |la |lo )*(?:bot|robot|macchina|macchine|chatbot|ia|computer"
        r"|intelligenza artificiale)",
        r"non (?:voglio|mi serve) (?:un |una |questo |il |piu )*(?:bot|robot|macchina|chatbot|ia)$",
        r"(?:mi trasferisca|trasferiscimi|trasferitemi)(?: per favore| subito| ora)*$",
        r"(?:intervento|contatto|assistenza) uman[oa]",
    ),
    negations=(
        r"(?:non|mai|senza|ne|nemmeno|neanche)"
        r"(?: (?:voglio|vorrei|ho|bisogno|di|mi|serve|occorre|desidero|necessario|e|che|sto|chiedendo|ci"
        r"|tengo|intendo|avere"
        r"|dover|devo|per|cerco|cercando|piu|davvero|ancora))*",
        r"(?:invece di|anziche|piuttosto che|evitare di|odio|grazie per)(?: \w+)?",
        r"(?:devo|dovrei|bisogna|sto|stavo|sei|e lei|ho gia|ho appena|ieri ho)(?: (?:proprio|per forza|\w+ndo"
        r"|parlato))?",
        r"(?:lui|lei|loro|mio \w+|mia \w+) (?:vuole|preferisce|vogliono)",
    ),
    excuses=(
        r"perche non",
        r"come (?:posso|faccio|si)",
        r"non (?:posso|riesco a)",
        r"ho gia (?:chiesto|detto)",
        r"cosa devo fare per",
    ),
)
