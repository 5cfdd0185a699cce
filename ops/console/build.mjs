// node build.mjs OUT: bundles the page into OUT/files, packs each file with gzip and brotli, and writes
// OUT/console_files.cc, which takes them into jiexud. Names carry a hash of the content.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { catalogue } from "./words.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
const { build } = createRequire(join(out, "package.json"))("esbuild");

async function bundle(entry, define = {}, banner = {}) {
  const made = await build({
    entryPoints: [join(here, "src", entry)],
    bundle: true, minify: true, write: false, charset: "utf8", legalComments: "none",
    format: "iife", target: ["chrome109", "firefox115"],
    jsx: "automatic", jsxImportSource: "preact",
    nodePaths: [join(out, "node_modules")],
    define, banner,
    plugins: [{
      name: "catalogue",
      setup(on) {
        on.onResolve({ filter: /^catalogue$/ }, () => ({ path: "catalogue", namespace: "words" }));
        on.onLoad({ filter: /.*/, namespace: "words" }, () => ({
          contents: JSON.stringify(catalogue(join(here, "../../daemon/words"))), loader: "json",
        }));
      },
    }],
  });
  return Buffer.from(made.outputFiles[0].contents);
}

const files = [];
function add(name, type, content) {
  files.push({ name, type, content });
  return name;
}
function hashed(stem, kind, type, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return add(`${stem}-${hash}.${kind}`, type, content);
}

// The notices of whose code is in the page.
const notices = ["preact", "@preact/signals", "@preact/signals-core"]
  .map((name) => `${name}\n\n${readFileSync(join(out, "node_modules", name, "LICENSE"), "utf8")}`).join("\n\n");
const licences = hashed("licences", "txt", "text/plain; charset=utf-8", Buffer.from(notices));

const script = "text/javascript; charset=utf-8";
const worker = hashed("stream", "js", script, await bundle("worker.ts"));
const app = hashed("app", "js", script,
  await bundle("main.tsx", { WORKER_URL: JSON.stringify(`/console/assets/${worker}`) },
    { js: `/* Holds Preact and its signals, MIT: /console/assets/${licences} */` }));
const css = hashed("app", "css", "text/css; charset=utf-8", await bundle("style.css"));
const icon = hashed("icon", "svg", "image/svg+xml", readFileSync(join(here, "src/icon.svg")));
const page = readFileSync(join(here, "src/index.html"), "utf8")
  .replace("APP_JS", `/console/assets/${app}`).replace("APP_CSS", `/console/assets/${css}`)
  .replace("ICON", `/console/assets/${icon}`);
add("index.html", "text/html; charset=utf-8", Buffer.from(page));

rmSync(join(out, "files"), { recursive: true, force: true });
mkdirSync(join(out, "files"));
const coded = { plain: (bytes) => bytes, gzip: (bytes) => gzipSync(bytes, { level: 9 }),
  brotli: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }) };
let assembler = "", declared = "", rows = "", bytes = 0;
files.forEach((file, n) => {
  const views = Object.entries(coded).map(([way, code]) => {
    const path = join(out, "files", `${file.name}.${way}`), symbol = `jiexu_console_${n}_${way}`;
    const content = code(file.content);
    writeFileSync(path, content);
    if (way === "brotli") bytes += content.length;
    assembler += `    "${symbol}:\\n.incbin \\"${path}\\"\\n"\n`;
    declared += `extern const char ${symbol}[];\n`;
    return `{${symbol}, ${content.length}}`;
  });
  rows += `    {"${file.name}", "${file.type}", ${views.join(", ")}},\n`;
});
// Nothing of the files but their names and sizes is in this text; a hash says that they are others.
const all = createHash("sha256").update(Buffer.concat(files.map((file) => file.content))).digest("hex");
writeFileSync(join(out, "console_files.cc"), `// Made by ops/console/build.mjs; content ${all}
#include "ops/console/console_files.h"

__asm__(".pushsection .rodata\\n"
${assembler}    ".popsection\\n");
extern "C" {
${declared}}
namespace {
constexpr size_t kCount = ${files.length};
const jiexu::ConsoleFile kFiles[kCount] = {
${rows}};
}  // namespace
std::span<const jiexu::ConsoleFile> jiexu::console_files() { return kFiles; }
`);
console.log(`console: ${files.length} files, ${bytes} bytes`);
