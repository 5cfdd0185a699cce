/** How to get in: there is no password here; whoever has a token makes a link. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { reason } from "../parts";
import { ended, refused, signIn, whoIsHere } from "../session";
import { t } from "../words";

export function SignIn(): JSX.Element {
  const link = useSignal(""), busy = useSignal(false);
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    busy.value = true;
    const good = await signIn(link.value);
    busy.value = false;
    if (good) link.value = "";
  }
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
      <p>{t("On the machine of the daemon, whoever has a token asks for a link, which is good once and for a minute:")}</p>
      <pre>jiexu console open</pre>
      <p>{t("Open it in this browser, or put it here:")}</p>
      <form onSubmit={submit}>
        <label class="field">{t("Link")}
          <input value={link.value} autocomplete="off" spellcheck={false} required
                 onInput={(event) => { link.value = event.currentTarget.value; }} />
        </label>
        <button type="submit" class="main" disabled={busy.value}>{t("Sign in")}</button>
      </form>
    </section>
  );
}
