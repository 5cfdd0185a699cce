// The pages of a real daemon, for the stage: heads come as they are, so that the page's policy holds.
import { agencies } from "./agencies.mjs";

const DROPPED = ["content-encoding", "content-length", "connection", "keep-alive"];

export async function pages() {
  const kept = new Map(), running = process.env.JIEXU_CONSOLE ? null : await agencies(1);
  const from = process.env.JIEXU_CONSOLE ?? running.all[0].url;
  async function page(path) {
    if (!kept.has(path)) {
      const answer = await fetch(from + path);
      const headers = Object.fromEntries([...answer.headers].filter(([name]) => !DROPPED.includes(name)));
      kept.set(path, { status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) });
    }
    return kept.get(path);
  }
  return { page, end: async () => { await running?.end(); } };
}
