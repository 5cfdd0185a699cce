/** How to get in: by user and password, or by a link that whoever has a token makes. */
import { useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { reason } from "../parts";
import { changePassword, ended, refused, session, signIn, signInBy, whoIsHere } from "../session";
import { t, type Sentence } from "../words";

function Field({ title, value, fill, hint }:
    { title: Sentence; value: Signal<string>; fill: "username" | "current-password" | "new-password"; hint?: Sentence }): JSX.Element {
  const input = {
    name: fill, value: value.value, autocomplete: fill, autocapitalize: "none" as const, spellcheck: false, required: true,
    onInput: (event: { currentTarget: HTMLInputElement }) => { value.value = event.currentTarget.value; },
  };
  return (
    <label class="field">{t(title)}
      {fill === "username" ? <input type="text" {...input} /> : <input type="password" {...input} />}
      {hint && <span class="hint">{t(hint)}</span>}
    </label>
  );
}

function ByPassword(): JSX.Element {
  const user = useSignal(session.value?.user ?? ""), password = useSignal(""), busy = useSignal(false);
  const asked = useSignal(false), fresh = useSignal(""), again = useSignal(""), differ = useSignal(false);
  // A password that serves once is followed by the user's own.
  const changes = asked.value || refused.value?.code === "password_for_once" || fresh.value !== "";
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    differ.value = changes && fresh.value !== again.value;
    if (differ.value) return;
    busy.value = true;
    const name = user.value.trim();
    const good = changes ? await changePassword(name, password.value, fresh.value) : await signInBy(name, password.value);
    busy.value = false;
    if (good) password.value = fresh.value = again.value = "";
  }
  return (
    <form onSubmit={submit}>
      <Field title="User" value={user} fill="username" />
      <Field title="Password" value={password} fill="current-password" />
      {changes && <Field title="New password" value={fresh} fill="new-password" hint="At least 10 characters" />}
      {changes && <Field title="New password, once more" value={again} fill="new-password" />}
      {differ.value && <p class="note bad" role="alert">{t("The two new passwords differ.")}</p>}
      <button type="submit" class="main" disabled={busy.value}>{changes ? t("Set the password and sign in") : t("Sign in")}</button>{" "}
      {!changes && <button type="button" onClick={() => { asked.value = true; }}>{t("Change my password")}</button>}
    </form>
  );
}

function ByLink(): JSX.Element {
  const link = useSignal(""), busy = useSignal(false);
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    busy.value = true;
    const good = await signIn(link.value);
    busy.value = false;
    if (good) link.value = "";
  }
  return (
    <details>
      <summary>{t("Sign in by a link")}</summary>
      <p>{t("On the machine of the daemon, whoever has a token asks for a link, which is good once and for a minute:")}</p>
      <pre>jiexu console open</pre>
      <p>{t("Open it in this browser, or put it here:")}</p>
      <form onSubmit={submit}>
        <label class="field">{t("Link")}
          <input value={link.value} autocomplete="off" spellcheck={false} required
                 onInput={(event) => { link.value = event.currentTarget.value; }} />
        </label>
        <button type="submit" disabled={busy.value}>{t("Use the link")}</button>
      </form>
    </details>
  );
}

export function SignIn(): JSX.Element {
  const problem = refused.value;
  return (
    <section class="signin" aria-labelledby="signin-title">
      <h1 id="signin-title">{ended.value ? t("Your session has ended") : t("Sign in")}</h1>
      {ended.value && <p>{t("What you have typed is still here. Sign in again, and go on.")}</p>}
      {problem && (
        <p class="note bad" role="alert">{reason(problem)}{" "}
          {problem.status === 0 && <button type="button" onClick={() => void whoIsHere()}>{t("Try again")}</button>}
        </p>
      )}
      <ByPassword />
      <ByLink />
    </section>
  );
}
