"""What happened in the demo before today: who wrote what, and who answered."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Says:
    """The person writes; the AI agent answers by itself while it has the chat."""

    text: str
    after: int = 40


@dataclass(frozen=True)
class Replies:
    """The live agent who has the chat writes to the person."""

    text: str
    after: int = 75


@dataclass(frozen=True)
class Claims:
    """Somebody takes the chat from the queue."""

    who: str
    after: int = 90


@dataclass(frozen=True)
class Notes:
    who: str
    text: str
    after: int = 30


@dataclass(frozen=True)
class Transfers:
    """To another team, whose member `to` has it afterwards."""

    team: str
    to: str
    note: str
    after: int = 60


@dataclass(frozen=True)
class Closes:
    """The live agent closes the chat; no stars means that the person goes without rating."""

    stars: int | None = None
    comment: str | None = None
    after: int = 50


Step = Says | Replies | Claims | Notes | Transfers | Closes


@dataclass(frozen=True)
class Story:
    """One chat: `hours_ago` is when it began, `online` who is there to get it."""

    person: str
    email: str | None
    hours_ago: float
    steps: tuple[Step, ...]
    online: tuple[str, ...] = field(default=())
    is_wholesale: bool = False


STORIES: tuple[Story, ...] = (
    Story(
        "Marta Ruiz",
        "marta.ruiz@mail.test",
        147,
        (
            Says("¡Hola! ¿Cuánto tarda el envío a Valencia?"),
            Says("¿Y cuánto cuesta el envío?"),
            Says("Muchas gracias"),
        ),
    ),
    Story(
        "Jonas Weber",
        "jonas.weber@mail.test",
        122,
        (
            Says("Hi, can my boots be resoled?"),
            Says("They are the Ridge GTX from 2021. I would like to talk to a person about the price, please."),
            Replies("Hello Jonas, Bo here. The Ridge GTX can be resoled; it is 69 with shipping both ways."),
            Says("Great. Do I send them in their box?"),
            Replies("Any box will do. I have just mailed you the label."),
            Notes("bo", "Label RS-2214 sent. Soles for 2021 are in stock."),
            Says("Got it, thank you!"),
            Closes(5, "Quick and friendly."),
        ),
        online=("bo",),
    ),
    Story(
        "Priya Nair",
        "priya.nair@mail.test",
        99,
        (
            Says("Where is my order?"),
            Says("It is AO-58213 and it is late"),
            Says("Talk to a person"),
            Replies("Hi Priya, Cy speaking. I see AO-58213: it has been at the depot in Leeds since Monday."),
            Says("That is five days. I need it on Saturday."),
            Replies("I am sending a second one by express today, and you keep the first if it turns up."),
            Says("That is very kind. Thanks a lot"),
            Closes(5),
        ),
        online=("cy",),
    ),
    Story(
        "Tom Eriksen",
        None,
        77,
        (
            Says("do you ship to norway"),
            Says("and how do I wash a rain jacket?"),
            Says("perfect, thank you"),
        ),
    ),
    Story(
        "Lucía Fernández",
        "lucia.fernandez@mail.test",
        74,
        (
            Says("Hola, quiero devolver algo"),
            Says("Perdí la etiqueta del paquete. Necesito hablar con una persona."),
            Replies("Hola Lucía, soy Eli. Te acabo de enviar una etiqueta nueva por correo."),
            Says("¡Qué rápido! ¿Y el reembolso?"),
            Replies("En cuanto llegue el paquete, cinco días como mucho."),
            Closes(4, "Todo bien, aunque esperé un poco."),
        ),
        online=("eli",),
    ),
    Story(
        "Grace Kim",
        "grace.kim@mail.test",
        52,
        (
            Says("The zip of my Summit jacket is broken after two months"),
            Says("Can I speak to someone about a repair or a refund?"),
            Replies("Hello Grace, this is Bo. I am sorry about the zip. May I see the order number?"),
            Says("AO-57120. I would rather have my money back."),
            Notes("bo", "Within the warranty. A refund over 150 needs Returns to approve it."),
            Transfers("Returns", "eli", "Needs a refund approval: AO-57120, broken zip, 189."),
            Replies("Hi Grace, Eli from Returns. The refund of 189 is approved; it is with you in two days."),
            Says("Wonderful, thank you both."),
            Closes(5, "Two people, no repeating myself. More of that!"),
        ),
        online=("bo",),
    ),
    Story(
        "Oliver Hart",
        "oliver.hart@mail.test",
        49,
        (
            Says("does the trail runner run small"),
            Says("And which payment methods do you take?"),
        ),
    ),
    Story(
        "Noor Haddad",
        "noor.haddad@mail.test",
        30,
        (
            Says("I need to change my address, order AO-58377"),
            Says("It is packed already, the mail says. Please let me speak to a human"),
            Claims("cy", after=340),
            Replies("Hello Noor, Cy here. I stopped the parcel; tell me the right address and it leaves today."),
            Says("12 Mill Lane, York YO1 9QL. Thank you!"),
            Replies("Done. You get a new tracking link in an hour."),
            Closes(4),
        ),
    ),
    Story(
        "Ben Castillo",
        None,
        27,
        (
            Says("can my dog wear the kids rain coat"),
            Says("so that is a maybe for the dog?"),
            Says("No, thanks"),
        ),
    ),
    Story(
        "Ana Sousa",
        "ana.sousa@mail.test",
        22,
        (
            Says("How do I use a gift card?"),
            Says("It says that the card is empty, but it never was used. I want to talk to an agent."),
            Replies("Hi Ana, Bo here. The card was blocked by mistake; I have put the 50 back on it."),
            Says("It works now!"),
            Closes(None),
        ),
        online=("bo",),
    ),
    Story(
        "Hugo Marín",
        "hugo.marin@mail.test",
        6,
        (
            Says("Buenas, ¿qué cubre la garantía?"),
            Says("¿Y se pueden cambiar las suelas de las botas?"),
        ),
    ),
    Story(
        "Ella Brandt",
        "ella.brandt@mail.test",
        3,
        (
            Says("Hello, which size do I need for the Fjell jacket? I am 178 cm"),
            Says("How much is shipping?"),
        ),
    ),
    Story(
        "Alpine Supply Ltd",
        "orders@alpine-supply.test",
        26,
        (
            Says("Hello, what is the minimum order?"),
            Says("And what are the payment terms?"),
            Says("We would take 400 rucksacks. Can I talk to a person about the price?"),
            Replies("Hello, Fay of the trade desk. For 400 I can offer 18 % off the list, delivered in two parts."),
            Says("That works for us. Please send the offer to this address."),
            Replies("It is on its way, valid for 30 days."),
            Closes(5),
        ),
        online=("fay",),
        is_wholesale=True,
    ),
)
