/** Path below which the server has the page and its API; empty where it has nothing else. */
export const prefix = (): string => document.querySelector<HTMLMetaElement>('meta[name="prefix"]')?.content ?? "";

/** The URL of the page's server, without a slash at the end. */
export const server = (): string => location.origin + prefix();
