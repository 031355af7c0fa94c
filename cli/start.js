#!/usr/bin/env node
import "../prepare-node.js";

await import("./main.ts");
