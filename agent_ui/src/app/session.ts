/**
 * Who is signed in, and the token that goes with every request. A store without framework: React reads it
 * through `useSession`, the network code directly. Nothing of it is written to disk.
 */
export type Viewer = { id: string; name: string; role: string; locale: string };

export type SessionState =
  | { status: "restoring" }
  | { status: "unreachable" }
  | { status: "signed-out" }
  | { status: "signed-in"; viewer: Viewer }
  /** The session ended while the page was in use: the page stays as it is, behind the sign-in. */
  | { status: "expired"; viewer: Viewer };

type Answer = { csrfToken: string; viewer: Viewer };

export type SignInOutcome =
  | { kind: "signed-in" }
  | { kind: "refused" }
  | { kind: "throttled"; seconds: number }
  | { kind: "failed" };

let state: SessionState = { status: "restoring" };
let csrfToken: string | undefined;
const listeners = new Set<() => void>();

export function currentSession(): SessionState {
  return state;
}

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function csrfHeader(): Record<string, string> {
  return csrfToken ? { "X-CSRF-Token": csrfToken } : {};
}

function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Asks the service who we are; after a reload this is how the token comes back. */
export async function restoreSession(): Promise<void> {
  try {
    const response = await fetch("/session", { headers: { Accept: "application/json" } });
    if (response.status === 401) return become({ status: "signed-out" });
    if (!response.ok) return become({ status: "unreachable" });
    const answer: Answer = await response.json();
    csrfToken = answer.csrfToken;
    become({ status: "signed-in", viewer: answer.viewer });
  } catch {
    // No answer at all, or one that is not JSON: both mean the service cannot be reached now.
    become({ status: "unreachable" });
  }
}

/** Takes the token of the cookie's session, which another tab may have opened; true when there is one. */
export async function renewToken(): Promise<boolean> {
  const response = await fetch("/session", { headers: { Accept: "application/json" } });
  if (!response.ok) return false;
  accept(await response.json());
  return true;
}

export async function signIn(login: string, password: string): Promise<SignInOutcome> {
  try {
    const response = await fetch("/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ login, password }),
    });
    if (response.status === 429) {
      return { kind: "throttled", seconds: Number(response.headers.get("Retry-After")) || 60 };
    }
    if (response.status === 401) return { kind: "refused" };
    if (!response.ok) return { kind: "failed" };
    accept(await response.json());
    return { kind: "signed-in" };
  } catch {
    return { kind: "failed" };
  }
}

function accept(answer: Answer): void {
  const before = "viewer" in state ? state.viewer.id : undefined;
  csrfToken = answer.csrfToken;
  // What the earlier agent left on the screen must not reach another one.
  if (before && before !== answer.viewer.id) leave();
  else become({ status: "signed-in", viewer: answer.viewer });
}

export async function signOut(): Promise<void> {
  try {
    await fetch("/session", { method: "DELETE", headers: csrfHeader() });
  } finally {
    leave();
  }
}

function leave(): void {
  sessionStorage.clear();
  location.assign("/");
}

export function expireSession(): void {
  csrfToken = undefined;
  if (state.status === "signed-in") become({ status: "expired", viewer: state.viewer });
}

/** Resolves as soon as somebody is signed in. */
export function whenSignedIn(): Promise<void> {
  if (state.status === "signed-in") return Promise.resolve();
  return new Promise((resolve) => {
    const stop = onSessionChange(() => {
      if (state.status !== "signed-in") return;
      stop();
      resolve();
    });
  });
}
