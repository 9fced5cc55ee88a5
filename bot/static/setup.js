// The office opens a moment after its set-up ends: ask for its first page until it answers, then go there.
const ask = () => fetch("/", { redirect: "follow" })
  .then((answer) => (answer.ok && !answer.url.includes("/setup") ? location.assign("/") : setTimeout(ask, 1000)))
  .catch(() => setTimeout(ask, 1000));
setTimeout(ask, 1000);
