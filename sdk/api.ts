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
  const url = urlOf(base, path);
  const response = await fetch(url, { headers: { accept: "application/json" }, ...(signal && { signal }) }).catch(
    (cause: unknown) => {
      throw new ApiError(`The API at ${base} can't be reached.`, undefined, { cause });
    },
  );
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new ApiError(problemOf(body, url, response.status), response.status);
  if (body === undefined) throw new ApiError(`The API's answer at ${url} is not JSON.`, response.status);
  return body as T;
}

function urlOf(base: string, path: string): string {
  try {
    // The base may have a path of its own.
    return new URL(`${new URL(base).href.replace(/\/$/, "")}${path}`).href;
  } catch {
    throw new ApiError(`"${base}" is not the URL of an API.`);
  }
}

// RFC 9457: `detail` explains this occurrence, `title` the kind of problem.
function problemOf(body: unknown, url: string, status: number): string {
  const { title, detail } = (body ?? {}) as { title?: unknown; detail?: unknown };
  const message = [detail, title].find((text) => typeof text === "string" && text !== "");
  return message === undefined ? `The API answered ${status} at ${url}.` : `The API answered ${status}: ${message}`;
}
