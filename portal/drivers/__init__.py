"""The registry: which driver a name in a DRIVER_ setting stands for."""

from importlib import import_module

from portal.drivers.base import Driver, DriverConfigError, Kind

BUILT_IN = {
    "local": "portal.drivers.local:LocalDriver",
    "webhook": "portal.drivers.webhook:WebhookDriver",
    "powerdns": "portal.drivers.powerdns:PowerDnsDriver",
}


def find(kind: Kind, name: str) -> type[Driver]:
    """The class behind a built-in name or a `package.module:Class` path; its module is imported only now.

    Raises DriverConfigError when there is none, or it does nothing for this kind.
    """
    setting = f"DRIVER_{kind.name}"
    module_name, _, class_name = BUILT_IN.get(name, name).partition(":")
    if not (module_name and class_name):
        known = ", ".join(BUILT_IN)
        raise DriverConfigError(
            f"{setting} names {name!r}, which is neither one of {known} nor a package.module:Class path."
        )
    try:
        driver = getattr(import_module(module_name), class_name)
    except Exception as error:
        # Whatever a module does when it is imported, the shop gets a sentence.
        raise DriverConfigError(f"{setting} names {name!r}, which can't be imported: {error}.") from error
    if not (isinstance(driver, type) and issubclass(driver, Driver)):
        raise DriverConfigError(f"{setting} names {name!r}, which is not a Driver class.")
    if not getattr(driver, "name", ""):
        raise DriverConfigError(f"{setting} names {name!r}, which has no name: orders are marked with it.")
    if kind not in driver.kinds:
        raise DriverConfigError(f"{setting} names {name!r}, which carries out nothing for {kind.value}.")
    return driver
