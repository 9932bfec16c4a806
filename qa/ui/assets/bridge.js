// The one script of the app. It makes three things work that Streamlit's Python side cannot:
// clicks on [data-qa-open] inside answers reach Python, the cited passage is scrolled into view, and the page carries
// its language and direction. It reads attributes only and writes no markup.
const state = (window.__qaBridge ??= { scrolled: "", restore: null });

function open(reference) {
  state.send?.(reference);
}

function onClick(event) {
  const target = event.target.closest?.("[data-qa-open]");
  if (target) {
    state.restore = target.dataset.qaOpen;
    open(target.dataset.qaOpen);
  } else if (event.target.closest?.("[data-qa-why]")) {
    const why = document.querySelector(".qa-why");
    why.open = true;
    why.scrollIntoView({ block: "start", behavior: "instant" });
    why.querySelector("summary").focus({ preventScroll: true });
  }
}

function onKey(event) {
  if (event.key === "Escape" && document.querySelector(".st-key-source_panel") && !event.defaultPrevented) {
    if (!document.querySelector('[role="dialog"], [data-baseweb="popover"]')) {
      open("close");
    }
  }
}

// The panel's HTML may reach the page a little after this runs, so look for it for a few seconds.
function showPassage(token, attempts) {
  if (state.token !== token) return;
  const article = document.querySelector(`[data-qa-token="${CSS.escape(token)}"]`);
  if (!article) {
    if (attempts > 0) setTimeout(() => showPassage(token, attempts - 1), 40);
    return;
  }
  if (state.scrolled === token) return;
  state.scrolled = token;
  const passage = article.querySelector("mark");
  requestAnimationFrame(() => {
    passage?.scrollIntoView({ block: "center", behavior: "instant" });
    document.querySelector(".qa-source-title")?.focus({ preventScroll: true });
  });
}

// On a narrow screen the sidebar covers the page: once something was chosen in it, it gives way.
function closeSidebar() {
  const sidebar = document.querySelector('[data-testid="stSidebar"]');
  if (window.innerWidth < 768 && sidebar && sidebar.getBoundingClientRect().width > 50) {
    sidebar.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  }
}

// A new question goes to the top of the page, so that its answer is read from its beginning. The page is still being
// drawn while this runs, so it is held there for a moment, unless the reader moves the page.
function showQuestion(turn, until) {
  if (state.turn !== turn || state.moved || performance.now() > until) return;
  const question = document.querySelector(`[data-qa-turn="${CSS.escape(turn)}"]`);
  if (question && !state.found) {
    state.found = true;
    until = performance.now() + 1200;
  }
  question?.scrollIntoView({ block: "start", behavior: "instant" });
  setTimeout(() => showQuestion(turn, until), 60);
}

function onMove() {
  state.moved = true;
}

// Whoever comes to the chat or edits a question can type at once; on a small screen that would raise the keyboard. The
// field may be drawn later, or anew, so it is looked after for a moment, unless the reader goes elsewhere.
function writeQuestion(until, found = false) {
  const area = document.querySelector('[data-testid="stChatInputTextArea"]');
  const active = document.activeElement;
  if (performance.now() > until || (active !== document.body && active !== area)) return;
  if (area && active !== area) {
    area.focus({ preventScroll: true });
    area.setSelectionRange(area.value.length, area.value.length);
  }
  if (area && !found) until = performance.now() + 1500;
  setTimeout(() => writeQuestion(until, Boolean(area)), 100);
}

// Streamlit names its own controls in English.
function nameControls() {
  state.naming = false;
  for (const [id, label] of Object.entries(state.labels)) {
    const control = document.querySelector(`[data-testid="${id}"]`);
    const named = control?.querySelector("button") ?? control;
    if (named && named.getAttribute("aria-label") !== label) named.setAttribute("aria-label", label);
  }
  document.querySelectorAll('[aria-label^="Help for "]').forEach((control) => {
    control.setAttribute("aria-label", control.ariaLabel.replace("Help for", state.help));
  });
}

function onChange() {
  if (!state.naming) {
    state.naming = true;
    requestAnimationFrame(nameControls);
  }
}

export default function (component) {
  const { data, setTriggerValue } = component;
  state.send = (reference) => setTriggerValue("open", reference);
  const root = document.documentElement;
  root.lang = data.language;
  root.dir = data.direction;
  [state.labels, state.help] = [data.labels, data.help];
  nameControls();
  if (!state.listening) {
    state.listening = true;
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", onKey);
    new MutationObserver(onChange).observe(document.body, { childList: true, subtree: true });
    for (const move of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      document.addEventListener(move, onMove, { passive: true, capture: true });
    }
    if (data.page === "chat" && window.innerWidth >= 768) writeQuestion(performance.now() + 15000);
  }
  const edited = data.editing && !state.editing;
  state.editing = data.editing;
  if (edited) {
    document.activeElement.blur();
    writeQuestion(performance.now() + 15000);
  }
  if (state.page && state.page !== data.page) {
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  }
  state.page = data.page;
  const place = `${data.page} ${data.turn}`;
  if (state.place && state.place !== place) closeSidebar();
  state.place = place;
  const asked = data.turn && data.turn !== state.turn;
  state.turn = data.turn;
  if (asked) {
    state.moved = state.found = false;
    showQuestion(data.turn, performance.now() + 5000);
  }
  state.token = data.token;
  if (data.token) {
    showPassage(data.token, 75);
  } else if (state.scrolled) {
    state.scrolled = "";
    const opener = state.restore && document.querySelector(`[data-qa-open="${CSS.escape(state.restore)}"]`);
    opener?.focus({ preventScroll: true });
  }
}
