// Tells a person what happens before the program runs: it loads, or it could not be loaded and why.
// A file of its own, because the content security policy allows no inline script of ours.
(() => {
  "use strict";

  const fail = (reason) => {
    const boot = document.getElementById("boot") ?? document.body.appendChild(document.createElement("div"));
    boot.id = "boot";
    boot.setAttribute("role", "alert");
    const heading = document.createElement("h1");
    heading.textContent = "Porthole could not start";
    const advice = document.createElement("p");
    advice.textContent =
      typeof WebAssembly === "object"
        ? "Reload the page. If this stays, the files on the server are incomplete or of different versions."
        : "This browser has no WebAssembly, or it is switched off. Use a current Chrome, Edge, Firefox or Safari.";
    const detail = document.createElement("pre");
    detail.textContent = String(reason);
    boot.replaceChildren(heading, advice, detail);
  };

  const onError = (event) => {
    // A file that did not load is the target of its event; an exception has a message.
    const file = event.target?.src || event.target?.href;
    // A missing icon or manifest stops nothing.
    if (file && event.target.rel && !/stylesheet|preload/.test(event.target.rel)) return;
    fail(file ? `Not loaded: ${file}` : event.message);
  };
  const onRejection = (event) => fail(event.reason);

  addEventListener("error", onError, true);
  addEventListener("unhandledrejection", onRejection);
  // Trunk's loader fires this once the program's main function has returned.
  addEventListener(
    "TrunkApplicationStarted",
    () => {
      removeEventListener("error", onError, true);
      removeEventListener("unhandledrejection", onRejection);
      document.getElementById("boot")?.remove();
    },
    { once: true },
  );
})();
