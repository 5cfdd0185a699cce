/** Where the stream's worker is; the build puts it in. */
declare const WORKER_URL: string;

declare module "catalogue" {
  /** What data brings: id -> [English, Chinese] of names, English -> Chinese of sentences. */
  const words: { names: Record<string, [string, string]>; sentences: Record<string, string> };
  export default words;
}
