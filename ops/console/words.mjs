// The rows of the catalogue (daemon/words) that data brings to the page: names of states and kinds, and
// sentences such as the cause of a state, which the API gives in English.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Families of names; and the files whose sentences stand in answers that the page shows.
const FAMILIES = ["alarm", "comparison", "duty", "event", "fault", "funds", "message", "overlay", "peer", "right", "role", "side",
                  "state"];
const SENTENCES = ["link_words.cc", "refusal_words.cc"];
// Of those files, what only the command line says.
const OF_THE_COMMAND = /^(Help|jiexu)|\{command\}/;

const ROW = /^ {4}(?:sentence\(("(?:[^"\\\n]|\\.)*"), ("(?:[^"\\\n]|\\.)*")\)|\{("(?:[^"\\\n]|\\.)*"), ("(?:[^"\\\n]|\\.)*"), ("(?:[^"\\\n]|\\.)*")\}),/gm;

/** What data may bring: id -> Chinese of a sentence, id -> [English, Chinese] of a name. */
export function catalogue(folder) {
  const names = {}, sentences = {};
  for (const file of readdirSync(folder).filter((name) => name.endsWith("_words.cc")).sort()) {
    for (const row of readFileSync(join(folder, file), "utf8").matchAll(ROW)) {
      if (row[3]) {
        const id = JSON.parse(row[3]);
        if (FAMILIES.includes(id.split(".")[0]) && !id.endsWith(".says")) names[id] = [JSON.parse(row[4]), JSON.parse(row[5])];
      } else if (SENTENCES.includes(file)) {
        const english = JSON.parse(row[1]);
        if (!OF_THE_COMMAND.test(english)) sentences[english] = JSON.parse(row[2]);
      }
    }
  }
  return { names, sentences };
}
