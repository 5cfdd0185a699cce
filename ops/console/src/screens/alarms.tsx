/** What lasts and needs a person: one line a condition, for as long as it holds. */
import type { JSX } from "preact";
import { readAlarms } from "../api";
import { useLive } from "../live";
import { Fetched, Moment, Said, Scroll } from "../parts";
import { address } from "../place";
import { called, said, t } from "../words";

export function Alarms(): JSX.Element {
  const live = useLive("/v1/alarms", readAlarms);
  return (
    <Fetched live={live}>
      {(alarms) => alarms.length === 0 ? <p class="note good">{said("No alarm stands.")}</p> : (
        <Scroll label={t("Alarms")}>
          <table class="rows">
            <caption class="unseen">{t("Alarms")}</caption>
            <thead><tr><th scope="col">{t("Alarm")}</th><th scope="col">{t("Agency")}</th><th scope="col">{t("Since")}</th><th scope="col">{t("What")}</th></tr></thead>
            <tbody>
              {alarms.map((alarm) => (
                <tr data-row key={`${alarm.kind} ${alarm.peer}`}>
                  <th scope="row"><span class="state is-stuck"><span class="glyph" aria-hidden="true">▲</span>{called("alarm", alarm.kind)}</span></th>
                  <td data-name={t("Agency")}>{alarm.peer ? <a href={address(`/peers/${encodeURIComponent(alarm.peer)}`)}>{alarm.peer}</a> : t("this agency")}</td>
                  <td data-name={t("Since")}><Moment at={alarm.since} /></td>
                  <td class="whole"><Said text={said(alarm.text)} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Fetched>
  );
}
