"""What is checked in passing on every page that a test visits."""

from bs4 import BeautifulSoup, Tag

REFUSED = {422, 429}


def lint(soup: BeautifulSoup, path: str, status: int = 200) -> None:
    problems = [*_structure(soup), *_forms(soup), *_inline(soup), *_refusal(soup, is_refused=status in REFUSED)]
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


def _refusal(soup: BeautifulSoup, *, is_refused: bool) -> list[str]:
    """A form that came back says so first of all, in the title, and begins where something is wrong."""
    focused = soup.find_all(autofocus=True)
    problems = [f"{len(focused)} with autofocus"] if len(focused) > 1 or (is_refused and not focused) else []
    if (soup.title.get_text() if soup.title else "").startswith("Error: ") != is_refused:
        problems.append("the title says that something is wrong when nothing is, or the other way round")
    if (soup.find(role="alert") is not None) != is_refused:
        problems.append("an alert when nothing is wrong, or none when something is")
    wrong = soup.find_all(attrs={"aria-invalid": "true"})
    problems += [f"no sentence at {tag.get('name', tag.name)}" for tag in wrong if not _says(soup, tag, "-error")]
    if is_refused and len(focused) == 1:
        problems += _beginning(soup, focused[0], wrong)
    return problems


def _beginning(soup: BeautifulSoup, focused: Tag, wrong: list[Tag]) -> list[str]:
    """Of a refused form: the first field with an error; without one, the form's own error or what that describes."""
    problems = []
    if wrong and wrong[0] is not focused and wrong[0] not in focused.parents:
        problems.append(f"begins at {focused.get('name')}, which is not the first field with an error")
    if not wrong and not focused.find(id="form-error") and not _says(soup, focused, "form-error"):
        problems.append(f"{focused.get('name')} has the focus and does not say what is wrong")
    if any(parent.name == "details" and not parent.has_attr("open") for parent in focused.parents):
        problems.append("begins at something that is folded away")
    return problems


def _says(soup: BeautifulSoup, tag: Tag, ending: str) -> bool:
    """Whether one of the texts that describe it, by the ending of its id, says anything."""
    described = [soup.find(id=i) for i in str(tag.get("aria-describedby", "")).split() if i.endswith(ending)]
    return any(text is not None and text.get_text().strip() for text in described)
