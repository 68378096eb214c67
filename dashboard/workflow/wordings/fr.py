"""French."""

from dashboard.workflow.wordings.base import Wording

FRENCH = Wording(
    language="fr",
    keywords="""humain|humaine|conseiller|conseillere|personne|operateur|operatrice|parler|agent|interlocuteur
        |responsable|voudrais|quelqu""",
    people="""humain|humaine|humains|etre humain|etres humains|vraie personne|personne reelle|personne humaine
        |conseiller|conseillere|conseillers|agent|agents|operateur|operatrice|representant|representante
        |teleconseiller|interlocuteur|interlocutrice|service client|service clients|service clientele
        |service apres vente|sav|superviseur|responsable|gerant|collaborateur|collaboratrice|charge de clientele
        |agent humain|support client|aide humaine|assistance humaine|membre de votre equipe|membre de l equipe
        |vrai humain|vrai agent|vrai conseiller|vraies personnes|employe|employee""",
    contacts="""quelqu un|personne|une personne|support|support technique|technicien|technicienne|specialiste
        |expert|experte|manager|directeur|directrice|chef|vendeur|vendeuse|votre equipe|l equipe|equipe
        |service technique|service commercial|commercial|collegue|gens|l un de vos conseillers|vos equipes
        |assistance|quelqun|quelquun|patron|qqn""",
    determiners="""un|une|le|la|les|l|du|des|de l|votre|vos|ton|tes|ta|d|de|au|aux|a un|autre|un de vos
        |une de vos|cet|cette|mon""",
    adjectives="""vrai|vraie|veritable|autre|reel|reelle|bon|bonne|competent|qualifie|service|seul|seule|agent
        |etre|vrais|vraies|simple""",
    qualities="""humain|humaine|reel|reelle|de reel|d humain|de vrai|en chair et en os|physique|competent
        |competente|en ligne|en direct|s il vous plait|svp|stp|du service client|de votre equipe|du support
        |directement|qualifie|vivant|vivante|en vrai|disponible|maintenant|de chez vous|de l equipe|de competent""",
    compounds="""d entretien|orange|immobilier|immobiliere|de voyage|de voyages|secret|de securite|de mesure
        |nettoyant|smith|de police|de 2|de deux|de taille|de grande|par tente|mobile|moral|morale|juridique
        |logistique|numero|horaires|impermeabilisant|economique|de change|ne|n|chimique|mesurant|et demie
        |ou deux|ou plus|agee|seule dans|telephonique|comptable|ressources|qui mesure|commercial de""",
    talk="""parler|parle|discuter|echanger|chatter|tchatter|tchater|chater|communiquer|dialoguer|joindre
        |contacter|m adresser|entrer en contact|etre mis en contact|etre mis en relation|etre mise en relation
        |avoir affaire|conversation|converser|entretenir|m entretenir|rejoindre|parlez|causer|traiter|discussion
        |paler|palrer|parller|etre aide|contact|entrer en relation|prendre contact|etre en contact
        |etre en relation|etre transfere|etre transferee|etre redirige""",
    moves="""passez moi|passe moi|me passer|passer|mettez moi en relation|mets moi en relation
        |me mettre en relation|mettez moi en contact|mets moi en contact|me mettre en contact|mettre en contact
        |mettre en relation|transferez moi|transfere moi|me transferer|transferer|transfert|connectez moi
        |connecte moi|me connecter|dirigez moi|me diriger|redirigez moi|me rediriger|rediriger|envoyez moi
        |renvoyez moi|orientez moi|escalader|remontez|basculer|mise en relation|mise en contact|relier
        |reliez moi|me relier|met moi|mettez moi""",
    needs="""veux|voudrais|souhaite|souhaiterais|aimerais|aimerais avoir|voudrais avoir|veux avoir|besoin d
        |besoin de|besoin|il me faut|faut|prefere|prefererais|desire|donnez moi|donne moi|exige|demande
        |puis je avoir|pourrais je avoir|peux je avoir|avoir|cherche|reclame|passez moi|passe moi|appelez
        |appelez moi|je peux avoir|l aide d|aide d|reponse d|voir|trouvez moi|obtenir|attends""",
    links="""a|avec|vers|en relation avec|en contact avec|au|aux|chez|par|de|d|en ligne avec
        |en communication avec|en direct avec""",
    fillers="""s il vous plait|s il te plait|svp|stp|maintenant|directement|plutot|juste|vite|tout de suite
        |immediatement|vraiment|enfin|seulement|moi|me|rapidement|en direct|de vive voix|d abord|bien""",
    polite="""s il vous plait|s il te plait|svp|stp|merci|bonjour|bonsoir|salut|ok|maintenant|oui|je veux
        |tout de suite|enfin|urgent|allo|vite|immediatement|bon|alors|juste|seulement|plutot""",
    sentences=(
        r"(?:y a t il|est ce qu il y a|il y a|avez vous|y a) (?:\w+ )?(?:un |une |des |quelques )?(?:vrai "
        r"|vraie |seul )?"
        r"(?:humain|humaine|conseiller|agent|operateur|vraie personne|personne reelle|etre humain)",
        r"quelqu ?un (?:a qui|avec qui|qui puisse me|de reel|d humain|de vrai|de l equipe|du service|de votre"
        r"|du support)",
        r"(?:personne|humain|conseiller|agent) (?:a qui|avec qui) (?:\w+ ){0,2}(?:parler|discuter|echanger)",
        r"(?:un|une) {np} (?:peut|pourrait|puisse|peux|pourra) (?:\w+ ){0,3}"
        r"(?:aider|repondre|rappeler|appeler|contacter|regarder|prendre|occuper)",
        r"(?:peut|pourrait) (?:\w+ )?(?:me |m )?(?:aider|repondre|rappeler|appeler|contacter) (?:par )?{np}",
        r"(?:qu|que) (?:un|une) {np} (?:\w+ ){0,2}"
        r"(?:aide|reponde|rappelle|appelle|contacte|regarde|prenne|occupe|reprenne|traite|vienne)",
        r"(?:pas|marre|plus|assez|arreter|arretez) (?:\w+ ){0,3}(?:parler|parle|discuter|chatter"
        r"|echanger) (?:a|avec) "
        r"(?:un |une |ce |cette |le |la |votre )*(?:robot|robots|bot|bots|machine|machines|chatbot|ia|ordinateur)",
        r"pas (?:un |une |d |de |le )*(?:robot|bot|machine|chatbot|ia)$",
        r"(?:transferez moi|transfere moi|mettez moi en relation|passez moi quelqu ?un)",
        r"(?:contact|intervention|aide|assistance|interaction) humaine?",
    ),
    negations=(
        r"(?:pas|jamais|sans|ni|plutot que|au lieu de|eviter de|evite de|inutile de|refuse de|point|plus"
        r"|aucun|aucune)"
        r"(?: (?:vraiment|besoin|envie|de|d|a|que|forcement|du|tout|necessairement|me|etre|obligatoirement"
        r"|vouloir|avoir|encore"
        r"|souhaite|avec|l|un|une|utile|necessaire|question|demande))*",
        r"(?:merci de (?:m|ne)|dois je|faut il|est ce que je dois|devrais je|suis je en train de"
        r"|est ce que je|etes vous|es tu)"
        r"(?: \w+)?",
        r"(?:j ai|ai|avons|viens de)(?: (?:deja|hier|pu))*",
        r"(?:je suis en train de|j etais en train de|en train de)",
    ),
    excuses=(
        r"pourquoi",
        r"comment",
        r"je (?:ne )?peux pas",
        r"(?:peux|puis|pourrais|voudrais|pourrait)",
        r"j ai (?:besoin|envie|demande)",
    ),
)
