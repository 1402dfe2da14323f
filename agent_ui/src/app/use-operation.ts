/**
 * One mutation as a form needs it: busy or not, the failure in words, and an idempotency key that stays the same
 * until the request has succeeded, so that trying again can never do the thing twice.
 */
import { useCallback, useRef, useState } from "react";
import { type AnyVariables, type OperationResult, type TypedDocumentNode, useClient } from "urql";
import { errorText, refusalText } from "./error-text";
import { useText } from "./text/language";

type Payload = { __typename: string; code?: string; message?: string };
type Success<P> = P extends { __typename: "Refusal" } ? never : P;

export type Operation<V, P> = {
  busy: boolean;
  failure: string | undefined;
  /** Resolves to the payload, or to undefined when it was refused or failed (then `failure` says why). */
  send: (input: Omit<V, "idempotencyKey">) => Promise<Success<P> | undefined>;
};

export function useOperation<D, V extends { idempotencyKey: string }, P extends Payload>(
  document: TypedDocumentNode<D, { input: V }>,
  payloadOf: (data: D) => P,
): Operation<V, P> {
  const client = useClient();
  const text = useText();
  const key = useRef(crypto.randomUUID());
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const send = useCallback(
    async (input: Omit<V, "idempotencyKey">) => {
      setBusy(true);
      setFailure(undefined);
      const variables = { input: { ...input, idempotencyKey: key.current } as V };
      const result = await client.mutation(document, variables).toPromise();
      setBusy(false);
      const payload = accepted(result, payloadOf);
      if (payload.ok) {
        key.current = crypto.randomUUID();
        return payload.ok;
      }
      setFailure(result.error ? errorText(result.error, text) : refusalText(payload.refusal, text));
      // A refusal is an answer: the corrected input is a new request.
      if (!result.error) key.current = crypto.randomUUID();
      return undefined;
    },
    [client, document, payloadOf, text],
  );
  return { busy, failure, send };
}

function accepted<D, V extends AnyVariables, P extends Payload>(
  result: OperationResult<D, V>,
  payloadOf: (data: D) => P,
): { ok?: Success<P>; refusal: { code: string; message: string } } {
  const payload = result.data && !result.error ? payloadOf(result.data) : undefined;
  if (payload && payload.__typename !== "Refusal")
    return { ok: payload as Success<P>, refusal: { code: "", message: "" } };
  return { refusal: { code: payload?.code ?? "", message: payload?.message ?? "" } };
}
