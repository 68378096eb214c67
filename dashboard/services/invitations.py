"""Links by e-mail that work once: an invitation makes its user, a password link gives one a new password (SPEC 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from dashboard.models import Invitation, Role, Team, Teamspace, User, UserSession, Workspace
from dashboard.models.clock import utcnow
from dashboard.models.errors import Invalid, NotFound, NotPermitted, Refused
from dashboard.models.ids import is_public_id, new_public_id
from dashboard.models.membership import Reader
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Viewer
from dashboard.services import access, sessions
from dashboard.services.addresses import clean_email
from dashboard.services.granting import Grants, Keys, resolve
from dashboard.services.invitation_mail import invitation_words
from dashboard.services.mailing import new_message_id, queue_mail, split_address
from dashboard.services.secrets import MIN_PASSWORD, clean_password, digest, hash_password, new_token
from dashboard.services.setup import add_user
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from dashboard.services.users import hold_user, tell_of
from integrations.port import Mail

_i = Invitation.__table__.c
_r = Role.__table__.c
_s = Teamspace.__table__.c
_t = Team.__table__.c
_u = User.__table__.c
_w = Workspace.__table__.c

LIFE = timedelta(days=7)
PASSWORD_LIFE = timedelta(hours=2)
VOID = "This link is no longer valid: it was used, taken back, or is too old. Ask for a new one."


@dataclass(frozen=True)
class Sender:
    """From where links lead to us, and from whom the mail is: `name <address>`."""

    origin: str
    mail_from: str


@dataclass(frozen=True)
class Link:
    """A link that was sent; it is shown once, for installations whose mail goes nowhere yet."""

    email: str
    address: str


@dataclass(frozen=True)
class Invited:
    """What the page behind a link says; `is_new` is False for a password link."""

    name: str
    email: str
    workspace: str
    is_new: bool


def invite(viewer: Viewer, email: object, name: object, grants: Grants, sender: Sender) -> Link:
    """Invite somebody with these roles, teams and teamspaces; an earlier invitation to the same address is void.

    Raises NotPermitted, and Invalid with the fields.
    """
    address, shown = clean_email(email).lower(), clean_line(name, "name", limit=120)
    with unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "users.manage")
        _refuse_known(uow, address)
        keys = resolve(uow, viewer, grants, Grants())
        _void(uow, (_i.email == address) & (_i.workspace_id == viewer.workspace_id))
        return _send(uow, viewer, address, shown, keys, sender)


def send_again(viewer: Viewer, public_id: str, sender: Sender) -> Link:
    """A new link in place of the one before, with its time anew. Raises NotFound, NotPermitted."""
    with unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "users.manage")
        row = _find_waiting(uow, viewer, public_id)
        grants = _grants_of(uow, row)
        keys = resolve(uow, viewer, grants, Grants())
        _void(uow, _i.id == row.id)
        return _send(uow, viewer, row.email, row.name, keys, sender)


def take_back(viewer: Viewer, public_id: str) -> str:
    """Void an invitation; answers its address. Raises NotFound, NotPermitted."""
    with unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "users.manage")
        row = _find_waiting(uow, viewer, public_id)
        _void(uow, _i.id == row.id)
    return str(row.email)


def send_password_link(viewer: Viewer, public_id: str, sender: Sender) -> Link:
    """A link with which an active user chooses a new password; their sign-ins end when they do."""
    with unit_of_work() as uow:
        viewer, state = hold_user(uow, viewer, public_id)
        if not state.is_active:
            raise Refused(f"{state.name} is deactivated and cannot sign in.")
        _void(uow, _i.email == state.email)
        return _send(uow, viewer, state.email, state.name, Keys([], [], []), sender, life=PASSWORD_LIFE)


def get_invited(reader: Reader, token: str) -> Invited:
    """Who is behind a link; raises NotFound for one that is void."""
    row = reader.execute(
        select(_i.name, _i.email, _i.role_ids, _w.name.label("workspace"))
        .join(Workspace.__table__, _w.id == _i.workspace_id)
        .where(_i.token_hash == digest(token), *_waits(), _i.expires_at > utcnow())
    ).one_or_none()
    if row is None:
        raise NotFound(VOID)
    return Invited(row.name, row.email, row.workspace, bool(row.role_ids))


def accept(token: str, name: object, password: object) -> str:
    """Follow a link: make the user, or set the password; answers the e-mail to sign in with.

    Raises NotFound for a link that is void, Invalid with the fields. Of two who follow it at once one does.
    """
    chosen = clean_password(password)
    if len(chosen) < MIN_PASSWORD:
        raise Invalid({"password": f"A password has at least {MIN_PASSWORD} characters."})
    hashed = hash_password(chosen)
    try:
        with unit_of_work() as uow:
            row = _use(uow, token)
            if row.role_ids:
                _make_user(uow, row, clean_line(name, "name", limit=120), hashed)
            else:
                _set_password(uow, row, hashed)
    except IntegrityError:
        raise Refused("There is a user with this e-mail already. Sign in instead.") from None
    except NotPermitted:  # whoever sent it may do less by now, or the user more: that is nothing to tell who follows it
        raise NotFound(VOID) from None
    return str(row.email)


def _send(
    uow: UnitOfWork, viewer: Viewer, email: str, name: str, keys: Keys, sender: Sender, life: timedelta = LIFE
) -> Link:
    raw, workspace = new_token(), uow.conn.execute(select(_w.name).where(_w.id == viewer.workspace_id)).scalar_one()
    uow.conn.execute(
        insert(Invitation.__table__).values(
            public_id=new_public_id(), workspace_id=viewer.workspace_id, email=email, name=name,
            role_ids=keys.roles, team_ids=keys.teams, teamspace_ids=keys.teamspaces, token_hash=digest(raw),
            invited_by_id=viewer.user_id, created_at=uow.now, expires_at=uow.now + life,
        )
    )  # fmt: skip
    link = Link(email, f"{sender.origin}/invitations/{raw}")
    subject, text = invitation_words(viewer.name, name, workspace, link.address, is_new=bool(keys.roles))
    from_name, from_address = split_address(sender.mail_from)
    mail = Mail(new_message_id(from_address), from_address, from_name, email, subject, text, is_automatic=True)
    queue_mail(uow, mail, stream=f"invitation:{digest(raw)[:16]}")
    return link


def _refuse_known(uow: UnitOfWork, email: str) -> None:
    row = uow.conn.execute(select(_u.name, _u.is_active).where(_u.email == email)).one_or_none()
    if row is not None:
        what = "has this e-mail already" if row.is_active else "has this e-mail and is deactivated: reactivate them"
        raise Invalid({"email": f"{row.name} {what}."})


def _waits() -> tuple[ColumnElement[bool], ...]:
    return _i.accepted_at.is_(None), _i.revoked_at.is_(None)


def _void(uow: UnitOfWork, which: ColumnElement[bool]) -> None:
    uow.conn.execute(update(Invitation.__table__).where(which, *_waits()).values(revoked_at=uow.now))


def _find_waiting(uow: UnitOfWork, viewer: Viewer, public_id: str) -> Row[tuple[object, ...]]:
    row = None
    if is_public_id(public_id):
        is_it = (_i.public_id == public_id) & (_i.workspace_id == viewer.workspace_id)
        row = uow.conn.execute(select(Invitation.__table__).where(is_it, *_waits()).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("This invitation was followed or taken back already.")
    return row


def _grants_of(uow: UnitOfWork, row: Row[tuple[object, ...]]) -> Grants:
    """What the invitation gives of what is still there, as public ids."""
    roles = select(_r.public_id).where(_r.id.in_(row.role_ids))
    teams = select(_t.public_id).where(_t.id.in_(row.team_ids), _t.archived_at.is_(None))
    spaces = select(_s.public_id).where(_s.id.in_(row.teamspace_ids), _s.archived_at.is_(None))
    return Grants(*(frozenset(uow.conn.execute(each).scalars()) for each in (roles, teams, spaces)))


def _use(uow: UnitOfWork, token: str) -> Row[tuple[object, ...]]:
    row = uow.conn.execute(
        update(Invitation.__table__)
        .where(_i.token_hash == digest(token), *_waits(), _i.expires_at > uow.now)
        .values(accepted_at=uow.now)
        .returning(*Invitation.__table__.c)
    ).one_or_none()
    if row is None:
        raise NotFound(VOID)
    return row


def _make_user(uow: UnitOfWork, row: Row[tuple[object, ...]], name: str, hashed: str) -> None:
    """With what the inviter may still give: who lost that meanwhile invites nobody."""
    inviter = load_viewer(uow.conn, row.invited_by_id)
    if inviter is None or "users.manage" not in inviter.permissions:
        raise NotFound(VOID)
    grants = _grants_of(uow, row)
    if not grants.roles:  # all of them were deleted
        raise NotFound(VOID)
    keys = resolve(uow, inviter, grants, Grants())
    user_id = add_user(
        uow, row.workspace_id, row.email, name,
        roles=keys.roles, teams=keys.teams, teamspaces=keys.teamspaces, password_hash=hashed,
    )  # fmt: skip
    tell_of(uow, user_id)


def _set_password(uow: UnitOfWork, row: Row[tuple[object, ...]], hashed: str) -> None:
    """As long as its sender may change the user: the link was shown to them, and the user may do more by now."""
    sender = load_viewer(uow.conn, row.invited_by_id)
    public_id = uow.conn.execute(select(_u.public_id).where(_u.email == row.email, _u.is_active)).scalar()
    if sender is None or public_id is None:
        raise NotFound(VOID)
    _, user = hold_user(uow, sender, public_id)
    if not user.is_active:
        raise NotFound(VOID)
    uow.conn.execute(update(User.__table__).where(_u.id == user.id).values(password_hash=hashed))
    sessions.revoke_within(uow, UserSession.__table__.c.user_id == user.id)
