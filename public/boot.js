// Tells a person when the program does not run: it loads, it could not be loaded and why, or it has stopped.
// A file of its own, because the content security policy allows no inline script of ours.
(() => {
  "use strict";

  const tell = (title, words, detail) => {
    const boot = document.createElement("div");
    boot.id = "boot";
    boot.setAttribute("role", "alert");
    const heading = document.createElement("h1");
    heading.textContent = title;
    const advice = document.createElement("p");
    advice.textContent = words;
    const evidence = document.createElement("pre");
    evidence.textContent = detail;
    boot.replaceChildren(heading, advice, evidence);
    // Values that nobody renews must not look alive.
    document.body.replaceChildren(boot);
    return boot;
  };

  const fail = (reason) => {
    const words =
      typeof WebAssembly === "object"
        ? "Reload the page. If this stays, the files on the server are incomplete or of different versions."
        : "This browser has no WebAssembly, or it is switched off. Use a current Chrome, Edge, Firefox or Safari.";
    tell("Porthole could not start", words, String(reason));
  };

  const onError = (event) => {
    // A file that did not load is the target of its event; an exception has a message.
    const file = event.target?.src || event.target?.href;
    // A missing icon or manifest stops nothing.
    if (file && event.target.rel && !/stylesheet|preload/.test(event.target.rel)) return;
    fail(file ? `Not loaded: ${file}` : event.message);
  };
  const onRejection = (event) => fail(event.reason);

  // What ends a WebAssembly program is a RuntimeError; nothing in it runs on after one.
  const onTrap = (error) => {
    if (!(error instanceof WebAssembly.RuntimeError)) return;
    removeEventListener("error", onErrorLater);
    removeEventListener("unhandledrejection", onRejectionLater);
    const words =
      "A fault ended the program. What was shown is no longer kept up to date, so it was cleared. Reload the page to go on; the lines below help whoever looks for the fault.";
    const button = document.createElement("button");
    button.className = "btn";
    button.textContent = "Reload";
    button.addEventListener("click", () => location.reload());
    tell("Porthole has stopped", words, error.stack || String(error)).append(button);
    button.focus();
  };
  const onErrorLater = (event) => onTrap(event.error);
  const onRejectionLater = (event) => onTrap(event.reason);

  addEventListener("error", onError, true);
  addEventListener("unhandledrejection", onRejection);
  // Trunk's loader fires this once the program's main function has returned.
  addEventListener(
    "TrunkApplicationStarted",
    () => {
      removeEventListener("error", onError, true);
      removeEventListener("unhandledrejection", onRejection);
      document.getElementById("boot")?.remove();
      addEventListener("error", onErrorLater);
      addEventListener("unhandledrejection", onRejectionLater);
    },
    { once: true },
  );
})();
