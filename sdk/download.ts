/** How slow a download may be. There is no limit on the whole: what comes steadily is waited for. */
export interface Patience {
  /** Longest time in which nothing comes, in milliseconds. */
  silence: number;
  /** Milliseconds before the rate counts. */
  grace: number;
  /** Bytes a second, from then on, on the average. */
  slowest: number;
}

/**
 * The largest content takes 70 minutes at most: a member of a panel, which gives up after three hours on a public network,
 * has time to ask another server.
 */
export const PATIENCE: Patience = { silence: 15_000, grace: 60_000, slowest: 16_384 };

/** Milliseconds after its begin at which a transfer is too slow that has brought `received` bytes and nothing more. */
export const tooSlowAt = (received: number, { grace, slowest }: Patience = PATIENCE): number =>
  grace + (1_000 * received) / slowest;

/**
 * Fetches a URL and gives what it sends, piece by piece. Throws a sentence that begins with `server`: where it can't be
 * reached, answers with an error, is silent, too slow, or breaks off. Throws the reason of `init.signal` once that is aborted.
 *
 * @param server What the server is called in sentences.
 */
export async function* download(
  url: URL | string,
  server: string,
  init: RequestInit = {},
  patience: Patience = PATIENCE,
): AsyncGenerator<Uint8Array, void> {
  const begun = performance.now();
  const ended = new AbortController();
  const end = (sentence: string) => ended.abort(new Error(`${server} ${sentence}`));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (received: number): void => {
    clearTimeout(timer);
    const left = begun + tooSlowAt(received, patience) - performance.now();
    timer =
      left < patience.silence
        ? setTimeout(() => end(`sends less than ${patience.slowest} bytes a second.`), left)
        : setTimeout(() => end(`sent nothing for ${patience.silence / 1_000} s.`), patience.silence);
  };
  const signal = init.signal ? AbortSignal.any([init.signal, ended.signal]) : ended.signal;
  const failed = (sentence: string): Error => {
    signal.throwIfAborted();
    return new Error(`${server} ${sentence}`);
  };

  try {
    wait(0);
    const response = await fetch(url, { ...init, signal }).catch(() => {
      throw failed("can't be reached.");
    });
    if (!response.ok || response.body === null) throw failed(`answered ${response.status}.`);
    const reader = response.body.getReader();
    for (let received = 0; ; ) {
      const part = await reader.read().catch(() => {
        throw failed("broke off.");
      });
      if (part.done) return;
      received += part.value.length;
      clearTimeout(timer);
      yield part.value;
      wait(received);
    }
  } finally {
    clearTimeout(timer);
    // Also where the caller has enough: the connection isn't kept for what nobody reads.
    ended.abort();
  }
}
