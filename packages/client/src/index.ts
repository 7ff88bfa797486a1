/** The module `wellhead`. */

export { error, fail, isActionFailure, isHttpError, isRedirect, redirect } from "./control.ts";
export { json, text } from "./response.ts";
export { sequence } from "./sequence.ts";
export type { ActionFailure } from "./control.ts";
export type * from "./types.ts";
export * from "../../host/src/live/index.ts";
