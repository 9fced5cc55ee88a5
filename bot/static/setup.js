// The office opens a moment after its set-up ends: ask for its first page until it answers, then go there.
// The page before loads this too: when the set-up ends, nothing serves it any more.
const ask = () => fetch("/", { redirect: "follow" })
  .then((answer) => (answer.ok && !answer.url.includes("/setup") ? location.assign("/") : setTimeout(ask, 1000)))
  .catch(() => setTimeout(ask, 1000));
if (document.querySelector("[data-opening]")) setTimeout(ask, 1000);
