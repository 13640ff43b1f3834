// Conveniences only: every page works without this file.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const opened = Date.now();
  const skew = (Date.parse(document.documentElement.dataset.now) || opened) - opened;

  // Waits and the status of a text

  const words = (s) => {
    if (s < 100) return `${s} second${s === 1 ? "" : "s"}`;
    return s < 7200 ? `${Math.round(s / 60)} minutes` : `${Math.round(s / 3600)} hours`;
  };

  const leaving = new AbortController();
  let fetches = 0;
  let busy = false;

  // Without what differs each time, a form's tokens and the words of a countdown: to swap a block for its like would
  // lose a press that is under way.
  const look = (block) => block.innerHTML.replace(/((?:csrf_token|once)" (?:type="hidden" )?value="|<time data-countdown[^>]*>)[^"<]*/g, "$1");

  // Takes the live blocks from a fresh copy of the page; one that holds the focus is left alone.
  const refresh = async () => {
    const [first] = all("[data-live]");
    if (!first || busy || leaving.signal.aborted || ++fetches > 120) return;
    busy = true;
    try {
      const answer = await fetch(first.dataset.url, { signal: leaving.signal, redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const block of all("[data-live]")) {
        const fresh = page.getElementById(block.id);
        if (!fresh) continue;
        block.dataset.live = fresh.dataset.live;
        if (look(block) === look(fresh) || block.contains(document.activeElement)) continue;
        block.replaceChildren(...fresh.childNodes);
      }
    } catch {
      // Offline, signed out elsewhere, or on the way to another page: what is shown stays.
    } finally {
      busy = false;
    }
  };

  const tick = () => {
    if (document.hidden) return;
    let ended = false;
    for (const time of all("time[data-countdown]")) {
      const left = Math.ceil((Date.parse(time.dateTime) - Date.now() - skew) / 1000);
      if (left > 0) {
        time.textContent = words(left);
      } else {
        ended = true;
        time.removeAttribute("data-countdown");
        const whole = time.closest("[data-done]");
        if (whole) whole.textContent = whole.dataset.done;
      }
    }
    const age = Math.round((Date.now() - opened) / 1000);
    const pending = document.querySelector('[data-live="pending"]') && age < 180 && age % 2 === 0;
    if (ended || pending) refresh();
  };
  if (all("[data-live], time[data-countdown]").length) setInterval(tick, 1000);
  addEventListener("submit", () => leaving.abort());

  // The code: filled in from the text where the browser can, and pasted with its spaces

  const code = document.querySelector("input[name=code]");
  if (code && "OTPCredential" in window) {
    navigator.credentials
      .get({ otp: { transport: ["sms"] }, signal: leaving.signal })
      .then((found) => { if (found) code.value = found.code; })
      .catch(() => {});
  }
  if (code?.value === code?.defaultValue) code?.select();
  code?.addEventListener("paste", (event) => {
    const digits = event.clipboardData.getData("text").replace(/\D/g, "");
    if (digits.length !== 6) return;
    event.preventDefault();
    code.value = digits;
  });

  // Menus

  const close = (menu) => menu.removeAttribute("open");
  addEventListener("click", (event) => {
    all("details.menu[open]").forEach((menu) => menu.contains(event.target) || close(menu));
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.menu[open]")) {
      close(menu);
      menu.querySelector("summary").focus();
    }
  });
})();
