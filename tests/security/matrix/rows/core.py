"""The inbox, the API and the webchat."""

from __future__ import annotations

from tests.security.matrix.rows.kit import (
    OPEN,
    PERSON,
    SIGNED_IN,
    TALK,
    A,
    C,
    W,
    api,
    by_users,
    chat_of,
    of_api,
    page,
    roles,
    seen,
    strangers,
)

ROWS = [
    # Anybody's.
    page("/login", "GET", roles(200, users=303)),
    page("/login", "POST", roles(422), {"email": "bo@acme.test", "password": "a wrong one"}),
    page("/logout", "POST", roles(303)),
    page("/session", "GET", roles(401, users=204)),
    page("/static/<path:filename>", "GET", OPEN),
    page("/livez", "GET", OPEN),
    page("/readyz", "GET", OPEN),
    page("/metrics", "GET", OPEN),
    page("/webchat/<channel>.js", "GET", OPEN),
    page("/webchat/<channel>/frame", "GET", OPEN),
    page("/webchat/<channel>/demo", "GET", roles(404)),
    # One's own.
    page("/", "GET", roles(401, users=303)),
    page("/account", "GET", SIGNED_IN),
    page("/account/theme", "PUT", roles(401, users=204), {"theme": "dark"}),
    page("/me/availability", "PUT", SIGNED_IN, {"availability": "away"}),
    page("/me/unseen", "GET", SIGNED_IN, query="?since=2026-01-01T00:00:00Z"),
    page("/inbox", "GET", SIGNED_IN),
    page("/inbox", "GET", seen(200), query="?c={chat}"),
    page("/inbox/list", "GET", SIGNED_IN, query="?view=all"),
    page("/inbox/views", "GET", SIGNED_IN),
    page("/inbox/filters", "GET", SIGNED_IN),
    # Bo's chat, for which bo and cy were eligible: cy lost that race and learns it (L8), the others never could.
    page(C, "GET", seen(200)),
    page(f"{C}/messages", "GET", seen(200), query="?after=0"),
    page(f"{C}/messages", "GET", seen(200), query="?before=9"),
    page(f"{C}/side", "GET", seen(200)),
    page(f"{C}/transfers/new", "GET", seen(200)),
    page(f"{C}/messages", "POST", strangers(cy=409, bo=201, di=409, ada=409), TALK),
    page(f"{C}/messages", "POST", seen(201), {**TALK, "kind": "note"}),
    page(f"{C}/claim", "POST", strangers(cy=409, bo=200, di=403, ada=403)),
    page(f"{C}/takeover", "POST", strangers(cy=201, bo=201, di=403, ada=201), TALK),
    page(f"{C}/status", "PUT", strangers(cy=409, bo=200, di=403, ada=403), {"status": "pending"}),
    page(f"{C}/transfers", "POST", strangers(cy=409, bo=204, di=403, ada=403), {"to": "user:{cy}"}),
    page(f"{C}/transfers/undo", "POST", strangers(cy=409, bo=409, di=409, ada=409)),
    page(f"{C}/language", "PUT", strangers(cy=204, bo=204, di=403, ada=204), {"language": "es"}),
    page(f"{C}/read", "PUT", seen(200), {"seq": "1"}),
    page(f"{C}/draft", "PUT", seen(200), {"text": "Dear"}),
    page(f"{C}/typing", "POST", seen(204)),
    page(f"{C}/viewing", "PUT", seen(204), {"state": "viewing", "page": "p"}),
    page("/suggestions/<suggestion>/use", "POST", strangers(cy=409, bo=200, di=409, ada=409)),
    page("/suggestions/<suggestion>/dismiss", "POST", strangers(cy=409, bo=200, di=409, ada=409)),
    # A chat that waits for Front line: claimed by its members alone, closed by whoever manages all.
    page(C, "GET", seen(200), on="queued"),
    page(f"{C}/claim", "POST", strangers(cy=200, bo=200, di=403, ada=403), on="queued"),
    page(f"{C}/takeover", "POST", strangers(cy=201, bo=201, di=403, ada=201), TALK, on="queued"),
    page(f"{C}/messages", "POST", strangers(cy=409, bo=409, di=409, ada=409), TALK, on="queued"),
    page(f"{C}/status", "PUT", strangers(cy=403, bo=403, di=403, ada=200), {"status": "closed"}, on="queued"),
    page(f"{C}/transfers", "POST", strangers(cy=403, bo=403, di=403, ada=403), {"to": "user:{cy}"}, on="queued"),
    # Bo's ticket: nobody but its Assignee was ever eligible.
    page(C, "GET", seen(200), on="ticket"),
    page(f"{C}/claim", "POST", strangers(cy=403, bo=200, di=403, ada=403), on="ticket"),
    page(f"{C}/status", "PUT", strangers(cy=403, bo=200, di=403, ada=403), {"status": "resolved"}, on="ticket"),
    # The same through the API, where a secret speaks for the person.
    api("/api/v1/openapi.json", "GET", OPEN),
    api("/api/v1/conversations", "GET", roles(401, users=200, secret=200, other_secret=200)),
    api(
        "/api/v1/conversations", "POST", roles(401, users=403, secret=201, other_secret=201), {"person": PERSON, **TALK}
    ),
    api("/api/v1/me/availability", "GET", roles(401, users=200, secret=403, other_secret=403)),
    api(
        "/api/v1/me/availability", "PUT", roles(401, users=200, secret=403, other_secret=403), {"availability": "away"}
    ),
    api(
        "/api/v1/tickets",
        "POST",
        roles(401, secret=201, other_secret=201, fay=201, eli=201, cy=201, bo=201, di=403, ada=409),
        {"subject": "A tent", "person": {"external_id": "pat"}, "assignee": None, "text": "It is torn."},
    ),
    api(A, "GET", of_api(secret=200, cy=200, bo=200, di=200, ada=200)),
    api(f"{A}/messages", "GET", of_api(secret=200, cy=200, bo=200, di=200, ada=200)),
    api(f"{A}/messages", "POST", of_api(secret=201, cy=409, bo=201, di=409, ada=409), TALK),
    api(f"{A}/messages", "POST", of_api(secret=403, cy=201, bo=201, di=201, ada=201), {**TALK, "kind": "note"}),
    api(f"{A}/claim", "POST", by_users(cy=409, bo=200, di=403, ada=403), {}),
    api(f"{A}/claim", "POST", by_users(cy=200, bo=200, di=403, ada=403), {}, on="queued"),
    api(f"{A}/takeover", "POST", by_users(cy=200, bo=200, di=403, ada=200), TALK),
    api(
        f"{A}/transfers", "POST", by_users(cy=409, bo=200, di=403, ada=403),
        {"user": "cy@acme.test"},
    ),
    api(
        f"{A}/status", "PUT", by_users(cy=409, bo=200, di=403, ada=403),
        {"status": "pending"},
    ),
    # The webchat: only the visitor's own key, on its own channel, and only the own chat.
    chat_of(f"{W}/session", "POST", roles(201), {}),
    chat_of(f"{W}/messages", "GET", roles(401, visitor=200)),
    chat_of(f"{W}/messages", "POST", roles(401, visitor=201), TALK),
    chat_of(f"{W}/rating", "POST", roles(401, visitor=409), {"stars": 5}),
    chat_of(f"{W}/typing", "POST", roles(401, visitor=204), {}),
    chat_of(f"{W}/ticket", "POST", roles(401, visitor=201), {}),
    chat_of(f"{W}/email", "POST", roles(401, visitor=200), {"email": "pia@example.com"}),
]  # fmt: skip
