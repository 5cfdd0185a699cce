// node words_lint.mjs SRC: each row of the page's words is said somewhere (that none is missing is the compiler's
// affair), both languages name the same values, and no Chinese stands elsewhere in the code.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const rows = [...readFileSync(join(folder, "chinese.ts"), "utf8").matchAll(/^ {2}("(?:[^"\\]|\\.)*"): ("(?:[^"\\]|\\.)*"),$/gm)]
  .map((row) => [JSON.parse(row[1]), JSON.parse(row[2])]);
const code = readdirSync(folder).concat(readdirSync(join(folder, "screens")).map((name) => `screens/${name}`))
  .filter((name) => /\.tsx?$/.test(name) && name !== "chinese.ts")
  .map((name) => [name, readFileSync(join(folder, name), "utf8")]);
const text = code.map(([, content]) => content).join("\n");
const values = (sentence) => (sentence.match(/\{\w+\}/g) ?? []).sort().join();
const breaches = [];
for (const [english, chinese] of rows) {
  if (!text.includes(JSON.stringify(english))) breaches.push(`nothing says ${english}`);
  if (values(english) !== values(chinese)) breaches.push(`other values in Chinese: ${english}`);
}
for (const [name, content] of code) {
  const found = content.replace(/>中文</, "").match(/[\u4e00-\u9fff]+/);
  if (found) breaches.push(`${name}: Chinese outside the words: ${found[0]}`);
}
if (rows.length < 100) breaches.push("the rows cannot be read");
for (const breach of breaches) console.error(breach);
process.exit(breaches.length ? 1 : 0);
