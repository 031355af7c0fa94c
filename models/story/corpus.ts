import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { drawStories, drawText, HELD_OUT, TRAINING } from "./data.ts";

/** Writes what train.py reads: the text to train on, and the held-out stories. */
const directory = process.argv[2] ?? "../cache/story";
await mkdir(directory, { recursive: true });
await writeFile(join(directory, "training.txt"), drawText(TRAINING));
const stories = drawStories(HELD_OUT);
await writeFile(join(directory, "held-out.txt"), stories.map(({ text }) => text).join(""));
