// Choosing: of a list of panels the one that is asked for is shown.
for (const choice of document.querySelectorAll("select[data-panels]")) {
  const panels = [...document.getElementById(choice.dataset.panels).children];
  const show = () => panels.forEach((panel, which) => { panel.hidden = which !== choice.selectedIndex; });
  choice.addEventListener("change", show);
  choice.parentElement.hidden = false;
  show();
}
// Highlighting: the lines of the policy chosen stand out, all others fade.
for (const choice of document.querySelectorAll("select[data-highlight]")) {
  const lines = document.getElementById(choice.dataset.highlight).querySelectorAll("[data-line]");
  const show = () => lines.forEach((line) => {
    line.classList.toggle("faded", choice.value !== "" && line.dataset.line !== choice.value);
  });
  choice.addEventListener("change", show);
  choice.parentElement.hidden = false;
  // A browser that goes back remembers what was chosen.
  show();
}
