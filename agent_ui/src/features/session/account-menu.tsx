import { signOut } from "../../app/session";
import { useText } from "../../app/text/language";
import { useSession } from "./use-session";

export function AccountMenu() {
  const text = useText();
  const session = useSession();
  if (session.status !== "signed-in") return null;
  const { name, role } = session.viewer;
  return (
    <div className="account">
      <span className="account-name">
        {name} <span className="account-role">{text.role[role] ?? role}</span>
      </span>
      <button type="button" className="bar-button" onClick={() => void signOut()}>
        {text.session.signOut}
      </button>
    </div>
  );
}
