import { fork } from "node:child_process";

/** What a child says: what it is doing, or why it failed, or its result. */
type Said<Result> =
  | { kind: "doing"; what: string }
  | { kind: "failed"; message: string }
  | { kind: "done"; result: Result };

/** Told what is being done, as in "proving". */
export type OnDoing = (what: string) => void;

/**
 * Has a file do its one task in a process of its own, which is ended when it is done. A thread would not do:
 * snarkjs takes any that it is loaded in for one of its own helpers.
 */
export async function runChild<Request extends object, Result>(
  file: URL,
  request: Request,
  onDoing: OnDoing,
): Promise<Result> {
  const child = fork(file, {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  try {
    return await new Promise<Result>((resolve, reject) => {
      child.on("message", (said: Said<Result>) => {
        if (said.kind === "doing") onDoing(said.what);
        else if (said.kind === "failed") reject(new Error(said.message));
        else resolve(said.result);
      });
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`The process of ${file.pathname} ended with code ${code}.`)));
      child.send(request);
    });
  } finally {
    child.kill("SIGKILL");
  }
}

/** A child's side: takes its request, answers it and waits to be ended. */
export function answerOnce<Request, Result>(answer: (request: Request, say: OnDoing) => Promise<Result>): void {
  const send = (said: Said<Result>): void => void process.send?.(said);
  process.once("message", (request: Request) =>
    answer(request, (what) => send({ kind: "doing", what })).then(
      (result) => send({ kind: "done", result }),
      (error: Error) => send({ kind: "failed", message: error.message }),
    ),
  );
  // Whoever started it is gone.
  process.once("disconnect", () => process.exit(1));
}
