import { type FormEvent, useEffect, useId, useState } from "react";
import { Brand } from "../../app/brand";
import { type SignInOutcome, signIn } from "../../app/session";
import { useText } from "../../app/text/language";
import { LanguageSwitch } from "../../app/text/language-switch";
import type { Dictionary } from "../../app/text/pt";
import "./session.css";

export function SignInPage({ expired }: { expired: boolean }) {
  const text = useText();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const problemId = useId();
  useEffect(() => {
    document.title = `${text.session.title} · ${text.app.name}`;
  }, [text]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!login.trim() || !password) return setProblem(text.session.missing);
    setBusy(true);
    setProblem(undefined);
    const outcome = await signIn(login.trim(), password);
    setBusy(false);
    if (outcome.kind !== "signed-in") setProblem(inWords(outcome, text));
  }

  return (
    <div className="sign-in">
      <header className="sign-in-head">
        <Brand />
        <LanguageSwitch />
      </header>
      <main className="sign-in-main">
        <div className="sign-in-card">
          <h1>{text.session.title}</h1>
          <p className="muted">{expired ? text.session.expired : text.session.lead}</p>
          <form onSubmit={submit} noValidate>
            <label className="field">
              <span>{text.session.login}</span>
              <input
                name="login"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                // biome-ignore lint/a11y/noAutofocus: the page has nothing else to do
                autoFocus
                value={login}
                onChange={(event) => setLogin(event.target.value)}
                aria-describedby={problem ? problemId : undefined}
              />
            </label>
            <label className="field">
              <span>{text.session.password}</span>
              <input
                name="password"
                type="password"
                autoComplete="current-password"
                value={password}
                onChange={(event) => setPassword(event.target.value)}
                aria-describedby={problem ? problemId : undefined}
              />
            </label>
            <p id={problemId} role="alert" className={problem ? "problem" : "visually-hidden"}>
              {problem}
            </p>
            <button type="submit" className="button primary wide" disabled={busy}>
              {busy ? text.session.submitting : text.session.submit}
            </button>
          </form>
        </div>
        <p className="sign-in-promise">{text.session.promise}</p>
      </main>
    </div>
  );
}

function inWords(outcome: Exclude<SignInOutcome, { kind: "signed-in" }>, text: Dictionary): string {
  if (outcome.kind === "throttled") return text.session.throttled(outcome.seconds);
  return outcome.kind === "refused" ? text.session.refused : text.session.failed;
}
