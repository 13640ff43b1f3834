"""Every act that can be ordered, with its effect: one table, put together from those of each kind."""

from portal.acts import Act
from portal.orders import domains, servers, sites, zones
from portal.orders.effects import Effect

EFFECTS: dict[Act, Effect] = servers.EFFECTS | sites.EFFECTS | domains.EFFECTS | zones.EFFECTS
