import type { LogFilter } from "./logs.ts";

/** What is asked of nodes, and how far they are checked. */
export interface Wanted {
  filter: LogFilter;
  /** Whether logs are held against the bloom filters of the headers; false only for chains whose headers carry none. */
  blooms: boolean;
}
