/** What nobody sees, or what turns the direction of reading: made visible, never obeyed. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export function shown(text: string): string {
  return text.replace(HIDDEN, (found) => `\\u{${found.charCodeAt(0).toString(16)}}`);
}

/** Cells that a spreadsheet would take for a formula begin with an apostrophe. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${shown(safe).replaceAll('"', '""')}"`;
}

/** With a mark at the beginning, or spreadsheets take UTF-8 for another encoding. */
export function csv(rows: string[][]): string {
  return "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}
