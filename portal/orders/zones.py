"""Acts on DNS zones."""

from portal.acts import Act
from portal.orders.effects import Effect, forget

EFFECTS = {
    Act.CHANGE_RECORDS: Effect(),
    Act.CHANGE_APEX: Effect(),
    Act.IMPORT_ZONE: Effect(),
    Act.DELETE_ZONE: Effect(forget),
    Act.MAKE_ZONE: Effect(),
}
