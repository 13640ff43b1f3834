"""What an account has that orders can be about."""

from enum import StrEnum


class Kind(StrEnum):
    """`DRIVER_<KIND>` names what carries out its orders."""

    VPS = "vps"
    DEDICATED = "dedicated"
    WORDPRESS = "wordpress"
    DOMAIN = "domain"
    DNS = "dns"
