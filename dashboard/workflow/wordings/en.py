"""English."""

from dashboard.workflow.wordings.base import Wording

ENGLISH = Wording(
    language="en",
    keywords="""human|humans|person|persons|representative|representatives|operator|agent|customer|service
        |supervisor|manager|support|speaking|talking|someone|somebody|anyone|connect|transfer|assistant""",
    people="""human|humans|human being|human beings|person|representative|representatives|operator|agent|agents
        |rep|live chat|live support|live help|human support|human help|human assistance|human agent
        |human operator|customer service|customer support|customer care|customer services|costumer service
        |costumer support|advisor|adviser|supervisor|manager|team member|staff member|salesperson|support staff
        |support team|member of staff|member of your team|member of your staff|member of the team
        |member of your support team|real people|actual people|live people|support agent|call center|call centre
        |helpdesk|help desk""",
    contacts="""whoever is in charge|person in charge|someone|somebody|anyone|anybody|some one|a real one
        |support|sales|billing|your team|the team|staff|your boss|the boss|employee|worker|colleague|expert
        |specialist|technician|consultant|assistant|associate|tech support|technical support|the owner
        |a professional|attendant|sales team|your people""",
    determiners="a|an|the|some|your|any|one|one of your|another|of your|of the|this|that|one of the|ur|my",
    adjectives="""real|live|actual|human|proper|genuine|living|breathing|physical|flesh and blood|qualified
        |support|service|customer|customer service|customer support|customer care|helpful|other|different|senior
        |technical|sales|competent|experienced|real life|true|available|normal|responsible|nice|in person
        |real live|actual live|trained|dedicated|non bot|non ai""",
    qualities="""of yours|of your team|of your company|of your staff|real|human|instead|being|here|there|online
        |now|please|pls|directly|immediately|asap|person|agent""",
    compounds="""resources?|rights|body|bodies|skin|hair|errors?|factors?|nature|anatomy|kind|sized?|powered
        |made|readable|race|history|shaped?|waste|safe|grade|friendly|hands?|limit|limits|capacity|tents?
        |sleeping|hammocks?|boats?|canoes?|kayaks?|rafts?|bags?|bivy|household|orange|smith|manual|manuals|guide
        |handbook|licen[sc]e|panel|theory|overload|sample|samples|of|image|images|selection|number|numbers|hours
        |email|address|phone|policy|policies|role|position|job|jobs|app|software|portal|commission|rating
        |ratings|quality|training|range|ranges|else|who lives|with disabilities|edition|interface|console|tool
        |tools|account|discount|fees?|poncho|shelter|version|dimensions|weight|height|scale|figure|figures
        |names?|cookset|or two|or more|per""",
    talk="""talk 2|speak 2|chat 2|tlk|be contacted|contacted|call|phone|talk|talking|speak|speaking|chat
        |chatting|converse|communicate|deal|dealing|interact|discuss this|discuss it|discuss my case
        |discuss my problem|tlak|takl|tak|tal|speek|spek|spaek|sepak|speack|speak directly|reach|reach out
        |contact|get in touch|be in touch|get in contact|get hold|get a hold|get ahold|get through
        |get on the line|get to|talk directly|be helped|be served|correspond|message|have a chat|have a word
        |have a conversation|a word|call with|a call""",
    moves="""escalated|this escalated|be escalated|put through|be put through|connect|connect me|connect us
        |connecting me|transfer|transfer me|transfer us|transferred|be transferred|be connected|be passed|put me
        |put us|pass me|pass us|hand me|hand over|hand me over|hand this over|handoff|hand off|switch me|switch
        |redirect me|forward me|forward this|forward this chat|forward my case|route me|direct me|refer me
        |send me|take me|link me|get me|get me through|get me over|escalate|escalate me|escalate this
        |escalate it|escalate my case|escalate my issue|escalate the issue|escalate this issue|move me|bring me
        |transfer this chat|transfer my chat|transfer the chat|transfer this call|transfer this conversation
        |pass this|pass my case|pass this on|hand this|hand this chat|hand my case|put me through
        |put me in touch|put me in contact|hook me up|patch me through|conect me|conect|conncet me|tranfer me
        |trasnfer me|transfer em""",
    needs="""need|want|wanna have|would like|id like|i like to have|would prefer|prefer|id prefer|require|demand
        |request|requesting|wish for|looking for|asking for|asked for|ask for|asking to get|can i have|can i get
        |could i have|could i get|may i have|may i get|let me have|give me|gimme|get me|bring me|bring in
        |find me|send me|send in|call me|show me|i have asked for|i need to see|need help from|want help from
        |help from|like help from|id love|would love|assistance from|support from|answer from|want to see
        |waiting for|insist on|hoping for|rather have|call in|get|wnat|ned|nead|waiting on|hand me to
        |want to hear from|an answer from|need to hear from|want you to call|want you to get|go get|please get
        |let|have""",
    links="""to|with|with to|of|through to|over to|on to|onto|up with|up to|in touch with|in contact with|from
        |by|out to|in with""",
    fillers="please|just|now|right now|directly|straight|immediately|instead|maybe|quickly|really|actually|only|me|us",
    polite="""please|pls|plz|thanks|thank you|hi|hello|hey|ok|okay|now|just|asap|sorry|good morning
        |good afternoon|i said|right now|immediately|already|then|there|sir|madam|kindly|urgent|only|ffs|wtf
        |well|oh|so|today""",
    sentences=(
        r"escalate(?: (?:this|it|me|my case|my issue|the issue|this issue|to))?(?: (?:please|now|immediately))?$",
        r"(?:put me through|patch me through|transfer me|connect me|hand me over)(?: (?:please|now|asap))*$",
        r"(?:is|are) (?:there|they)(?: (?:a|an|any|some|no|actually|really))* {np}",
        r"(?:is|are) (?:there )?(?:a|an|any|some) (?:real |live |actual |human )*"
        r"(?:human|humans|person|people|agent|agents|someone|representative)"
        r" (?:there|here|around|available|online|free|on duty|i can|who can|to talk)",
        r"(?:is|isnt) (?:there )?(?:someone|anyone|somebody|anybody)(?: (?:else|there|here|real|human))* "
        r"(?:i can|i could|to|who i can|that i can|with whom i can|we can) (?:talk|speak|chat)",
        r"(?:someone|somebody|anyone|person|human|agent) (?:i|we) (?:can|could) (?:talk|speak|chat|write)",
        r"(?:do|dont|does) (?:you|u)(?: \w+)? have (?:a |an |any |some |actual )*(?:real |live |actual |human )*"
        r"(?:humans?|people|persons?|agents?|representatives?|operators?)(?: (?:there|here|available|i can|to"
        r"|working))",
        r"do you have (?:a |any |some |an )*(?:real|live|actual|human) (?:humans?|people|persons?|agents?|staff)",
        r"any (?:real |live |actual )*(?:humans|real people|live agents|agents|real persons)"
        r" (?:there|here|around|available|online|free)",
        r"(?:can|could|may|will|would) (?:a|an|one of your|some|any) (?:real |live |actual |human |support )*"
        r"(?:human|person|agent|representative|operator|colleague|manager|supervisor|advisor|team member)"
        r" (?:please |just |maybe )?(?:help|assist|look|check|call|contact|take|handle|answer|write|reply"
        r"|talk|speak|join)",
        r"(?:have|let|ask|get|want|need|like) (?:a |an |some )?(?:real |live |actual |human )*"
        r"(?:someone|somebody|human|person|agent|representative|manager|supervisor)"
        r" (?:to )?(?:call|contact|phone|help|assist|handle|look|talk|speak|answer|take over|review|check"
        r"|write|reach|reply)",
        r"(?:can|could|have|want|need|like|ask|get|let|there|may|will|would) (?:\w+ ){0,2}"
        r"(?:someone|somebody|anyone|a person|a human|an agent) (?:from|in|on|at) "
        r"(?:(?:your|the) )?(?:customer |sales |support )?"
        r"(?:team|staff|support|service|sales|billing|office|company|department)",
        r"(?:dont|do not|not|no more|no|stop|enough|tired of|sick of|instead of|rather than|hate) (?:\w+ ){0,4}"
        r"(?:talk|talking|speak|speaking|chat|chatting|deal|dealing|write|writing|converse) (?:to|with) (?:a "
        r"|an |the |this |some )*"
        r"(?:stupid |dumb |damn |useless )*(?:bot|bots|robot|robots|machine|machines|chatbot|ai|computer"
        r"|automaton|program)",
        r"(?:dont|do not) (?:want|need|like) (?:a |an |this |the |your |any |no |some )*(?:stupid |dumb "
        r"|damn |useless )*"
        r"(?:bot|bots|robot|machine|chatbot|ai|automated (?:answers?|replies|response))(?: (?:answer|reply"
        r"|response)s?)?$",
        r"(?:no|not) (?:a |an |the |more |another |this )?(?:bot|bots|robot|robots|machine|chatbot"
        r"|ai)s?(?: please)?$",
        r"human (?:intervention|contact|interaction|touch)(?: please)?$",
        r"(?:someone|somebody) (?:real|human|alive|competent|who is not a (?:bot|robot|machine)"
        r"|thats? not a (?:bot|robot))",
        r"speak(?:ing)? (?:to|with) (?:the )?manag(?:er|ement)",
        r"(?:i|we) (?:need|want|require|demand) (?:someone|somebody) (?:real|human|else|to (?:talk|speak|chat))",
        r"(?:a|with|to) {np} (?:instead|not a (?:bot|robot|machine|chatbot))",
        r"(?:have|ive)(?: already)?(?: been)? ask(?:ed|ing)(?: \w+)? (?:for|to (?:speak|talk) (?:to|with)) {np}",
        r"take over (?:by|from) (?:a )?{np}",
        r"{np} (?:take|takes|to take) over",
        r"^(?:please )?(?:connect|transfer|get) {np}",
        r"^{np} (?:available|online|free)$",
        r"get me (?:to )?support$",
        r"(?:hand|pass|transfer|forward|route|give|send|move) (?:this|my|the) "
        r"(?:chat|conversation|case|issue|request|problem|matter|ticket|call)(?: over| on)? to {contact}",
        r"(?:ask|can|could|will|would|have|let) (?:a|one of your|your|another|any) colleagues? (?:please |to )?"
        r"(?:help|look|take|assist|handle|answer|call|contact|join)",
        r"(?:is|are) (?:anybody|anyone|someone|somebody) (?:human|real)",
        r"(?:complaint|complain|complaining) (?:to|with) {np}",
        r"(?:onto|over to) a real (?:person|human)",
        r"(?:human|real person|live person|agent|representative) would be (?:nice|great|good|helpful|better"
        r"|appreciated)",
        r"find (?:a|an|any) (?:real |live |actual )*(?:human|agent|representative|operator)",
        r"^(?:someone|somebody) (?:from|in) (?:your |the )?(?:team|staff|support|service|sales|billing)(?: please)?$",
    ),
    negations=(
        r"(?:dont|do not|not|never|wont|will not|didnt|did not|doesnt|does not|no need|no reason|no wish"
        r"|rather not|dnt"
        r"|without|instead of|rather than|wouldnt|would not|isnt|unable to|avoid|refuse|hate|stop|no desire|against)"
        r"(?: (?:really|actually|even|necessarily|want|wanting|need|needing|wish|like|to|ever|please|have"
        r"|having|wanna"
        r"|asking|ask|going|think|i|you|me|for|sure|if|whether|that|trying|yet|just|being|any|us|looking"
        r"|request|care))*",
        r"(?:do|should|must|will|would|why|does|did|when do|when should) (?:i|we|one|you|they|everyone|everybody)"
        r"(?: really)? (?:need|have|want|prefer)(?: to)?",
        r"(?:should|must|do|does|did) (?:i|we|one|you|they|everyone|everybody)",
        r"(?:thanks|thank you|thx) for (?:letting me|the|your|having me|connecting me|getting me)(?: to)?",
        r"(?:was|were|been|already|used to|am i|are you|is this|he|she|they|it) ?(?:just|really|actually)?",
        r"(?:had|has) to",
        r"(?:says|reads)(?: to)?",
        r"no longer(?: (?:need|want|wish))?(?: to)?",
        r"how (?:do|can) (?:people|bots|robots|you)",
        r"(?:the|a|an) (?:last|previous|next) time i",
    ),
    excuses=(
        r"why (?:dont|do|cant|wont|wouldnt|would|will) (?:you|i|we)",
        r"how (?:do|should|would|will|can|must) (?:i|we)",
        r"cant (?:i|you|we)",
        r"what (?:do|should|must) i",
        r"(?:i|we) (?:have|had|already)(?: already)?(?: been)? ask(?:ed|ing)",
        r"(?:when|where|what) (?:will|do|can) i",
    ),
)
