"""What people write when they ask for a person, and what only looks like it."""

ASKS = {
    "en": """
        I want to talk to a human
        i want to speak to a person
        Can I talk to a real person please?
        Could I speak with someone?
        human please
        Human!
        agent
        AGENT AGENT AGENT
        representative
        Operator, please.
        live agent
        live chat please
        customer service
        I need a human
        I need to speak to an agent right now
        I'd like to speak with a representative
        I would like to talk to someone from your team
        let me talk to a human being
        Please connect me to a live agent
        connect me with support
        Transfer me to an operator
        Can you transfer me to customer service?
        put me through to a supervisor
        Please put me through
        get me a human
        Get me your manager!
        give me a real person
        I want a real human, not a bot
        I don't want to talk to a bot
        I do not want to talk to a machine
        stop, I don't want to chat with a robot
        No more bots please
        is there a human there?
        Is there someone I can talk to?
        Is there a real person I could speak to
        are there any humans around
        Do you have a real person I can chat with?
        can a human help me?
        Could a real person look at this please
        Can someone from your team call me
        I'd rather talk to a person
        I'd prefer to speak to a human
        how do I talk to a human?
        How can I reach a real person?
        how do I get in touch with customer support
        How can I contact an agent?
        why can't I talk to a human?
        Why don't you connect me with an agent?
        why won't you let me speak to a person
        this isn't working, get me a person
        You are useless. I want a human.
        No, I want to speak with a human
        I am done with this bot, human now
        escalate this please
        Please escalate my case to a manager
        I want to speak to the manager
        I need to talk to your supervisor
        may I speak to someone in sales
        can I chat with somebody real
        someone real please
        I want to be connected to a person
        could you hand me over to a colleague
        hand over to human
        switch to human
        I have been asking for a human for ten minutes
        I already asked to speak to a human, please!
        talk to human
        speak to agent
        chat with agent
        want human
        need agent
        real person
        actual human please
        a person please
        person
        hi, human please
        Hello! Can I speak to a member of your team?
        I want someone to call me
        Have someone contact me please
        I wanna talk to a person
        gimme a human
        i wanna speak 2 someone, not a bot
        i want to tlak to a human
        I want to speek to a humen
        talk to an oprator
        can I talk to a reprsentative
        I want to talk to a representitive
        let me speak to an agnet
        cutomer service please... talk to a person
        TALK TO A HUMAN!!!!!
        Hi there, my order 4711 never came and I would like to talk to a person about it
        I bought a tent, it leaks, nobody answers my mails. Please let me speak with a human being now!
        Sorry but I don't understand you, can I please have a human agent?
        Thanks, but I'd still like to speak to an actual person
        if you can't help, transfer me to a human
        I don't know, maybe I should talk to an agent? Can you connect me with an agent?
        can you get me someone human
        I'm looking for a human to help me
        I demand to speak to a supervisor
        I request a human agent
        may I have a live agent
        is anyone there I can speak to? a human?
        I need human assistance
        human support
        I want human help
        Can I deal with a person instead of a bot
        I need someone to talk to about my refund
        is it possible to talk to a human
        would it be possible to speak with an employee?
        Could you please pass me on to a human
        next please, send me to an agent
        reach a human
        where can I chat with a live person?
        I'd like a human
        Human agent
        speak with a live representative
        Could you connect me to someone who can help with my bill?
        Can I please just talk to a real human being??
        I want a person to help me with this
        get me off this bot and onto a real person
        is anybody human there
        Let me speak to whoever is in charge
        can i call someone
        I want to make a complaint to a manager
        real human now!!!
        I need to speak with customer care
        can you forward me to your support team?
        bring me a supervisor
        May I please have a representative?
        stop wasting my time and give me an agent
        I prefer human support
        I would rather chat to a person
        you're a bot, I need a human
        bot go away, human please
        I need to be transferred to a live person
        I'd love to talk with an actual person about the warranty
        could u put me in touch with an advisor
        chat to an agent
        hi can i talk to someone
        how can i speak to somebody
        can you get a person on the line
        I need to talk to an expert about boots
        please let a human answer
        a human would be nice
        I want to talk with a human agent in Spanish
        I'm asking for a human
        I said human!
        transfer to agent
        speak to representative
        connect to human
        i want to chat with real people
        do you have an actual human I could talk to?
        Can I speak directly with an agent
        someone from support please
        I want support from a human
        Need to speak to manager
        Is it possible to be transferred to a human agent?
        I only want to talk to a human
        I'd like to be put through to customer service
        can you hand this to a person
        I wish to speak to a human
        where can I find a human to talk to
        Are there real people working here I can talk to?
        hey can i just speak to a person about my refund
        I'd really like to talk to an actual person, thanks
        talk to an agent please
        agent please!!
        I need live support
        live help
        I want to speak to someone in charge
        Can you put me in contact with a staff member?
        I'd like to have a human look at my case
        This is hopeless, I want to talk to a human
        let me talk to someone
        just let me speak to someone
        Is anyone there? I want to talk to a real person
        any chance of talking to a real person
        can we get a human in here
        why is there no human here? I want a human
        Your bot is terrible give me a person
        please stop the bot and connect me with a human
        where do I find a human agent
        I am tired of talking to a robot
        can I message a person
        Connect me to your manager please
        I need an actual human to read this
        I want this escalated to a manager
        Please have a manager call me
        I would like to be contacted by a representative
        Hello I'm having trouble with my order and would like to speak with a customer service representative please
        pls connect with an agent
        connect agent
        call an agent
        talk to support
        speak with support please
        can I talk with your team
        I wish to talk to a colleague of yours
        human, now
        HUMAN NOW
        a human
        real agent
        I don't want an automated response, I want a human
        may i chat with someone please?
        could somebody from the team contact me
        get a human on here
        u r not helping, human pls
        Hi, I need to talk to a person. My name is Bob
        Is there any way to speak to a person?
        Put me in touch with a human
        I'd like a person to answer
        Can you get someone to help me?
        Could you get me an agent
        I'd prefer talking to a human
        I'd rather speak with an agent
        I'm not talking to a bot, give me a human
        Could I be transferred to a human?
        May I talk with an agent?
        I want to have a conversation with a human
        Let me chat with an agent
        Allow me to speak to a representative
        I need to get in contact with a human
        I need to get hold of someone
        speak to a live agent
        Speak with a human
        Talk with someone
        let's escalate to a human
        Can a support agent join this chat?
        can a real agent take over?
        please hand this conversation over to a human
        Please transfer this conversation to a human agent
        Is a human available?
        Is an agent available?
        Are any agents available?
        are there agents online
        human agent available?
        Who can I talk to? I need a human
        Can I speak to customer support?
        I want to speak to customer service about a refund
        contact support
        contact an agent
        reach support team
        How do I contact your support team?
        I want to reach someone at your company
        I demand a human
        I insist on speaking with a manager
        this is ridiculous, manager please
        I asked for a human
        I keep asking for a person
        I told you I want to talk to a human
        for the last time, let me speak to a person
        not a bot please, a human
        I dont wanna talk to a bot
        I don't want to speak with an AI
        I am not comfortable with a bot, can I talk to a human?
        I would appreciate talking to a real person
        Would love to speak to someone
        Hoping to speak with a person
        trying to reach a human
        I'm trying to talk to a person
        looking to speak to an agent
        wanting to speak with an agent
        I want 2 talk 2 a human
        tlk to human
        i need humna
        real human pls
        conect me to a person
        can I have a human being please
        get me support
        Could you ask a colleague to help me
        can one of your colleagues help me
        can you pass me to your colleague
        a member of staff please
        I want to speak to staff
    """,
    "es": """
        quiero hablar con una persona
        Quiero hablar con un humano
        quisiera hablar con alguien
        Necesito hablar con un agente
        ¿Puedo hablar con una persona real?
        ¿Podría hablar con un asesor, por favor?
        Me gustaría hablar con un representante
        pásame con un humano
        Páseme con un agente por favor
        ¿Me puede pasar con un operador?
        ¿Me pueden comunicar con servicio al cliente?
        comuníqueme con un asesor
        Conéctame con una persona
        transfiéreme a un agente
        Póngame con su supervisor
        ponme con alguien de verdad
        humano
        un humano por favor
        agente
        operador
        asesor por favor
        persona real
        una persona por favor
        atención al cliente
        quiero un humano
        Necesito un agente humano
        quiero que me atienda una persona
        que me atienda un humano
        quiero que alguien me llame
        prefiero hablar con una persona
        prefiero que me ayude una persona
        ¿Hay alguien con quien pueda hablar?
        ¿hay algún humano ahí?
        ¿hay una persona real?
        no quiero hablar con un bot
        No quiero hablar con una máquina
        no quiero un bot, quiero una persona
        ¿Por qué no puedo hablar con una persona?
        cómo puedo hablar con un humano
        ¿Cómo hago para hablar con un agente?
        hablar con una persona
        hablar con un agente
        hablar con alguien
        Hola, quiero hablar con una persona de su equipo
        deme un agente
        quiero ablar con una persona
        quiero hablar con una perosna
        nececito hablar con un humano
        quiero hablar con un ajente
        exijo hablar con el encargado
        quiero hablar con el gerente
        Mi pedido no llega, quiero hablar con una persona
        No me sirve, pásame con alguien
        tengo que hablar con alguien de ventas
        ¿puede atenderme una persona?
        solicito un asesor
        QUIERO HABLAR CON UN HUMANO YA
        ser humano por favor
        quiero contactar con un agente
        Busco ayuda humana
        deseo comunicarme con un representante
        me urge hablar con una persona
        necesito que me pases con un agente
        quiero que me comuniques con un humano
        por favor un agente
        hablar con un ejecutivo
        hablar con soporte
        ¿Me pones con una persona?
        ¿Me pasas con un compañero tuyo?
        necesito comunicarme con un asesor
        quiero ser atendido por un humano
        ¿se puede hablar con alguien?
        quisiera que me atendiera una persona
        prefiero a un humano
        quiero hablar con gente real
        Basta de bots, quiero un humano
        con un humano por favor
        Pon a un humano
        quiero hablar con una persona de verdad
        me gustaría que me atendiera un agente
        necesito que un humano me ayude
        ¿me puedes pasar con una persona?
        no entiendes nada, quiero hablar con alguien
        ponme con un agente ya
        quiero un agente
        ¿puedo chatear con alguien?
        pasame con un operador por favor
        hablar con humano
        persona por favor
        hola necesito hablar con alguien de soporte
        Me comunicas con una persona?
        Quisiera contactar con atención al cliente
        con quien puedo hablar? necesito un humano
        por favor comunicame con un representante de ventas
        deseo hablar con una persona, no con una máquina
        quiero que me contacte un asesor
        quiero hablar con el servicio al cliente
        agente humano por favor
        dame un humano
        Quiero que me pase con un humano
        ¿Podrías pasarme con una persona?
        ¿Podría comunicarme con un agente?
        Necesito que me atienda una persona real
        quiero charlar con una persona
        Quiero chatear con un agente
        quiero contactar a un agente
        Comunícate con un humano por mí
        Por favor, páseme con atención al cliente
        Póngame con un agente
        Transfiérame con un representante
        Déjame hablar con una persona
        Deje que hable con un humano
        Permítame hablar con alguien
        me puede atender una persona?
        Prefiero un humano
        No quiero hablar contigo, quiero hablar con una persona
        no quiero seguir hablando con un robot
        estoy harto de hablar con una máquina
        ¿Eres un bot? Quiero una persona
        Hay alguna persona que me pueda ayudar
        ¿Me puede ayudar una persona real?
        ¿puede ayudarme un humano?
        llevo media hora pidiendo hablar con un agente
        ya pedí hablar con un humano
        Solicito hablar con un supervisor
        Deseo que me contacte una persona
        quiero hablar con tu jefe
        quiero un representante
        agente en vivo
        chat en vivo con un agente
        hablar con atención al cliente
        quiero soporte humano
        quiero hablar con un ser humano
        contactar con una persona
        alguien con quien hablar
        asesor humano
        operadora por favor
        con un agente
        pasar con agente
        humano ya
        una persona real porfa
    """,
    "de": """
        Ich möchte mit einem Menschen sprechen
        Kann ich mit einem Mitarbeiter sprechen?
        ich will mit einer echten Person reden
        Mensch bitte
        Mitarbeiter
        einen Menschen bitte
        Bitte verbinden Sie mich mit einem Mitarbeiter
        verbinde mich mit einem menschen
        Können Sie mich an einen Kollegen weiterleiten?
        Kann ich mit jemandem sprechen?
        Ich brauche einen echten Menschen
        Gibt es hier einen Menschen?
        ich will keinen Bot, ich will einen Menschen
        Ich möchte nicht mit einem Bot sprechen
        Kundenservice bitte
        Ich möchte mit dem Kundendienst chatten
        warum kann ich nicht mit einem Menschen sprechen?
        mit einem mitabeiter sprechen
        Ich hätte gerne einen Ansprechpartner
        Kann mir ein Mensch helfen?
        Geben Sie mir bitte einen Mitarbeiter
        Ich will mit einem Menschen reden, nicht mit einem Bot
        Kann ich bitte mit jemandem vom Support reden
        echter Mensch
        Mit wem kann ich sprechen? Ich will einen Mitarbeiter.
        Ich würde gern mit einem Berater sprechen
        Kann ich einen Menschen sprechen?
        Ich will mit jemandem reden
        bitte einen Mitarbeiter
        Mit einem Menschen sprechen
        Ich möchte einen Kundenberater sprechen
    """,
    "fr": """
        Je veux parler à un humain
        Je voudrais parler à quelqu'un
        Puis-je parler à un conseiller ?
        est-ce que je peux parler à une vraie personne
        un humain s'il vous plaît
        conseiller
        service client
        Passez-moi un conseiller
        passez moi à un agent svp
        Pouvez-vous me mettre en relation avec un conseiller ?
        je veux un humain
        J'ai besoin de parler à quelqu'un
        j'aimerais discuter avec une personne réelle
        Je ne veux pas parler à un robot
        y a-t-il un humain ?
        Comment parler à un humain ?
        Pourquoi je ne peux pas parler à un humain ?
        transférez-moi à un opérateur
        je veut parler a un conseillé
        je souhaite échanger avec un responsable
        je veux parler a quelqu'un de réel
        je préfère parler à une personne
        un conseiller svp
        mettez-moi en contact avec le service client
        parler à un agent
        je veux parler avec un conseiller s'il vous plait
        besoin d'un humain
        Je souhaite être mis en relation avec un conseiller
    """,
    "pt": """
        quero falar com uma pessoa
        Quero falar com um humano
        Gostaria de falar com um atendente
        posso falar com alguém?
        preciso falar com um agente
        atendente
        um humano por favor
        atendimento humano
        Me transfere para um atendente
        me passa para uma pessoa
        quero um atendente
        não quero falar com um robô
        tem algum humano aí?
        Como posso falar com uma pessoa?
        por que não posso falar com uma pessoa?
        prefiro falar com uma pessoa de verdade
        quero fala com um atendente
        quero ser atendido por uma pessoa
        pode me conectar com um agente?
        quero falar com o suporte
        falar com atendente
        falar com humano
        eu quero uma pessoa de verdade
        falar com uma pessoa real
        me coloca em contato com um atendente
        quero conversar com um humano
    """,
    "it": """
        Voglio parlare con una persona
        vorrei parlare con un operatore
        Posso parlare con un essere umano?
        operatore
        un operatore per favore
        Mi passi un operatore
        passami un umano
        Può mettermi in contatto con un operatore?
        ho bisogno di parlare con qualcuno
        non voglio parlare con un bot
        c'è un operatore umano?
        come posso parlare con una persona?
        Perché non posso parlare con una persona?
        preferisco parlare con una persona vera
        voglio un operatore
        servizio clienti
        vorrei parlare con il responsabile
        vorei parlare con un opertore
        assistenza umana
        voglio parlare con un umano
        mi metta in contatto con l'assistenza
        vorrei un operatore umano
        parlare con operatore
        voglio parlare con qualcuno
        mi passi qualcuno
        posso parlare con un agente?
    """,
}

ASKS_NOT = {
    "en": """
        I don't want to talk to a human
        I do not want to speak to an agent
        please don't transfer me to an agent
        no need for a human
        I don't need a person
        I really don't want to talk to anyone
        no human please
        I'd rather not talk to a person
        I never want to speak to a representative again
        do not connect me with an operator
        without talking to an agent
        can I do this without talking to a human?
        I don't think I need a human
        you don't have to connect me to an agent
        human resources
        Can I speak with human resources about a job?
        I want to work in human resources
        is this for a person of 2 metres
        Is this tent big enough for a person of 2 metres?
        I need a tent for one person
        I need a 2 person tent
        Do you have a four person tent?
        what is the person limit of the cabin
        agent orange
        was agent orange used in the fabric?
        which cleaning agent should I use for my jacket
        I need a waterproofing agent
        I'm looking for a cleaning agent
        representative sample
        Can you send me a representative sample of the fabric?
        talk about an operator manual
        can we talk about the operator manual
        I need the operator manual for the stove
        where is the operator's guide
        is the strap human sized
        Is this repellent safe for humans?
        does it work on human skin
        human rights
        Are your products made by human hands
        Are you a human?
        are you a bot or a person
        Am I talking to a human?
        Am I talking to a real person?
        is this a real person
        I talked to an agent yesterday and he was great
        your agent told me the parcel would come today
        The last human I wrote with was nice
        the person at the door did not take the parcel
        thanks for letting me talk to a person
        where is my order?
        how do I return a jacket?
        hello
        hi there
        thanks
        ok
        What are your opening hours?
        what are your customer service hours
        Your customer service is terrible
        I hate talking to people
        how much does the tent weigh
        can I change the delivery address
        can somebody else pick up my parcel
        can I transfer the warranty to another person?
        Can I send the gift to someone else?
        I want to give this to a person I love
        I need a present for a person who likes hiking
        my personal data
        in person pickup
        can I pick it up in person?
        Do I have to sign in person
        do you ship to Spain
        do you have the human anatomy book
        I want to become a sales agent
        Do you hire representatives?
        I want to be a representative of your brand
        travel agent discount
        I need a password manager
        what does the tour operator offer
        is a tour operator licence needed
        which mobile operator do you use
        I need someone's opinion on boots
        how many people fit in
        Is it good for tall people?
        can I talk about my trip
        I want to talk about my order
        I want to chat about hiking
        let's talk money
        I'd like to speak about the refund
        do you speak Spanish?
        Can you speak German
        I want to speak Spanish
        I want a refund
        I need help
        help
        can you help me?
        can someone help me with my order
        I want to contact the manufacturer of the stove
        please call me a taxi
        The agent was helpful, thanks
        do you support PayPal
        I need support poles for my tent
        lumbar support
        which supports do I need for the tarp
        does your staff discount apply
        I need a replacement for my staff, the trekking one broke
        do I need to talk to a human to return an item?
        should I talk to an agent first?
        a human error happened on my order
        the connector of my lamp is broken
        transfer my points to my new account
        how does the transfer work
        my order was transferred to another carrier
        I would like to get a hammock
        I need a guide
        the reason is personal
        prison break
        what is the season sale
        one steak please
        5
        yes
        no
        good morning
        I love it
        asdfgh
        12345
        :-)
        it is for my agency
        what's on the agenda
        it is urgent
        I wanted to ask a question about humidity
        humane down
        I don't want a human
        I'm not asking for a human
        I do not wish to speak with anyone
        please no humans
        No agents please, just answer
        don't escalate this
        there's no need to escalate
        I would hate to talk to a person
        a person called me yesterday about my order
        My friend is a real person
        How many persons can sleep in it?
        the tent for 3 persons
        human sized backpack
        do you sell human food for dogs
        Can a person of 100 kg use the hammock?
        Can one person carry the kayak
        Can a person sit upright in the tent?
        What does your representative in Spain sell?
        operator error on my stove
        is there a manual for the operator
        do you need a person to sign for delivery?
        does someone have to be home?
        will someone call me before delivery?
        Should someone be home for the delivery?
        I want to talk about the person who delivered my parcel
        I want to speak about your agent's behaviour
        can my wife talk to the courier
        I want to give feedback about an agent
        my agent number is 5
        insurance agent
        real estate agent
        secret agent costume
        what is the customer service phone number
        support ticket number
        can I get support for my backpack strap
        does the pole support the weight of a person
        I need a manager's discount
        is there a manager discount
        the agent I talked to said it is fine
        I already talked to a human about this and it's solved
        I spoke with a representative last week
        we spoke to your agent
        I work as a representative
        how do humans sleep in this hammock
        human hair
        It's just me and one more person
        give me a discount
        get me a tent
        connect me to the wifi
        How do I connect my GPS to my phone
        I need to contact the courier
        how do I contact the carrier
        transfer me my refund
        send me an invoice
        Send me to the product page
        call me tomorrow
        talk to you later
        nice talking to you
        I want to talk to my bank first
        I have to talk to my wife
        I need to speak to my doctor about this
        I'll talk to my husband
        let me think
        let me have a look
        have a nice day
        I need a receipt
        I want this for someone who hikes
        I want to buy for someone
        is it for one person or for two?
        is there a person weight limit?
        Can I get it in person
        Can I get help
        I want help
        get help
        speak slower
        talk slower please
        do you offer live tracking
        I want to support your team
        is your team hiring
        I love your support
        who is your manager of the shop in Madrid?
        does a human check the returns?
        how many agents do you have
        is the agent price different
        I'm a travel agent, do I get a discount?
        I am a person with a question
        I'm a human :)
        we are four people and need two tents
        my person is tall
        I met a nice person
        Someone stole my bike
        somebody told me you ship to Norway
        I need someone's size
        the courier said to contact the sender
        I need to contact my bank
        can you contact DHL for me
        please call the courier
        please send someone's parcel
        I want to exchange with someone
        a friend told me to talk to you
        can I talk to you?
        I want to talk
        let's chat
        are you there?
        anyone?
        speak English please
        what is the person at the counter called
        the manual says "contact the operator"
        can I use a support pole
        support
        I need support
        do you have customer reviews
        customer number 1234
        what's the service interval of the stove
        where is the service center for watches
        how do I register as a customer
        I get a headache in this tent, is the coating toxic for humans?
        I want a tent for my person
        is there somebody in the pictures wearing size M?
        is it made for one person or two people
        Need a present for someone who loves hiking
        I'd like to get a receipt
        can I get a bigger one
        connect the pole to the tent
        can it be connected to a power bank
        how do I transfer my gift card balance
        put me on the waiting list
        put me down for two
        hand me the list
        get me one of these
        I was transferred to this chat
        your colleague promised me a refund
        the colleague before you was nicer
        yesterday I was speaking with one of your agents
        Do you have tents for one person
        A tent for a single person please
        I need something for one person
        What is the difference between agent and reseller
        How to become an agent
        does it include a person-shaped cutout
        I want a refund, not a person's opinion
        I don't care about humans
        Humans are weird
        I will contact my bank
        I want to contact the seller of the used tent
        Can I contact the warehouse
        can I speak to the tent maker
        I was told to talk to my doctor
        is it ok if someone else picks it up
        Someone should fix your website
        does someone know about tents here
        somebody help
        do agents get paid
        is your support 24/7
        when does customer service open
        how good is your customer service
        do you have a customer service email?
        what number do I call
        I don't want anyone to call me
        Please do not call me
        no calls please
        never mind, I don't need an agent anymore
        I no longer need a human
        forget the agent
        cancel the request for a human
        I'd rather stay with the bot
        you are better than a human
        bot is fine, no human needed
        Don't hand me over
        do not transfer me
        is there any way to do it without an agent
        I prefer the bot over a human
    """,
    "es": """
        no quiero hablar con una persona
        No quiero hablar con un humano
        no necesito hablar con nadie
        no necesito un agente
        no me pases con un agente
        no hace falta que me pases con una persona
        prefiero no hablar con una persona
        sin hablar con una persona
        ¿Puedo hacerlo sin hablar con un agente?
        recursos humanos
        quiero trabajar en recursos humanos
        ¿Puedo hablar con recursos humanos?
        ¿cabe una persona de dos metros?
        busco una tienda para una persona
        necesito una tienda de campaña para dos personas
        un saco para una persona alta
        ¿es seguro para la piel humana?
        derechos humanos
        el agente de viajes me dijo que sí
        ¿qué operador turístico usan?
        agente limpiador para chaquetas
        una muestra representativa
        el manual del operador
        ¿eres una persona?
        ¿Estoy hablando con una persona?
        ¿eres humano o un bot?
        ayer hablé con un agente
        ¿dónde está mi pedido?
        hola
        gracias
        quiero devolver una chaqueta
        ¿hablas español?
        quiero hablar de mi pedido
        necesito ayuda
        quiero una mochila
        ¿Cuánto tarda el envío?
        en persona
        personalmente me gusta más la roja
        es para uso personal
        quiero hablar sobre la garantía
        el agente fue muy amable
        mi marido es agente de seguros
        tengo una persona en casa para recibirlo
        ¿tiene que haber una persona en casa?
        una persona me dijo que sí
        busco algo para alguien que camina mucho
        quiero regalar esto a una persona
        no me comunique con nadie
        no hace falta un agente
        quiero una tienda para una persona
        ¿el peso de una persona?
        quiero hablar inglés
        me atendió un agente muy simpático
        tengo una pregunta
        soy una persona alta
        somos cuatro personas
        ¿cuántas personas caben?
        ¿hablo con un robot?
        mi agente de seguros pide factura
        quiero contactar con el fabricante
        quiero hablar de un pedido
        alguien me robó la bici
        ¿alguien más tiene este problema?
        mi jefe quiere factura
        necesito soporte para el poste
        quiero una para una persona
        cliente número 1234
        no quiero que me llame nadie
        no me hace falta hablar con una persona
        No quiero que me pase con un agente
        no hace falta hablar con nadie
        ¿Es una persona quien hace los paquetes?
        ¿cuánto pesa una persona media?
        colchoneta para persona grande
        hablar de precios
        quiero hablar de la garantía
        quiero hablar por teléfono
        ¿puedo pagar en persona?
        quiero ir en persona
        una persona normal
        la persona que me atendió era simpática
        el humano es un animal
        Gracias por pasarme con un agente
        Ya hablé con una persona ayer
        hablé con alguien y me dijo que no
        ¿quién es el responsable de la tienda?
        ¿tienen personal en la tienda?
        agente químico
        ¿tiene operador móvil?
    """,
    "de": """
        Ich möchte nicht mit einem Menschen sprechen
        ich brauche keinen Mitarbeiter
        bitte nicht mit einem Mitarbeiter verbinden
        ohne mit einem Menschen zu sprechen
        Mit einem Menschen möchte ich nicht sprechen
        Personalabteilung
        Haben Sie das Spiel Mensch ärgere dich nicht?
        Ein Zelt für eine Person
        Schlafsack für Personen über 2 Meter
        Bist du ein Mensch?
        Spreche ich mit einem Menschen?
        Wo ist meine Bestellung?
        Ich brauche Hilfe
        Ich habe gestern mit einem Mitarbeiter gesprochen
        danke
        Kann mir jemand helfen?
        Ich möchte über meine Bestellung sprechen
        Wie viele Menschen passen in das Zelt?
        Menschenrechte
        Braucht eine Person einen Helm?
        Für wie viele Personen ist das Zelt?
        Das Zelt für einen Menschen von 2 Metern
        Ich bin ein Mensch
        wir sind zwei Personen
        ist das für Menschen giftig?
        Wie viele Personen passen rein
        Mein Berater hat gesagt
    """,
    "fr": """
        Je ne veux pas parler à un humain
        je n'ai pas besoin d'un conseiller
        sans parler à un agent
        ressources humaines
        une tente pour une personne
        une personne de deux mètres
        agent d'entretien
        Êtes-vous un humain ?
        est-ce que je parle à un humain ?
        où est ma commande ?
        j'ai parlé à un conseiller hier
        je veux parler de ma commande
        bonjour
        personne ne répond au téléphone
        produit dangereux pour les humains
        agent de voyage
        combien de personnes dans la tente ?
        je cherche une tente pour une personne
        il faut une personne pour porter le sac
        je suis une personne de grande taille
        combien d'agents avez-vous
        quelqu'un m'a volé mon vélo
    """,
    "pt": """
        não quero falar com uma pessoa
        não preciso de um atendente
        sem falar com um atendente
        recursos humanos
        uma barraca para uma pessoa
        uma pessoa de dois metros
        agente de viagens
        você é humano?
        estou falando com uma pessoa?
        onde está meu pedido?
        quero falar sobre meu pedido
        olá
        corpo humano
        falei com um atendente ontem
        uma pessoa consegue carregar?
        para quantas pessoas
        uma pessoa alta
        alguém roubou minha bicicleta
    """,
    "it": """
        non voglio parlare con una persona
        non ho bisogno di un operatore
        senza parlare con un operatore
        risorse umane
        una tenda per una persona
        una persona di due metri
        agente immobiliare
        sei umano?
        sto parlando con una persona?
        dov'è il mio ordine?
        vorrei parlare del mio ordine
        ciao
        corpo umano
        ieri ho parlato con un operatore
        per quante persone è la tenda?
        una persona può portarlo?
        sono una persona alta
        qualcuno mi ha rubato la bici
    """,
}


def table(sentences: dict[str, str]) -> list[tuple[str, str]]:
    """Pairs of language and sentence."""
    lines = ((language, line.strip()) for language, text in sentences.items() for line in text.splitlines())
    return [(language, line) for language, line in lines if line]
