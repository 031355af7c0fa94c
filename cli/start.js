import "../prepare-node.js";

await import("./main.ts");
