"""Spanish."""

from dashboard.workflow.wordings.base import Wording

SPANISH = Wording(
    language="es",
    keywords="""persona|personas|humano|humana|agente|asesor|operador|operadora|representante|alguien|hablar
        |supervisor|encargado|quiero|necesito|atencion|cliente|servicio|comunicar""",
    people="""chat en vivo|chat humano|persona|personas reales|humano|humana|humanos|ser humano|agente|agentes
        |asesor|asesora|asesores|operador|operadora|operadores|representante|representantes|ejecutivo|ejecutiva
        |teleoperador|teleoperadora|encargado|encargada|gerente|supervisor|supervisora|atencion al cliente
        |atencion al publico|servicio al cliente|servicio de atencion al cliente|atencion humana|ayuda humana
        |asistencia humana|soporte humano|gente real|atencion personalizada|asistente humano|agente humano
        |operador humano|humano real|miembro del equipo|miembro de su equipo|trabajador|empleado|empleada
        |alguien real|alguien humano|alguien de verdad""",
    contacts="""alguien|responsable|jefe|jefa|companero|companera|soporte|soporte tecnico|tecnico|especialista
        |experto|experta|consultor|su equipo|tu equipo|vuestro equipo|el equipo|ventas|personal|vendedor
        |vendedora|dependiente|alguno|uno de ustedes|ustedes|gente|equipo de soporte|equipo de atencion
        |servicio tecnico|administrador""",
    determiners="""un|una|uno|el|la|los|las|lo|algun|alguna|algunos|otro|otra|su|sus|tu|tus|vuestro|vuestra|mi
        |al|de sus|de tus|cualquier|ese|esa|este|esta""",
    adjectives="verdadero|verdadera|autentico|autentica|buen|buena|simple|pinche|puto|puta|maldito|maldita|mismo",
    qualities="""real|reales|humano|humana|fisica|fisico|de verdad|de carne y hueso|en vivo|en linea|de soporte
        |de ventas|de atencion|de atencion al cliente|de servicio al cliente|verdadera|verdadero|competente
        |por favor|ya|ahora|disponible|viva|vivo|autentica|directamente|mejor|experto|de la tienda|de la empresa
        |de su equipo|de tu equipo""",
    compounds="""inmobiliari[oa]|de viajes?|de seguros|de policia|secreto|naranja|de limpieza|limpiador
        |espumante|quimico|turistic[oa]|logistic[oa]|movil|mayor|sola|alta|alto|juridica|mas|por tienda
        |de dos metros|de 2|que mide|de talla|matematico|sana|adulta|de aduanas|con discapacidad|comercial de
        |telefonic[oa]|blanqueador|moral|de cambio|dormida|dormidas|numero|horario|telefono|de mas de
        |de menos de|o dos|o mas|del cuerpo|de altura""",
    talk="""hablar|hablarle|hablarlo|charlar|chatear|conversar|platicar|comunicar|comunicarme|comunicarse
        |comunicarnos|contactar|contactarme|contactarse|tratar|dialogar|hablo|que hable|chat en vivo|chat|ablar
        |hblar|hablr|habalr|entrar en contacto|ponerme en contacto|poner en contacto|contacto|contacto directo
        |ser atendido|ser atendida|consultar|tratarlo|resolverlo|que me atienda|que me ayude|me atienda
        |me atendiera|me atendieran|que me atendiera|me ayude|atienda|que me atiendan|atenderme|hablamos""",
    moves="""pasame|paseme|pasenme|pasarme|me pasas|me pasa|me pasan|me pase|me pases|me pueda pasar|pasar
        |conectame|conecteme|conectarme|conectenme|conecta|conectar|me conecta|me conectas|me conecten
        |me conecte|comuniqueme|comunicame|comuniquenme|me comunica|me comuniques|pon a|ponga a|me comunicas
        |me comunique|me comuniquen|transfiereme|transfierame|transferirme|transfieranme|transferir|transfiera
        |transfiere|me transfiere|me transfiera|me transfieres|me transfieran|derivame|deriveme|derivarme
        |me deriva|me derive|me deriven|derivar|ponme|pongame|ponganme|ponerme|poneme|me pone|me pones|me ponga
        |me pongan|me puede poner|redirigeme|redirijame|enviame|enviarme|contactame|contacteme|escalar|escala
        |escale|escalar esto|escala esto|remiteme|enlazame|enlaceme|mandame""",
    needs="""quiero|prefiero a|preferiria a|pon a|ponga a|quisiera|necesito|deseo|prefiero|preferiria
        |me gustaria|busco|exijo|solicito|pido|dame|deme|denme|querria|ocupo|requiero|necesitaria|quiero a
        |quiero ver|queremos|necesitamos|consigueme|traeme|llama a|llame a|me das|me da|puedo tener
        |quiero que me atienda|quiero ayuda de|necesito ayuda de|ayuda de|solicitar|pedir|necesito la ayuda de
        |estoy pidiendo|he pedido|que venga|quiro|nececito|nesesito|kiero|me urge|urge""",
    links="con|a|al|de|por|por parte de|en contacto con|en comunicacion con|en linea con|hacia|donde",
    fillers="""por favor|ya|ahora|ahora mismo|directamente|mejor|solo|solamente|inmediatamente|urgentemente|hoy
        |me|lo|esto|en contacto|una llamada|en linea|rapido|realmente|en persona|de verdad|tener""",
    polite="""por favor|porfa|porfavor|gracias|hola|ok|ya|ahora|si|buenas|buenos dias|buenas tardes
        |buenas noches|que|ahora mismo|urgente|disculpe|perdon|pues|entonces|mejor|quiero|inmediatamente|solo
        |oye|oiga|hey|favor|please|bueno""",
    sentences=(
        r"(?:hay|habra|esta|tienen|tienes|tiene|existe) (?:ahi |aqui |por ahi )?"
        r"(?:algun|alguna|un|una|algunos)? ?(?:ser )?(?:humano|humana|agente|operador|operadora|asesor|asesora"
        r"|representante|persona real|persona de verdad|alguien real)"
        r"(?! movil| turistic| logistic| de )",
        r"hay (?:alguna |una )?persona (?:ahi|aqui|real|con|que|disponible|detras)",
        r"(?:hay )?alguien (?:ahi )?(?:con quien|con el que|con la que|a quien|que me atienda|que me pueda atender)",
        r"(?:persona|alguien|humano|agente) con (?:quien|el que|la que|el cual|la cual) (?:\w+ ){0,2}hablar",
        r"que (?:me|nos) (?:\w+ )?(?:atienda|ayude|llame|contacte|responda|conteste|hable|escriba|explique)(?:n)?"
        r" (?:por favor )?{contact}",
        r"que (?:alguien|una persona|un humano|un agente|un asesor)(?: real| humano)? (?:me|nos|se|lo|le)? ?(?:\w+ )?"
        r"(?:atienda|ayude|llame|contacte|responda|conteste|comunique|revise|hable|escriba)",
        r"(?:puede|puedes|podria|podrias|pueden|podra) (?:\w+ )?(?:atenderme|ayudarme|contestarme|responderme"
        r"|llamarme) {np}",
        r"(?:me|nos) (?:puede|podria|pueden) (?:atender|ayudar|contestar|responder|llamar) {np}",
        r"(?:estoy )?(?:no|ni|basta de|harto de|harta de|dejar de|cansado de|cansada de|en vez de) (?:\w+ ){0,3}"
        r"(?:hablar|hablando|chatear|tratar|conversar) con (?:un |una |este |esta |el |la |tu "
        r"|ustedes )*(?:estupido |maldito )?"
        r"(?:bot|bots|robot|robots|maquina|maquinas|chatbot|ia|inteligencia artificial|computadora|ordenador)",
        r"no (?:quiero|necesito) (?:un |una |este |esta |mas |al |el |la )*(?:bot|bots|robot|robots|maquina"
        r"|chatbot|ia)$",
        r"(?:alguien|persona) que no sea (?:un |una )?(?:bot|robot|maquina|chatbot)",
        r"(?:pasame|paseme|transfiereme|transfierame|derivame|comuniqueme|comunicame|conectame)(?: por favor"
        r"| ya| ahora)+$",
        r"(?:escala|escale|escalar) (?:esto|el caso|mi caso|la consulta)$",
        r"(?:con|a) {np} (?:en vez|en lugar)",
        r"(?:intervencion|contacto|trato) human[oa]",
    ),
    negations=(
        r"(?:no|nunca|tampoco|ni|sin|jamas)"
        r"(?: (?:quiero|quisiera|necesito|deseo|me|nos|hace|falta|que|es|necesario|tengo|ganas|de|te|le|lo|se"
        r"|gustaria|hagas"
        r"|prefiero|tener|pedi|pedir|quieras|intentes|vuelvas|a|por|favor|estoy|pidiendo|buscando|preciso|voy"
        r"|querer))*",
        r"(?:en vez de|en lugar de|antes que|evitar|odio|para no|gracias por|en caso de)(?: \w+)?",
        r"(?:estoy|estaba|eres|es usted|ya|estuve|sos|acabo de|logre|pude|consegui|ayer)(?: \w+)?",
        r"(?:el|ella|ellos|mi \w+) (?:quiere|prefiere|suele|quieren)",
    ),
    excuses=(
        r"por que no",
        r"porque no (?:puedo|me)",
        r"como (?:puedo|hago|se)",
        r"(?:ya|tengo que|estoy) (?:he |te |le |les )*(?:pedi|pedido|dije|dicho|pidiendo|solicite|esperando)",
        r"que (?:hago|tengo que hacer|debo hacer) para",
        r"no puedo",
    ),
)
