/**
 * `fetch` with the session: adds the token, and when the session has ended waits for the next sign-in and then
 * sends the same request again. So an expired session loses nothing that was typed or asked.
 */
import { csrfHeader, expireSession, restoreSession, whenSignedIn } from "./session";

export async function authorizedFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  let renewed = false;
  for (;;) {
    const response = await fetch(input, { ...init, headers: withToken(init.headers) });
    if (response.status === 401) {
      expireSession();
      await whenSignedIn();
    } else if (response.status === 403 && !renewed) {
      // Another tab signed in again: the cookie is good, only the token here is the old one.
      renewed = true;
      await restoreSession();
      await whenSignedIn();
    } else {
      return response;
    }
    init.signal?.throwIfAborted();
  }
}

function withToken(headers: HeadersInit | undefined): Headers {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(csrfHeader())) all.set(name, value);
  return all;
}
