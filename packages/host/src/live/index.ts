/** Live components, as apps import them from `wellhead`. */

export { component, html, on, raw } from "./html.ts";
export { js } from "./js.ts";
export { LiveView } from "./view.ts";
export type { Commands, ShowOptions, Target, Transition, TransitionOptions } from "./js.ts";
export type { LiveEvent } from "./event.ts";
export type { FormValue } from "./form.ts";
export type { Action, Html, Nested, Raw } from "./html.ts";
export type { Async } from "./loading.ts";
export type { StreamOptions } from "./streams.ts";
export type { Present } from "./topics.ts";
export type { Upload, UploadedFile, UploadEntry, UploadError, UploadOptions } from "./uploads.ts";
export type { FormErrors, StandardSchema } from "./validation.ts";
export type { MountInfo } from "./view.ts";
