"""One thing of the signed-in customer."""

from typing import Any

from flask import abort

from portal.database import begin_read
from portal.kinds import Kind
from portal.orders import objects
from portal.web import gate


def own(kind: Kind, object_id: int) -> Any:
    """Aborts with 404 for what is somebody else's, or nobody's."""
    with begin_read() as session:
        thing = objects.find(session, kind, gate.signed_in().account.id, object_id)
    return thing or abort(404)
