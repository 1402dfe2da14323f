import { useSyncExternalStore } from "react";
import { currentSession, onSessionChange, type SessionState } from "../../app/session";

export function useSession(): SessionState {
  return useSyncExternalStore(onSessionChange, currentSession);
}
