"""Acts on domain registrations."""

from portal.acts import Act
from portal.orders.effects import Effect, becomes, takes

EFFECTS = {
    Act.LOCK_DOMAIN: Effect(becomes(locked=True)),
    Act.UNLOCK_DOMAIN: Effect(becomes(locked=False)),
    Act.TRANSFER_DOMAIN: Effect(tells=True),
    Act.SET_NAME_SERVERS: Effect(takes(name_servers="name_servers")),
    Act.AUTO_RENEW_ON: Effect(becomes(auto_renew=True)),
    Act.AUTO_RENEW_OFF: Effect(becomes(auto_renew=False)),
}
