"""What is checked in passing on every page that a test visits."""

from bs4 import BeautifulSoup


def lint(soup: BeautifulSoup, path: str) -> None:
    problems = [*_structure(soup), *_forms(soup), *_inline(soup)]
    assert not problems, f"{path}: {problems}"


def _structure(soup: BeautifulSoup) -> list[str]:
    title = soup.title.get_text() if soup.title else ""
    problems = []
    if len(soup.find_all("h1")) != 1:
        problems.append("not one h1")
    if "·" not in title or not title.partition("·")[0].strip():
        problems.append(f"title {title!r}")
    if soup.html is None or soup.html.get("lang") != "en":
        problems.append("no language")
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    return problems + [f"id {i} twice" for i in set(ids) if ids.count(i) > 1]


def _forms(soup: BeautifulSoup) -> list[str]:
    problems: list[str] = []
    for form in soup.find_all("form", method="post"):
        problems += [] if form.find("input", attrs={"name": "csrf_token"}) else [f"no CSRF token in {form}"]
    for field in soup.find_all("input"):
        if field.get("type") in {"hidden", "submit"}:
            continue
        label = soup.find("label", attrs={"for": field.get("id")}) if field.get("id") else None
        if not (label or field.find_parent("label") or field.get("aria-label")):
            problems.append(f"no label for {field.get('name')}")
    return problems


def _inline(soup: BeautifulSoup) -> list[str]:
    problems = ["inline script" for script in soup.find_all("script") if not script.get("src")]
    problems += ["inline style" for _ in soup.find_all("style")]
    for tag in soup.find_all():
        problems += [f"{name} on {tag.name}" for name in tag.attrs if name == "style" or name.startswith("on")]
    return problems
