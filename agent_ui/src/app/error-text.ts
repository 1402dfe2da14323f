/** Failures in words a person can use; the codes are the stable ones of the service. */
import type { CombinedError } from "urql";
import type { Dictionary } from "./text/pt";

export function errorText(error: CombinedError, text: Dictionary): string {
  if (error.networkError && error.response?.status === undefined) return text.errors.network;
  const first = error.graphQLErrors[0];
  const code = first?.extensions?.code;
  const known = typeof code === "string" ? text.errors.codes[code] : undefined;
  return known ?? withTrace(text, first?.extensions?.traceId);
}

function withTrace(text: Dictionary, traceId: unknown): string {
  return typeof traceId === "string"
    ? `${text.errors.server} ${text.errors.trace(traceId)}`
    : text.errors.server;
}

export function refusalText(refusal: { code: string; message: string }, text: Dictionary): string {
  return text.errors.codes[refusal.code] ?? refusal.message;
}

export function errorCode(error: CombinedError | undefined): string | undefined {
  const code = error?.graphQLErrors[0]?.extensions?.code;
  return typeof code === "string" ? code : undefined;
}
