// Tabs and modals of the practice shop. A modal marked data-show opens when the page has loaded.
document.querySelectorAll(".nav-tabs li").forEach((tab) => {
  tab.addEventListener("click", () => {
    document.querySelectorAll(".nav-tabs li, .tab-pane").forEach((e) => e.classList.remove("active"));
    tab.classList.add("active");
    document.getElementById(tab.dataset.tab).classList.add("active");
  });
});
window.addEventListener("load", () => {
  document.querySelectorAll(".modal[data-show]").forEach((modal) => {
    modal.classList.add("show");
    modal.querySelectorAll(".close").forEach((button) => {
      button.addEventListener("click", () => modal.classList.remove("show"));
    });
  });
});
