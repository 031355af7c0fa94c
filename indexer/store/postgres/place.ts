/** Where a PostgreSQL store is: a server and database, and the schemas in it. */
export interface Place {
  /** For the server alone: without our own parameters. Holds the password: never to be shown. */
  url: string;
  /** The schema of the views that people read; the rows are in the one of this name and `_rows`. */
  schema: string;
  /** As messages name it: without user, password and parameters. */
  shown: string;
}

const SCHEMA = "proofboard";

/** Reads `postgres://…`; of the parameters `schema` is ours. Throws a sentence without the URL. */
export function placeOf(text: string): Place {
  if (!isPostgres(text) || !URL.canParse(text)) throw new Error("The store is not a postgres:// URL.");
  const url = new URL(text);
  const schema = url.searchParams.get("schema") ?? SCHEMA;
  if (!/^[a-z][a-z0-9_]{0,50}$/.test(schema))
    throw new Error(`The store's schema is "${schema}": letters in lower case, digits and _ are asked, 51 at most.`);
  url.searchParams.delete("schema");
  const host = url.hostname || url.searchParams.get("host") || "this machine";
  return { url: url.href, schema, shown: `${host}${url.port && `:${url.port}`}${url.pathname}` };
}

export const isPostgres = (text: string): boolean => /^postgres(ql)?:\/\//.test(text);

/** The schema of the rows. */
export const rowsOf = ({ schema }: Place): string => `${schema}_rows`;
