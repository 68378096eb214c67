"""The workflows of the demo's AI agents, as JSON of docs/workflow.md."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.services.default_workflow import HANDOFF_KEY, Node, say


def on_phrases(key: str, phrases: Sequence[str], *actions: Node, exclusions: Sequence[str] = ()) -> Node:
    """A Message Received trigger."""
    settings: Node = {"phrases": list(phrases)}
    if exclusions:
        settings["exclusions"] = list(exclusions)
    return {"key": key, "type": "message_received", "settings": settings, "actions": list(actions)}


def trail_tree(*, availability_check: bool) -> Node:
    """Trail, of Support: English and Spanish."""
    return {
        "version": 1,
        "triggers": [
            {"key": "start", "type": "chat_started", "actions": [_greeting()]},
            {
                "key": "asks_for_person",
                "type": "message_received",
                "settings": {"intents": ["asks_for_person"]},
                "actions": [_handoff(availability_check)],
            },
            *_topics(),
            {"key": "no_answer", "type": "fallback", "levels": _fallback_levels()},
            {"key": "closed", "type": "chat_closed_by_live_agent", "actions": [_rating()]},
        ],
    }


def _greeting() -> Node:
    return say(
        "greeting",
        "I am Trail, the AI agent of Acme Outdoor. I know about orders, returns, sizes and care, "
        "and you can ask for a person at any time.",
        "Soy Trail, el agente de IA de Acme Outdoor. Sé de pedidos, devoluciones, tallas y cuidados, "
        "y puedes pedir hablar con una persona cuando quieras.",
        {
            "en": ["Where is my order?", "Start a return", "Find my size", "Talk to a person"],
            "es": ["¿Dónde está mi pedido?", "Quiero devolver algo", "¿Qué talla necesito?", "Hablar con una persona"],
        },
    )


def _handoff(availability_check: bool) -> Node:
    back = say(
        "back_again",
        "Trail here again, thank you for waiting for us. Is there anything else that I can do for you?",
        "Soy Trail otra vez, gracias por tu paciencia. ¿Puedo ayudarte en algo más?",
        {"en": ["Where is my order?", "No, thanks"], "es": ["¿Dónde está mi pedido?", "No, gracias"]},
    )
    return {
        "key": HANDOFF_KEY,
        "type": "human_handoff",
        "settings": {
            "availability_check": availability_check,
            "assign": {"everyone": True},
            "default_language": "en",
            "handoff_message": {
                "en": "Of course. I am passing you on to a colleague, who gets everything that you wrote here.",
                "es": "Claro. Te paso con una persona del equipo, que recibe todo lo que has escrito aquí.",
            },
            "unavailable_message": {
                "en": "Nobody of the team is online right now. I stay with you and help as well as I can.",
                "es": "Ahora mismo no hay nadie del equipo en línea. Me quedo contigo y te ayudo lo mejor que pueda.",
            },
        },
        "children": {"on_close": [back]},
    }


def _topics() -> list[Node]:
    return [
        on_phrases(
            "order_status",
            [
                "where is my order",
                "order status",
                "track my order",
                "has my order shipped",
                "my parcel has not arrived",
                "dónde está mi pedido",
                "estado de mi pedido",
                "mi paquete no ha llegado",
            ],
            say(
                "order_status_answer",
                "Orders leave our warehouse within one working day and take two to four days. "
                "The link in your shipping mail shows where the parcel is; the order number begins with AO.",
                "Los pedidos salen en un día laborable y tardan de dos a cuatro días. El enlace del correo de envío "
                "muestra dónde está el paquete; el número de pedido empieza por AO.",
                {"en": ["It is late", "Talk to a person"], "es": ["Llega tarde", "Hablar con una persona"]},
            ),
        ),
        on_phrases(
            "late_order",
            ["it is late", "my order is late", "parcel is late", "llega tarde", "mi pedido llega tarde"],
            say(
                "late_order_answer",
                "I am sorry about that. If it is more than six days, we send a new one or give your money back, "
                "as you like. A colleague can look into it with you.",
                "Lo siento. Si han pasado más de seis días, enviamos otro o devolvemos el dinero, como prefieras. "
                "Alguien del equipo puede revisarlo contigo.",
                {"en": ["Talk to a person"], "es": ["Hablar con una persona"]},
            ),
        ),
        on_phrases(
            "returns",
            [
                "start a return",
                "how do returns work",
                "return policy",
                "send it back",
                "i want to return",
                "quiero devolver algo",
                "cómo hago una devolución",
                "política de devoluciones",
            ],
            say(
                "returns_answer",
                "You can return anything unused within 60 days, free of charge. Put the label from your parcel on the "
                "box and leave it at any pick-up point; the money is back within five days.",
                "Puedes devolver lo que no hayas usado en 60 días, gratis. Pega la etiqueta del paquete en la caja y "
                "déjala en un punto de recogida; el dinero vuelve en cinco días.",
                {"en": ["I lost the label", "Talk to a person"], "es": ["Perdí la etiqueta", "Hablar con una persona"]},
            ),
            exclusions=["return flight"],
        ),
        on_phrases(
            "sizes",
            [
                "find my size",
                "which size do i need",
                "size chart",
                "does it run small",
                "qué talla necesito",
                "tabla de tallas",
            ],
            say(
                "sizes_answer",
                "Our jackets fit true to size; boots run half a size small. Between two sizes, take the larger for "
                "layers and the smaller for running.",
                "Nuestras chaquetas tallan normal; las botas, media talla menos. Entre dos tallas, la mayor si llevas "
                "capas y la menor para correr.",
            ),
        ),
        on_phrases(
            "hello",
            ["hello", "hi", "hey", "good morning", "good afternoon", "hola", "buenos días", "buenas tardes", "buenas"],
            say("hello_answer", "What can I do for you?", "¿En qué te puedo ayudar?"),
        ),
        on_phrases(
            "thanks",
            ["no thanks", "thanks", "thank you", "that is all", "no gracias", "gracias", "eso es todo"],
            say("thanks_answer", "You are welcome. Enjoy the trail!", "De nada. ¡Disfruta del camino!"),
        ),
    ]


def _fallback_levels() -> list[list[Node]]:
    return [
        [
            say(
                "fallback_again",
                "I did not quite get that. Could you say it in other words?",
                "No lo he entendido del todo. ¿Puedes decirlo de otra forma?",
            )
        ],
        [
            say(
                "fallback_offer",
                "I have no answer to that, sorry. Shall a person have a look?",
                "No tengo respuesta para eso, lo siento. ¿Quieres que lo vea una persona?",
                {"en": ["Talk to a person", "No, thanks"], "es": ["Hablar con una persona", "No, gracias"]},
            )
        ],
    ]


def _rating() -> Node:
    return {
        "key": "rate",
        "type": "collect_feedback",
        "settings": {
            "default_language": "en",
            "question": {
                "en": "How was it with {{live_agent_name|us}}? Please rate from 1 to 5.",
                "es": "¿Qué tal con {{live_agent_name|nosotros}}? Valóralo del 1 al 5.",
            },
            "comment_question": {"en": "What should we know?", "es": "¿Qué deberíamos saber?"},
            "thanks": {"en": "Thank you for telling us.", "es": "Gracias por decírnoslo."},
        },
    }
