/** The API refused a request, or can't be reached; the message is a sentence for a person. */
export class ApiError extends Error {
  override name = "ApiError";
  /** The response's HTTP status; undefined when there was no response. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/**
 * Fetches JSON from an indexer: `T` is the type of `sdk/wire.ts` that belongs to the route. Throws {@link ApiError}
 * with what the problem details say.
 *
 * @param base The API's URL, as in `http://127.0.0.1:4000`.
 * @param path Route and query, as in `/v1/seasons/1/standings?limit=10`.
 */
export async function fetchApi<T>(base: string, path: string, signal?: AbortSignal): Promise<T> {
  const url = apiUrl(base, path);
  const response = await fetch(url, { headers: { accept: "application/json" }, ...(signal && { signal }) }).catch(
    (cause: unknown) => {
      throw new ApiError(`The API at ${placeOf(new URL(base))} can't be reached.`, undefined, { cause });
    },
  );
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new ApiError(problemOf(body, placeOf(url), response.status), response.status);
  if (body === undefined) throw new ApiError(`The API's answer at ${placeOf(url)} is not JSON.`, response.status);
  return body as T;
}

/** An API's URL with a route: throws an {@link ApiError} for what is none, or has a user or password, which fetch refuses. */
export function apiUrl(base: string, path: string): URL {
  let url: URL;
  try {
    // The base may have a path of its own.
    url = new URL(`${new URL(base).href.replace(/\/$/, "")}${path}`);
  } catch {
    throw new ApiError(`"${withoutUser(base)}" is not the URL of an API.`);
  }
  if (url.username || url.password) throw new ApiError("An API's URL takes no user and no password.");
  return url;
}

/** What a URL is called in sentences: its origin and path, for the rest may hold a secret. */
export const placeOf = ({ origin, pathname }: URL): string => `${origin}${pathname.replace(/\/$/, "")}`;

/** What was given as a URL, to be quoted: without what looks like a user and a password. */
export const withoutUser = (text: string): string => text.replace(/^.*@/s, "…@");

// RFC 9457: `detail` explains this occurrence, `title` the kind of problem.
function problemOf(body: unknown, place: string, status: number): string {
  const { title, detail } = (body ?? {}) as { title?: unknown; detail?: unknown };
  const message = [detail, title].find((text) => typeof text === "string" && text !== "");
  return message === undefined ? `The API answered ${status} at ${place}.` : `The API answered ${status}: ${message}`;
}
