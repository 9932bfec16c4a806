// Every visible control without a name; given a pattern, those whose name matches it.
// What readers and articles wrote is left out of that.
(pattern) => {
  const WRITTEN = "[role=combobox], [aria-haspopup=listbox], .st-key-conversations, .st-key-language, .qa-sources, .qa-articles, .st-key-examples, .st-key-follow_ups";
  const words = (e) => {
    const copy = e.cloneNode(true);
    copy.querySelectorAll("[aria-hidden=true]").forEach((hidden) => hidden.remove());
    return copy.textContent;
  };
  const name = (e) =>
    [e.getAttribute("aria-label") || words(e), e.title, e.labels?.[0]?.innerText].filter((each) => each?.trim()).join(" ");
  const controls = document.querySelectorAll("button, input, textarea, select, a, summary, [role=button], [role=radio]");
  return [...controls]
    .filter((e) => e.offsetParent && !e.closest("[aria-hidden=true]"))
    .filter((e) => (pattern ? !e.closest(WRITTEN) && new RegExp(pattern).test(name(e)) : !name(e)))
    .map((e) => `${name(e)} ${e.outerHTML.slice(0, 200)}`);
}
