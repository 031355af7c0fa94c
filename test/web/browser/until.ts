import type { Page } from "playwright-core";

const PAUSE = 100;

/**
 * Asks the page until it answers with something true, and returns that; throws a sentence after `patience` milliseconds. A page
 * that loads anew while it is asked is asked again. The page's policy forbids what Playwright's own waiting for functions needs.
 */
export async function until<A, T>(
  page: Page,
  what: string,
  ask: (argument: A) => T,
  argument: A,
  patience = 90_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + patience;
  for (;;) {
    const found = await page.evaluate(ask as never, argument).catch(nothingWhileItLoads);
    if (found) return found as NonNullable<T>;
    if (Date.now() > end) throw new Error(`Waited ${patience / 1_000} s for ${what}; ${await shownBy(page)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

const nothingWhileItLoads = (error: Error): undefined => {
  if (!error.message.includes("Execution context was destroyed")) throw error;
};

/** The same of a text that the page shows. */
export const untilText = (page: Page, text: string, patience?: number): Promise<true> =>
  until(page, `"${text}"`, (wanted: string) => document.body.innerText.includes(wanted) as true, text, patience);

const shownBy = async (page: Page): Promise<string> =>
  `the page at ${page.url()} shows: ${(await page.evaluate(() => document.body.innerText)).slice(0, 1_500)}`;
