import type { WriteStream } from "node:tty";

/** How far work has got. */
export interface Progress {
  /** `done` of `total` of a step. */
  show(step: string, done: number, total: number): void;
  /** A sentence about what happens. */
  say(sentence: string): void;
  /** The end of a text of one line that is being written, as far as there is room for it. */
  write(text: string): void;
  /** Removes the bar, or the text. */
  clear(): void;
}

const WIDTH = 30;
const CLEAR_LINE = "\r\u001b[K";

/** A bar on `stream`, only if it is a terminal; sentences are always written. */
export function createProgress(stream: WriteStream): Progress {
  const clear = () => {
    if (stream.isTTY) stream.write(CLEAR_LINE);
  };
  return {
    clear,
    write(text) {
      if (stream.isTTY) stream.write(`${CLEAR_LINE}${text.slice(1 - stream.columns)}`);
    },
    say(sentence) {
      clear();
      stream.write(`${sentence}\n`);
    },
    show(step, done, total) {
      if (!stream.isTTY || total === 0) return;
      const filled = Math.min(WIDTH, Math.round((WIDTH * done) / total));
      stream.write(`${CLEAR_LINE}${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${step} ${done}/${total}`);
    },
  };
}
