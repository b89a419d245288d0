#!/usr/bin/env node
// The command line, which is TypeScript: https://tsx.is/dev-api/register
import { register } from "tsx/esm/api";

register();
const { main } = await import("./main.ts");
const code = await main(process.argv.slice(2));
// What was written may still be on its way; what a gateway has open is not waited for.
process.exitCode = code;
if (process.argv[2] === "run") process.exit();
