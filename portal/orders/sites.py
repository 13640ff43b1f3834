"""Acts on WordPress sites."""

from portal.acts import Act
from portal.orders.effects import Effect, forget, takes

EFFECTS = {
    Act.UPDATE_SITE: Effect(takes(version="version"), {"version": str}),
    Act.RESET_ADMIN: Effect(makes_password=True),
    Act.DELETE_SITE: Effect(forget),
}
