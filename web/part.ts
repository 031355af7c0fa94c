import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { ApiError } from "../sdk/api.ts";
import type { Health } from "../sdk/wire.ts";
import { ask, isUnreachable } from "./api.ts";

/** Code of the site that is loaded when it is needed. Throws a sentence where it can't be: {@link isUnreachable} says which. */
export async function load<T>(code: () => Promise<T>): Promise<T> {
  try {
    return await code();
  } catch (cause) {
    const failure = await ask<Health>("/healthz").then(
      () => undefined,
      (error: Error) => error,
    );
    if (failure !== undefined && isUnreachable(failure))
      throw new ApiError("This part of the site isn't loaded yet, and the server can't be reached.", undefined, {
        cause,
      });
    throw new Error("This part of the site didn't load. It may have changed since you opened it.", { cause });
  }
}

/** A part of the page that is loaded when it is shown; put it into `Loaded`. */
export const part = <P>(code: () => Promise<{ default: ComponentType<P> }>): LazyExoticComponent<ComponentType<P>> =>
  lazy(() => load(code));
