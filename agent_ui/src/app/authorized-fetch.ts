/**
 * `fetch` with the session: adds the token, and when the session has ended waits for the next sign-in and then
 * sends the same request again. So an expired session loses nothing that was typed or asked.
 */
import { csrfHeader, expireSession, renewToken, whenSignedIn } from "./session";

export async function authorizedFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  let renewed = false;
  for (;;) {
    const response = await fetch(input, { ...init, headers: withToken(init.headers) });
    if (response.status === 401) {
      expireSession();
      await whenSignedIn();
    } else if (renewed || !(await isOldToken(response))) {
      return response;
    } else {
      // Another tab signed in again: the cookie is good, only the token here is the old one.
      renewed = true;
      if (!(await renewToken())) return response;
    }
    init.signal?.throwIfAborted();
  }
}

async function isOldToken(response: Response): Promise<boolean> {
  return response.status === 403 && (await response.clone().text()).includes('"CSRF"');
}

function withToken(headers: HeadersInit | undefined): Headers {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(csrfHeader())) all.set(name, value);
  return all;
}
