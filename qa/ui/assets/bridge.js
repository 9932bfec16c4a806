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

// A new question goes to the top of the page, so that its answer is read from its beginning.
function showQuestion(turn, attempts) {
  const question = document.querySelector(`[data-qa-turn="${CSS.escape(turn)}"]`);
  if (question) {
    requestAnimationFrame(() => question.scrollIntoView({ block: "start", behavior: "instant" }));
  } else if (attempts > 0 && state.turn === turn) {
    setTimeout(() => showQuestion(turn, attempts - 1), 40);
  }
}

export default function (component) {
  const { data, setTriggerValue } = component;
  state.send = (reference) => setTriggerValue("open", reference);
  const root = document.documentElement;
  root.lang = data.language;
  root.dir = data.direction;
  if (!state.listening) {
    state.listening = true;
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", onKey);
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
    showQuestion(data.turn, 75);
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
