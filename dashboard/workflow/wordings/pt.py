"""Portuguese."""

from dashboard.workflow.wordings.base import Wording

PORTUGUESE = Wording(
    language="pt",
    keywords="pessoa|humano|atendente|alguem|falar|agente|operador|representante|atendimento|gostaria|preciso",
    people="""pessoa|pessoas reais|humano|humana|humanos|ser humano|atendente|atendentes|agente|agentes|operador
        |operadora|representante|gerente|supervisor|supervisora|assistente humano|atendimento humano
        |atendimento ao cliente|apoio ao cliente|suporte ao cliente|servico ao cliente|atendimento personalizado
        |consultor|consultora|funcionario|funcionaria|colaborador|colaboradora|agente humano|ajuda humana
        |suporte humano|gente de verdade|gente real|atendimento por humano|sac|pessoal do suporte""",
    contacts="""alguem|responsavel|chefe|suporte|suporte tecnico|tecnico|especialista|vendedor|vendedora
        |vossa equipa|sua equipe|equipe|equipa|time|pessoal|apoio|voces|assistente|encarregado|gente|alguem real
        |central de atendimento|colega""",
    determiners="""um|uma|o|a|os|as|algum|alguma|outro|outra|seu|sua|seus|vosso|vossa|teu|tua|ao|de um|de uma|do
        |da|qualquer|meu""",
    adjectives="verdadeiro|verdadeira|bom|boa|autentico|mesmo|proprio|propria|simples|maldito",
    qualities="""real|reais|humano|humana|de verdade|de carne e osso|fisica|fisico|do suporte|da equipe
        |da equipa|ao vivo|online|por favor|agora|ja|competente|verdadeira|verdadeiro|disponivel|viva|da loja
        |do atendimento|diretamente|da empresa""",
    compounds="""de viagens|de viagem|imobiliari[oa]|secreto|laranja|de limpeza|de seguros|turistic[oa]
        |logistic[oa]|movel|de 2|de dois|de duas|alta|alto|por barraca|por tenda|juridica|fisica ou|matematico
        |numero|horario|telefone|que mede|ou duas|ou mais|sozinha|com deficiencia|quimico""",
    talk="""falar|conversar|contactar|contatar|comunicar|falo|fala|tratar|dialogar|fale|falar diretamente
        |entrar em contato|entrar em contacto|ser atendido|ser atendida|teclar|conversa|contato|contacto|flar
        |falr|atendimento|comunicar me|conversar diretamente|resolver|bater um papo|tratar disso|ser transferido
        |ser transferida""",
    moves="""transfira me|me transfira|me transfere|transfere me|transferir|transferir me|transfere|transfira
        |me transferir|me passa|passe me|passa me|me passe|me passar|passar me|passar|me conecte|me conecta
        |conecte me|conecta me|conectar|me coloca|me coloque|me encaminhe|me encaminha|encaminhar|encaminhe me
        |encaminha me|me ligue|ligue me|ligar me|me liga|me direcione|direcione me|escalar|ponha me|me ponha
        |me poe|poe me|me bota|me manda|coloque me|redirecione me""",
    needs="""quero|queria|gostaria de|gostaria|preciso de|preciso|necessito|necessito de|desejo|prefiro|me da
        |da me|de me|me de|preferia|gostava de|exijo|solicito|peco|busco|procuro|chama|chame|me chama|posso ter
        |ajuda de|a ajuda de|quero ver|quero ajuda de|arranje me|quero um|cade|precisava de|aguardo|kero|qero""",
    links="com|para|a|ao|pra|pro|para o|para a|em contato com|em contacto com|por|de|em linha com",
    fillers="""por favor|agora|ja|diretamente|so|apenas|imediatamente|logo|mesmo|aqui|urgente|urgentemente|me
        |isso|em pessoa|rapido|realmente|antes|melhor|falar com""",
    polite="""por favor|porfavor|pf|pfv|obrigado|obrigada|ola|oi|ok|agora|sim|bom dia|boa tarde|boa noite
        |urgente|quero|ja|entao|so|apenas|desculpe|prefiro|melhor|favor""",
    sentences=(
        r"(?:tem|ha|existe|teria|esta) (?:ai |aqui |la )?(?:algum|alguma|um|uma)? ?(?:ser )?"
        r"(?:humano|humana|atendente|agente|operador|pessoa real|pessoa de verdade|representante|consultor)",
        r"(?:tem |ha )?alguem (?:ai )?(?:com quem|que possa me atender|real|de verdade|humano|da equipe"
        r"|da equipa|do suporte)",
        r"(?:pessoa|alguem|humano|atendente) (?:com quem|com a qual|com o qual) (?:\w+ ){0,2}falar",
        r"que (?:alguem|um|uma) (?:humano |pessoa |atendente |agente |operador )?(?:real )?(?:me |nos )?"
        r"(?:atenda|ajude|ligue|contate|contacte|responda)",
        r"(?:pode|poderia|podem) (?:\w+ )?(?:me )?(?:atender|ajudar|ligar|responder) {np}",
        r"(?:um|uma) {np} (?:pode|poderia|possa) (?:\w+ ){0,2}(?:ajudar|atender|ligar|responder|falar|ver)",
        r"ser atendid[oa] por {contact}",
        r"(?:nao|chega de|cansad[oa] de|farto de|farta de|em vez de) (?:\w+ ){0,3}(?:falar|falando|conversar"
        r"|conversando) com "
        r"(?:um |uma |este |esta |esse |essa |o |a )*(?:robo|robos|robot|bot|bots|maquina|maquinas|chatbot|ia"
        r"|computador)",
        r"nao (?:quero|preciso de) (?:um |uma |mais |este |esse |o )*(?:robo|robot|bot|maquina|chatbot|ia)$",
        r"(?:me transfere|me transfira|transfira me|transfere me|me encaminha|me encaminhe)(?: por favor| ja"
        r"| agora)*$",
        r"(?:intervencao|contato|contacto|atencao) human[oa]",
    ),
    negations=(
        r"(?:nao|nunca|sem|jamais|nem|tampouco)"
        r"(?: (?:quero|queria|preciso|necessito|desejo|de|me|e|ter|que|gostaria|precisa|necessario|ha"
        r"|necessidade|vou|pedi"
        r"|estou|pedindo|a|procurando|precisar|desejo|gostava))*",
        r"(?:em vez de|ao inves de|evitar|odeio|obrigad[oa] por)(?: \w+)?",
        r"(?:estou|estava|es|voce e|estive|acabei de|consegui|ja|ontem)(?: \w+)?",
        r"(?:ele|ela|eles|elas|meu \w+|minha \w+) (?:quer|prefere|querem)",
    ),
    excuses=(
        r"por ?que nao",
        r"porque nao posso",
        r"como (?:posso|faco|e que)",
        r"nao (?:posso|consigo)",
        r"ja (?:pedi|disse|falei)",
    ),
)
