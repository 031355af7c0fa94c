import type { WriteStream } from "node:tty";
import { expect } from "chai";
import { createProgress } from "../../cli/progress.ts";

describe("progress", () => {
  const written = (isTTY: boolean, steps: [done: number, total: number][]): string[] => {
    const lines: string[] = [];
    const stream = { isTTY, write: (text: string) => lines.push(text.replace("\r\u001b[K", "")) };
    const { show } = createProgress(stream as unknown as WriteStream);
    for (const [done, total] of steps) show("rows", done, total);
    return lines;
  };

  it("writes no bar where no person watches it, nor for nothing", () => {
    expect(written(false, [[1, 2]])).to.deep.equal([]);
    expect(written(true, [[0, 0]])).to.deep.equal([]);
  });

  it("shows the end of a text while it is written, as far as there is room", () => {
    const lines: string[] = [];
    const stream = { isTTY: true, columns: 8, write: (text: string) => lines.push(text.replace("\r\u001b[K", "")) };
    const { write } = createProgress(stream as unknown as WriteStream);
    for (const text of ["Once", "Once, a", "Once, a fox"]) write(text);
    expect(lines).to.deep.equal(["Once", "Once, a", ", a fox"]);
  });

  it("draws what is done, and no longer a bar when more is done than was expected", () => {
    const [begun, half, over] = written(true, [
      [0, 4],
      [2, 4],
      [10, 8],
    ]);
    expect(begun).to.equal(`${"░".repeat(30)} rows 0/4`);
    expect(half).to.equal(`${"█".repeat(15)}${"░".repeat(15)} rows 2/4`);
    expect(over).to.equal(`${"█".repeat(30)} rows 10/8`);
  });
});
