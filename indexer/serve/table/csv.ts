// Where a cell of a spreadsheet may begin: some take semicolons or tabs for separators, even within a quoted text.
const CELLS = /(^|[,;\t"])(\s*)(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/g;
const PLAIN = /^[^\s,;"'](?:[^\t\r\n,;"']*[^\s,;"'])?$/;

/**
 * A stranger's text as a field of a CSV table: with an apostrophe before what a spreadsheet would run as a formula, and
 * quoted unless it is plain (RFC 4180). Nothing for null.
 */
export function csvText(text: string | null): string {
  if (text === null) return "";
  const harmless = text.replaceAll(CELLS, "$1$2'");
  return PLAIN.test(harmless) ? harmless : `"${harmless.replaceAll('"', '""')}"`;
}
