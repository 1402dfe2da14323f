/** How long to wait before trying again: doubling from 0.5 s to 15 s, with jitter, cut short by good news. */
export function backOffDelay(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(15_000, 500 * 2 ** Math.max(0, failures - 1));
  return ceiling / 2 + (ceiling / 2) * random();
}

/** Resolves after the delay, or at once when the network is back, the tab is shown again, or on abort. */
export function waitUnlessWoken(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wakeIfShown);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const wakeIfShown = () => {
      if (document.visibilityState === "visible") wake();
    };
    const timer = setTimeout(wake, milliseconds);
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wakeIfShown);
    signal.addEventListener("abort", wake);
  });
}
