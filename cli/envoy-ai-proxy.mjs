#!/usr/bin/env node
// The command line, which is TypeScript: https://tsx.is/dev-api/register
import { register } from "tsx/esm/api";

register();
await import("./main.ts");
