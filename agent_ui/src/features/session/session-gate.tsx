/**
 * Shows the console to whoever is signed in, and the sign-in otherwise. When a session ends in use, the page stays
 * mounted, hidden and inert behind the sign-in, so that nothing typed is lost; the address stays too.
 */
import { type ReactNode, useEffect } from "react";
import { restoreSession } from "../../app/session";
import { useText } from "../../app/text/language";
import { SignInPage } from "./sign-in-page";
import { Unreachable } from "./unreachable";
import { useSession } from "./use-session";

export function SessionGate({ children }: { children: ReactNode }) {
  const session = useSession();
  const text = useText();
  useEffect(() => {
    void restoreSession();
  }, []);
  if (session.status === "restoring") return <p className="page-status">{text.app.loading}</p>;
  if (session.status === "unreachable") return <Unreachable />;
  if (session.status === "signed-out") return <SignInPage expired={false} />;
  const expired = session.status === "expired";
  return (
    <>
      {expired && <SignInPage expired />}
      <div hidden={expired} inert={expired}>
        {children}
      </div>
    </>
  );
}
